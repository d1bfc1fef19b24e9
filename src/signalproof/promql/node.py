"""What all nodes of the syntax tree share: where they stand, and that they compare by what they mean.

Comparing and hashing never recurse: a sum of thousands of terms is a tree thousands of levels deep.

Nodes are not enforced to be frozen, which would cost a third of the parser's speed; a test sees to it that no code changes
one. Those that nearly every query has write their constructors out: mypyc compiles what is written, and leaves what
`dataclass` generates to the interpreter, which took as long as a quarter of all parsing.
"""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache
from math import copysign
from typing import Any, NamedTuple, TypeAlias


class Span(NamedTuple):
    """Half-open range of character offsets into the text."""

    start: int
    end: int


Place: TypeAlias = tuple[int, int]
"""The offsets of a `Span`: what a node keeps, as a parser makes dozens of nodes and hardly a span is asked for."""
NOWHERE = Span(0, 0)
"""The span of a node that was built, not parsed."""


def shifted(place: Place, by: int) -> Place:
    """Return *place*, *by* characters further on."""
    start, end = place
    return start + by, end + by


class Part:
    """A node of the syntax tree, or a part of one. Nobody changes a node that another may hold.

    Attributes:
        place: Where it stands; no part of what it means.
    """

    __slots__ = ("place",)
    place: Place

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(*self.place)

    def __plain__(self) -> object:
        """Return what it stands for: most nodes for themselves, parentheses for what is in them."""
        return self

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Part) and meaning(self) == meaning(other))

    def __hash__(self) -> int:
        return hash(tuple(meaning(self)))


@lru_cache(maxsize=64)
def parts_of(kind: type) -> tuple[str, ...]:
    """Return the names of what a node of a *kind* consists of, places apart, last first.

    A field that keeps its content in a form that is quicker to make names the property for it: ``reads``.
    """
    return tuple(
        [one.metadata.get("reads", one.name) for one in fields(kind) if one.name[-5:] != "place"][::-1]
    )


@lru_cache(maxsize=64)
def _compared(kind: type) -> tuple[str, ...]:
    """Return the fields of a *kind* of node that take part in a comparison, last first."""
    return tuple([one.name for one in fields(kind) if one.compare and one.name[-5:] != "place"][::-1])


def meaning(one: object) -> list[object]:
    """Return everything that the node *one* means, flat: equal lists mean equal nodes."""
    flat: list[object] = []
    pending: list[Any] = [one]
    while pending:
        part = pending.pop()
        while (plain := getattr(part, "__plain__", None)) is not None and (stands_for := plain()) is not part:
            part = stands_for
        kind: type = type(part)
        if isinstance(part, Part):
            flat.append(kind)
            pending.extend([getattr(part, name) for name in _compared(kind)])
        elif kind is tuple:
            flat.append(len(part))
            pending.extend(part)
        elif isinstance(part, float):
            flat.append(_number(part))
        else:
            flat.append(part)
    return flat


def _number(value: float) -> float | str:
    """Return *value* so that it equals itself when it is NaN, and not its negative when it is 0."""
    if value != value:
        return "NaN"
    return "-0" if value == 0 and copysign(1, value) < 0 else value
