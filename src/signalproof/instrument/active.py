"""Which catalogue a package decorates with: declared once by the package, looked up at every decoration."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.operation import Operation
from signalproof.errors import SignalproofError, caller, did_you_mean

_PACKAGE = str(Path(__file__).parent.parent)


@dataclass(frozen=True, slots=True)
class _Use:
    catalogue: Catalogue
    enabled: bool


_USES: dict[str, _Use] = {}


def use(catalogue: Catalogue, *, enabled: bool = True) -> None:
    """Make *catalogue* the one that the calling package decorates with.

    Written in the package's ``__init__``, it holds for every module of the package, and only for them: two libraries
    in one process do not see each other's names.

    Args:
        catalogue: The catalogue that operation names are looked up in.
        enabled: False leaves every decorated function of the package as it is.
    """
    module, _ = _calling_module()
    _USES[module] = _Use(catalogue, enabled)


def enabled() -> bool:
    """Return whether the calling package's functions are to be instrumented."""
    found = _use_of(*_calling_module())
    return found is None or found.enabled


def look_up(name: str, kind: type[Operation[Any, Any]], decorator: str) -> Operation[Any, Any]:
    """Return the operation of that *name* and *kind* from the calling package's catalogue.

    Args:
        name: As declared, without the ``adapter_`` prefix.
        kind: Request, Adapter or Loop.
        decorator: What the caller wrote, for the message.

    Raises:
        SignalproofError: No catalogue is in use, none of its operations is called so, or it is of another kind.
    """
    module, package = _calling_module()
    found = _use_of(module, package)
    if found is None:
        raise SignalproofError(
            f"{decorator}({name!r}): no catalogue is in use in {package or module}",
            "write signalproof.instrument.use(CATALOGUE) in the package's __init__.py, "
            "or give the decorator the operation itself",
            where=caller(),
        )
    operations = found.catalogue.operations
    operation = operations.get(kind.prefix + name)
    if isinstance(operation, kind):
        return operation
    others = [one for one in operations.values() if one.name == name]
    if others:
        verb = {"request": "track_request", "adapter": "track_adapter_request", "loop": "track_loop"}
        raise SignalproofError(
            f"{name!r} names the {others[0].kind} declared at {others[0].where}, no {kind.kind}",
            f"write @{verb[others[0].kind]}({name!r})",
            where=caller(),
        )
    known = [one.name for one in operations.values() if isinstance(one, kind)]
    raise SignalproofError(
        f"the catalogue has no {kind.kind} {name!r}",
        did_you_mean(
            name, known, f"declare it, or use one of: {', '.join(known)}" if known else "declare it"
        ),
        where=caller(),
    )


def _use_of(module: str, package: str) -> _Use | None:
    for name in (module, package):
        parts = name.split(".")
        for length in range(len(parts), 0, -1):
            found = _USES.get(".".join(parts[:length]))
            if found is not None:
                return found
    return None


def _calling_module() -> tuple[str, str]:
    """Return name and package of the nearest module up the stack that is not part of the library."""
    frame = sys._getframe(1)  # noqa: SLF001  # the only way to the caller's module without asking for its name
    while frame.f_back is not None and frame.f_code.co_filename.startswith((_PACKAGE, "<frozen")):
        frame = frame.f_back
    return str(frame.f_globals.get("__name__", "")), str(frame.f_globals.get("__package__") or "")
