"""One module of Python source, parsed and never run: what it imports, and what is assigned in it once."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from signalproof.errors import Location

FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, eq=False)
class Module:
    """One file.

    Attributes:
        name: Dotted, from the root of the tree.
        file: The file.
        tree: What it holds.
        is_package: Whether it is an ``__init__.py``.
    """

    name: str
    file: Path
    tree: ast.Module
    is_package: bool = False

    @cached_property
    def imports(self) -> Mapping[str, str]:
        """Local name → what it stands for, dotted."""
        found: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for one in node.names:
                    found[one.asname or one.name.partition(".")[0]] = (
                        one.name if one.asname else one.name.partition(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom):
                origin = self._origin(node)
                found.update((one.asname or one.name, f"{origin}.{one.name}") for one in node.names)
        return found

    def _origin(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.name.split(".")
        up = node.level - 1 if self.is_package else node.level
        kept = package[: len(package) - up] if up else package
        return ".".join([*kept, *([node.module] if node.module else [])])

    @cached_property
    def assigned(self) -> Mapping[str, ast.expr]:
        """Name → what is assigned to it at the top level, where that happens once."""
        return assigned_in(self.tree.body)

    @cached_property
    def classes(self) -> Mapping[str, ast.ClassDef]:
        """The classes at its top level."""
        return {one.name: one for one in self.tree.body if isinstance(one, ast.ClassDef)}

    @cached_property
    def functions(self) -> Mapping[str, ast.FunctionDef | ast.AsyncFunctionDef]:
        """The functions at its top level."""
        return {one.name: one for one in self.tree.body if isinstance(one, FUNCTIONS)}

    def place(self, node: ast.AST) -> Location:
        """Return where *node* stands."""
        return Location(str(self.file), getattr(node, "lineno", 0))


def assigned_in(body: list[ast.stmt]) -> dict[str, ast.expr]:
    """Return name → value of the assignments in *body*, blocks of ``if``, ``try`` and ``with`` included, where there is one."""
    found: dict[str, ast.expr] = {}
    often: set[str] = set()

    def take(target: ast.expr, value: ast.expr) -> None:
        name = _name(target)
        if name in found:
            found[name] = ast.IfExp(ast.Constant(None), found[name], value)
        elif name:
            found[name] = value

    pending = list(reversed(body))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Assign):
            for target in node.targets:
                take(target, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            take(node.target, node.value)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            often.add(node.target.id)
        elif isinstance(node, ast.If | ast.Try | ast.With | ast.AsyncWith):
            pending.extend(
                one for one in reversed(list(ast.iter_child_nodes(node))) if isinstance(one, ast.stmt)
            )
    return {name: value for name, value in found.items() if name not in often}


def _name(target: ast.expr) -> str:
    """Return what is assigned to: ``x``, or ``self.x``; nothing for anything else."""
    if isinstance(target, ast.Name):
        return target.id
    of_self = (
        isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"
    )
    return f"self.{target.attr}" if of_self and isinstance(target, ast.Attribute) else ""
