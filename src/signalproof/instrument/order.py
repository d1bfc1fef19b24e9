"""Decorators in the wrong order: a decorator below ours has kept the function, and will call it without us.

``@app.get("/")`` gives back the function it was given, and keeps it. What stands above it then decorates what nobody
calls. Whether somebody has kept a function shows in its references, and that there was a decorator in its source.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
from collections.abc import Iterator
from types import FunctionType
from typing import Any
from weakref import getweakrefcount

from signalproof.errors import Location, caller
from signalproof.instrument.faults import LOGGER

_SHOWN = 60


class _Decorator:
    """Says how many references there are to a function that it decorates, asked as a tracker asks."""

    def __call__(self, function: Any) -> Any:
        return sys.getrefcount(function)


@_Decorator()
def _kept_by_nobody() -> None: ...


_REFERENCES: int = _kept_by_nobody


def warn_if_kept(function: object, references: int) -> None:
    """Warn when a decorator below the one that is being applied has kept *function* as it was.

    Args:
        function: What is being decorated.
        references: As `sys.getrefcount` gives them in the ``__call__`` of the decorator.
    """
    try:
        if references <= _REFERENCES and not (
            isinstance(function, FunctionType) and getweakrefcount(function)
        ):
            return
        written = _written(function)
        if written is None:
            return
        where = caller()
        below = list(_decorators_below(written, where))
        if below:
            LOGGER.warning(
                "%s: calls of %s by %s are not recorded: it has kept the function as it was; "
                "write it above the decorator that tracks, which then stands next to the function",
                where,
                written.__qualname__,
                " or ".join(below),
            )
    except Exception:  # noqa: BLE001, S110  # neither odd source nor a broken log handler may break an import
        pass


def _written(function: object) -> FunctionType | None:
    """Return the function as it was written: itself, or what a command or an actor that was made of it holds."""
    if isinstance(function, FunctionType):
        return function
    if isinstance(function, type):
        return None
    own = object.__getattribute__(function, "__dict__")
    return next((one for one in own.values() if isinstance(one, FunctionType)), None)


def _decorators_below(function: FunctionType, where: Location) -> Iterator[str]:
    """Yield the decorators between the line *where* one is applied and the function, if it is applied with an ``@``."""
    code = function.__code__
    if code.co_filename != where.file or where.line < code.co_firstlineno:
        return
    lines = linecache.getlines(where.file)[where.line - 1 :]
    if not lines or not lines[0].lstrip().startswith("@"):
        return
    block = "".join(inspect.getblock(lines))
    body: list[ast.stmt] = ast.parse(f"if 1:\n{block}" if block[0].isspace() else block).body
    found = body[0].body[0] if isinstance(body[0], ast.If) else body[0]
    if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef) and found.name == code.co_name:
        for decorator in found.decorator_list[1:]:
            text = ast.unparse(decorator)
            yield f"@{text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}"
