"""A tree of Python source, parsed and never run: its modules, what they import, and where each call stands."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias

from signalproof.convert.found import Check
from signalproof.convert.module import FUNCTIONS, Module
from signalproof.errors import Location, SignalproofError
from signalproof.files import read_bytes

Frame: TypeAlias = (
    ast.ClassDef
    | ast.FunctionDef
    | ast.AsyncFunctionDef
    | ast.Lambda
    | ast.For
    | ast.AsyncFor
    | ast.comprehension
)

_SKIPPED: Final = frozenset({"node_modules", "site-packages", "venv", "tests", "test", "__pycache__"})
_ON_TOP: Final = frozenset({"env", "build", "dist"})
"""Folders that hold nothing of the program where they stand beside it."""
_MOST_FILES: Final = 20_000


@dataclass(frozen=True, eq=False)
class Site:
    """A call, and what it stands in.

    Attributes:
        call: The call.
        module: Its module.
        frames: The classes, functions and loops around it, outermost first.
        variable: The name that its result is assigned to; empty for none.
    """

    call: ast.Call
    module: Module
    frames: tuple[Frame, ...]
    variable: str = ""

    @property
    def where(self) -> Location:
        """The line."""
        return self.module.place(self.call)


@dataclass(eq=False)
class Tree:
    """Every module of a folder, or one file.

    Attributes:
        modules: By dotted name.
        unread: Files that are no Python of this version.
        assumed: What was taken for granted since it was last cleared: that an environment variable is not set, and the like.
        ways: Function → what its calls give it, as far as that was looked for.
        steps: Expressions that were looked at since it was last set to 0: names that double each other have no end.
    """

    modules: dict[str, Module] = field(default_factory=dict)
    unread: list[Check] = field(default_factory=list)
    steps: int = 0
    assumed: set[str] = field(default_factory=set)
    ways: dict[ast.AST, list[Any]] = field(default_factory=dict)

    @cached_property
    def calls(self) -> Mapping[str, list[Site]]:
        """Last name of what is called → its calls."""
        found: dict[str, list[Site]] = {}
        for module in self.modules.values():
            for site in _sites(module):
                func = site.call.func
                last = (
                    func.id
                    if isinstance(func, ast.Name)
                    else func.attr
                    if isinstance(func, ast.Attribute)
                    else ""
                )
                found.setdefault(last, []).append(site)
        return found

    @cached_property
    def defined(self) -> Counter[str]:
        """Name → how many functions and methods are called so."""
        nodes = (node for module in self.modules.values() for node in ast.walk(module.tree))
        return Counter(node.name for node in nodes if isinstance(node, FUNCTIONS))

    def module(self, dotted: str) -> Module | None:
        """Return the module of that name, or the only one whose name ends so."""
        if dotted in self.modules:
            return self.modules[dotted]
        ending = [
            one
            for name, one in self.modules.items()
            if name.endswith(f".{dotted}") or dotted.endswith(f".{name}")
        ]
        return ending[0] if len(ending) == 1 and dotted else None

    def owner(self, dotted: str) -> tuple[Module, str] | None:
        """Return the module of the tree that has the object of that dotted name, and the object's name in it."""
        origin, _, name = dotted.rpartition(".")
        module = self.module(origin)
        return (module, name) if module is not None else None

    def dotted(self, node: ast.expr, module: Module, depth: int = 0) -> str:
        """Return the dotted name that *node* stands for, followed through imports; empty where it is none."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        first = module.imports.get(node.id)
        if first is None:
            defined = node.id in module.assigned or node.id in module.classes or node.id in module.functions
            first = f"{module.name}.{node.id}" if defined else node.id
            return ".".join([first, *reversed(parts)])
        name = ".".join([first, *reversed(parts)])
        found = self.owner(name)
        if found is not None and depth < 8 and found[1] in found[0].imports:  # a chain of re-exports
            return self.dotted(ast.Name(found[1]), found[0], depth + 1)
        return f"{found[0].name}.{found[1]}" if found is not None else name


def read_tree(path: Path) -> Tree:
    """Return the Python source at *path*: a file, or a folder without its tests and what is installed in it.

    Raises:
        SignalproofError: There is none, or the one file is no Python.
    """
    if not path.exists():
        raise SignalproofError(
            f"there is no {path}", "give a Python file, or a folder of them", where=Location(str(path))
        )
    tree = Tree()
    single = not path.is_dir()
    for file in [path] if single else _files(path):
        try:
            parsed = ast.parse(read_bytes(file), str(file))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            said = getattr(error, "msg", None) or str(error) or "nested too deeply"
            where = Location(str(file), getattr(error, "lineno", 0) or 0)
            if single:
                raise SignalproofError(
                    f"{file} is no Python: {said}", "mend the line, or give another file", where=where
                ) from None
            tree.unread.append(Check(where, file.name, f"not read, for it is no Python: {said}"))
            continue
        name = _dotted(file, path if path.is_dir() else file.parent)
        tree.modules[name] = Module(name, file, parsed, file.name == "__init__.py")
    if not tree.modules:
        raise SignalproofError(
            f"no Python source in {path}", "give a file, or a folder of them", where=Location(str(path))
        )
    return tree


def _files(folder: Path) -> Iterator[Path]:
    count = 0
    for file in sorted(folder.rglob("*.py")):
        inside = file.relative_to(folder).parts
        if any(one in _SKIPPED or one.startswith(".") for one in inside[:-1]) or inside[0] in _ON_TOP:
            continue
        if file.name.startswith("test_") or file.name == "conftest.py" or not file.is_file():
            continue
        count += 1
        if count > _MOST_FILES:
            raise SignalproofError(
                f"more than {_MOST_FILES:,} files in {folder}",
                "give the folder of one program",
                where=Location(str(folder)),
            )
        yield file


def _dotted(file: Path, root: Path) -> str:
    parts = list(file.relative_to(root).with_suffix("").parts)
    if (root / "__init__.py").is_file():
        parts.insert(0, root.resolve().name)
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    return ".".join(parts)


def _sites(module: Module) -> Iterator[Site]:
    """Yield every call of *module* with what it stands in."""
    pending: list[tuple[ast.AST, tuple[Frame, ...], str]] = [(module.tree, (), "")]
    while pending:
        node, frames, variable = pending.pop()
        if isinstance(node, ast.Call):
            yield Site(node, module, frames, variable)
        inner = (
            (*frames, node)
            if isinstance(
                node, ast.ClassDef | ast.For | ast.AsyncFor | ast.Lambda | FUNCTIONS[0] | FUNCTIONS[1]
            )
            else frames
        )
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            inner = (*frames, *node.generators)
        assigned = _variable(node)
        below = [
            (child, inner, assigned if child is getattr(node, "value", None) else "")
            for child in ast.iter_child_nodes(node)
        ]
        pending.extend(reversed(below))


def _variable(node: ast.AST) -> str:
    target = (
        node.targets[0]
        if isinstance(node, ast.Assign)
        else getattr(node, "target", None)
        if isinstance(node, ast.AnnAssign)
        else None
    )
    return (
        target.id
        if isinstance(target, ast.Name)
        else target.attr
        if isinstance(target, ast.Attribute)
        else ""
    )
