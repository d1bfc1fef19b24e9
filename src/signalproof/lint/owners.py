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
        kept_by: The decorator below the one that tracks which keeps the function as it was; empty where none does.
        managed_by: The decorator below the one that tracks which makes a context manager of it; empty likewise.
    """

    file: str
    line: int
    tracked: bool
    kept_by: str = ""
    managed_by: str = ""


_KEEP = frozenset(
    {
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
        "options",
        "route",
        "websocket",
        "api_route",
        "websocket_route",
    }
    | {
        "view",
        "task",
        "periodic_task",
        "actor",
        "job",
        "scheduled_job",
        "command",
        "tool",
        "consumer",
        "callback",
    }
    | {
        "event",
        "on",
        "on_event",
        "on_message",
        "listen",
        "listener",
        "listens_for",
        "subscribe",
        "subscriber",
        "receiver",
    }
    | {"handler", "message_handler", "errorhandler", "exception_handler", "middleware", "connect", "register"}
    | {"before_request", "after_request", "teardown_request"}
)
"""What decorators are called that keep the function they are given, as methods of an application, router or signal."""
_KEEP_BY_THEMSELVES = frozenset({"receiver", "shared_task"})
_MANAGE = frozenset({"contextmanager", "asynccontextmanager"})
_OTHERS = frozenset({"mock", "mocker", "patch"})
"""``@mock.patch`` keeps nothing."""


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
    below = _below_tracking(getattr(scope, "decorator_list", []))
    kept_by = next((one for one in below if _keeps(one)), None)
    managed_by = next((one for one in below if _name(one) in _MANAGE), None)
    return Owner(
        str(file),
        getattr(scope, "lineno", 0),
        tracked,
        *("" if one is None else ast.unparse(one) for one in (kept_by, managed_by)),
    )


def _below_tracking(decorators: list[ast.expr]) -> list[ast.expr]:
    """Return the functions that the decorators call, or are, from below the first one that tracks on."""
    functions = [one.func if isinstance(one, ast.Call) else one for one in decorators]
    first = next((i for i, one in enumerate(functions) if _name(one).startswith("track_")), len(functions))
    return functions[first + 1 :]


def _keeps(function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute):
        return function.attr in _KEEP and _name(function.value) not in _OTHERS
    return _name(function) in _KEEP_BY_THEMSELVES


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
