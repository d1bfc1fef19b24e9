"""Functions that never return: a duration of theirs would never be recorded, so they are refused at decoration."""

from __future__ import annotations

import dis
from bisect import bisect_left
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

_RETURNS = frozenset({"RETURN_VALUE", "RETURN_CONST"})
_NO_NEXT = frozenset(
    {"RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE", "JUMP_FORWARD", "JUMP_BACKWARD"}
    | {"JUMP_BACKWARD_NO_INTERRUPT", "JUMP_ABSOLUTE"}
)
_JUMPS = frozenset(dis.hasjrel) | frozenset(dis.hasjabs)


def endless(function: Callable[..., Any]) -> bool:
    """Return whether no end of *function* can be reached: ``while True`` without a way out.

    What it is called says nothing: many a ``run`` returns.
    """
    code = getattr(function, "__code__", None)
    return isinstance(code, CodeType) and not can_end(code)


def can_end(code: CodeType) -> bool:
    """Return whether a ``return``, or a ``raise`` that does not pass on a caught exception, can be reached in *code*.

    Follows every jump and every exception handler of the byte code, whatever the conditions are.
    """
    instructions = list(dis.get_instructions(code))
    offsets = [one.offset for one in instructions]
    handlers = [
        (entry.start, entry.end, entry.target)
        for entry in dis.Bytecode(code).exception_entries  # type: ignore[attr-defined]  # there since 3.11, unknown to typeshed
    ]
    seen: set[tuple[int, bool]] = set()
    ahead = [(0, False)]
    while ahead:
        offset, caught = ahead.pop()
        index = bisect_left(offsets, offset)
        if (index, caught) in seen or index == len(instructions):
            continue
        seen.add((index, caught))
        one = instructions[index]
        if one.opname in _RETURNS or (one.opname == "RAISE_VARARGS" and not caught):
            return True
        ahead.extend((after, caught) for after in _after(instructions, index))
        ahead.extend((target, True) for start, end, target in handlers if start <= one.offset < end)
    return False


def _after(instructions: list[dis.Instruction], index: int) -> Iterator[int]:
    one = instructions[index]
    if one.opcode in _JUMPS:
        yield one.argval
    if one.opname not in _NO_NEXT and index + 1 < len(instructions):
        yield instructions[index + 1].offset
