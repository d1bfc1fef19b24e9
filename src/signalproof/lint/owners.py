"""The functions that own operations: whether they exist and are tracked, read from their source without importing it."""

from __future__ import annotations

import ast
import sys
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple


class Owner(NamedTuple):
    """What the source says of a function.

    Attributes:
        file: Where it should be; empty when no module of that name is found.
        line: Where it begins; 0 when it is not there.
        tracked: Whether one of its decorators, or a ``with`` in it, tracks an operation.
    """

    file: str
    line: int
    tracked: bool


@lru_cache(maxsize=1024)
def find_owner(dotted: str) -> Owner:
    """Return what the source says of the function ``package.module.Class.method``."""
    parts = dotted.split(".")
    for length in range(len(parts) - 1, 0, -1):
        file = _module(parts[:length])
        if file is not None:
            return _inside(file, parts[length:])
    return Owner("", 0, tracked=False)


def _module(parts: list[str]) -> Path | None:
    for entry in sys.path:
        path = Path(entry or ".").joinpath(*parts)
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.is_file():
                return file
    return None


def _inside(file: Path, names: list[str]) -> Owner:
    try:
        scope: ast.AST = ast.parse(file.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return Owner(str(file), 0, tracked=False)
    for name in names:
        body = getattr(scope, "body", [])
        kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        inner = next((one for one in body if isinstance(one, kinds) and one.name == name), None)
        if inner is None:
            return Owner(str(file), 0, tracked=False)
        scope = inner
    called = (one.func for one in ast.walk(scope) if isinstance(one, ast.Call))
    tracked = any(_name(one).startswith("track_") for one in called)
    return Owner(str(file), getattr(scope, "lineno", 0), tracked)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
