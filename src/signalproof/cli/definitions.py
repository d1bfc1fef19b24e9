"""Loading a project's definitions: its catalogue, its dashboards, its rules.

A definition file is a person's Python. Whatever goes wrong while it runs is reported at its line, in three lines; only
an exception from inside the library keeps its traceback, because that is a bug of ours.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import TypeVar

from signalproof.errors import Location, SignalproofError, did_you_mean

T = TypeVar("T")

_LIBRARY = str(Path(__file__).parents[1])
_PACKAGE = "signalproof_definitions"
"""Parent name of the modules loaded by path, so that they cannot hide an installed package of the same name."""


def load_object(reference: str, wanted: type[T], default: str) -> T:
    """Return the object that ``module[:attribute]`` names.

    Args:
        reference: Module, and the attribute in it if it is not called *default*.
        wanted: What it has to be.
        default: Attribute to take when *reference* names none.

    Raises:
        SignalproofError: The module cannot be imported or fails, or the attribute is missing or something else.
    """
    name, _, attribute = reference.partition(":")
    module = _guarded(lambda: importlib.import_module(name), f"module {name!r}")
    found = getattr(module, attribute or default, None)
    if isinstance(found, wanted):
        return found
    others = [key for key, one in vars(module).items() if isinstance(one, wanted)]
    remedy = (
        f"write {name}:{others[0]}"
        if others
        else f"define {attribute or default} = {wanted.__name__}(…) there"
    )
    raise SignalproofError(
        f"{name} has no {wanted.__name__} called {attribute or default!r}",
        remedy,
        where=Location(module.__file__ or name),
    )


def load_folder(folder: Path) -> Iterator[ModuleType]:
    """Yield every definition module of *folder*: its packages and modules, names with ``_`` or ``.`` in front apart.

    Raises:
        SignalproofError: The folder is missing, or a definition fails; the error names its line.
    """
    if not folder.is_dir():
        raise SignalproofError(
            f"no folder {folder}",
            "create it, or set `dashboards` in [tool.signalproof]",
            where=Location(str(folder)),
        )
    for entry in sorted(folder.iterdir()):
        file = entry / "__init__.py" if entry.is_dir() else entry
        if entry.name.startswith(("_", ".")) or file.suffix != ".py" or not file.is_file():
            continue
        yield _guarded(lambda file=file: _load_file(file), str(file))  # type: ignore[misc]  # a default binds the loop variable


class _AsSaved(SourceFileLoader):
    """Reads a file as it was saved last: bytecode of a file that was saved twice in a second would be taken for it."""

    def get_code(self, fullname: str) -> CodeType:
        """Return the code of the file."""
        return self.source_to_code(self.get_data(self.path), self.path)


def _load_file(file: Path) -> ModuleType:
    is_package = file.name == "__init__.py"
    name = f"{_PACKAGE}.{file.parent.name if is_package else file.stem}"
    sys.modules.setdefault(_PACKAGE, ModuleType(_PACKAGE))
    for stale in [one for one in sys.modules if one == name or one.startswith(name + ".")]:
        del sys.modules[stale]  # a second load in one process sees the file as it is now
    spec = importlib.util.spec_from_file_location(
        name,
        file,
        loader=_AsSaved(name, str(file)),
        submodule_search_locations=[str(file.parent)] if is_package else None,
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _guarded(load: Callable[[], T], what: str) -> T:
    try:
        return load()
    except SignalproofError:
        raise
    except SyntaxError as error:
        where = Location(error.filename or what, error.lineno or 0)
        raise SignalproofError(f"not valid Python: {error.msg}", "mend the line", where=where) from None
    except ModuleNotFoundError as error:
        raise SignalproofError(
            f"cannot import {error.name!r}",
            "install the project that holds it (pip install --editable .), or correct the name",
            where=_place(error, what),
        ) from None
    except Exception as error:
        if _inside_library(error):
            raise
        place = _place(error, what)
        said = re.sub(r" \(/.*\)$", "", str(error))  # an ImportError adds the path of the module it looked in
        raise SignalproofError(f"{type(error).__name__}: {said}", _remedy(error), where=place) from error


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    return [
        frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("<")
    ]


def _inside_library(error: BaseException) -> bool:
    return _frames(error)[-1].filename.startswith(_LIBRARY)


def _place(error: BaseException, what: str) -> Location | None:
    definition = [
        frame for frame in _frames(error) if not frame.filename.startswith((_LIBRARY, sys.base_prefix))
    ]
    return Location(definition[-1].filename, definition[-1].lineno or 0) if definition else None


def _remedy(error: Exception) -> str:
    """Return what Python itself would suggest for a name that does not exist."""
    if isinstance(error, AttributeError) and error.name:
        return did_you_mean(error.name, dir(error.obj), "correct the definition")
    if isinstance(error, ImportError) and error.name and (wrong := getattr(error, "name_from", None)):
        return did_you_mean(wrong, dir(sys.modules.get(error.name)), "correct the definition")
    if isinstance(error, ImportError) and error.name and (words := str(error).split("'")) and len(words) > 1:
        return did_you_mean(words[1], dir(sys.modules.get(error.name)), "correct the definition")
    if isinstance(error, NameError) and error.name and error.__traceback__ is not None:
        *_, (frame, _) = traceback.walk_tb(error.__traceback__)
        known = {*frame.f_globals, *frame.f_locals, *dir(builtins)}
        return did_you_mean(error.name, known, "correct the definition, or import the name")
    return "correct the definition"
