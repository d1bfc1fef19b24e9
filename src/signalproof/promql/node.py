"""How the nodes of the syntax tree are made: small, quick to build, compared by what they mean.

A parser makes dozens of nodes per expression and reads almost none of their spans, so a node keeps the bare pair of
offsets and makes the `Span` when somebody asks. Comparing and hashing never recurse: a sum of thousands of terms is a
tree thousands of levels deep.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, NamedTuple, TypeVar, dataclass_transform

T = TypeVar("T")


class Span(NamedTuple):
    """Half-open range of character offsets into the text."""

    start: int
    end: int


NOWHERE = Span(0, 0)
"""The span of a node that was built, not parsed."""


class Place:
    """A field that takes a pair of offsets and gives a `Span`; it does not take part in comparisons."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._slot = slot_of(name)

    def __get__(self, node: object, owner: type | None = None) -> Span:
        if node is None:
            return NOWHERE
        pair = getattr(node, self._slot)
        if type(pair) is Span:
            return pair
        span = Span(*pair)
        setattr(node, self._slot, span)
        return span

    def __set__(self, node: object, pair: tuple[int, int]) -> None:
        setattr(node, self._slot, pair)


def slot_of(name: str) -> str:
    """Return the name of the slot that holds the pair of offsets of the field *name*."""
    return f"_{name}"


COMPARED: dict[type, tuple[str, ...]] = {}
"""By node type: the fields that take part in a comparison, last first."""


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def node(cls: type[T]) -> type[T]:
    """Turn *cls* into a node class: a dataclass with slots and lazy spans that compares by meaning.

    The type checker sees a frozen dataclass; at run time nothing enforces it, as that would cost a third of the
    parser's speed.
    """
    described = dataclass(init=False, eq=False)(cls)
    every = fields(described)  # type: ignore[arg-type]  # it is a dataclass since the line above
    places = {one.name for one in every if isinstance(cls.__dict__.get(one.name), Place)}
    slots = {one.name: slot_of(one.name) if one.name in places else one.name for one in every}
    body = {
        name: value
        for name, value in vars(described).items()
        if name not in ("__dict__", "__weakref__") and (name in places or name not in slots)
    }
    defaults = {
        one.name: NOWHERE if one.name in places else one.default
        for one in every
        if one.name in places or one.default is not MISSING
    }
    body["__slots__"] = tuple(slots.values())
    body["__init__"] = _constructor(slots, defaults)
    body["__eq__"] = _equal
    body["__hash__"] = _hash
    made: type[T] = type(cls)(cls.__name__, cls.__bases__, body)
    made.__qualname__ = cls.__qualname__
    COMPARED[made] = tuple(one.name for one in reversed(every) if one.compare and one.name not in places)
    return made


def _constructor(slots: dict[str, str], defaults: dict[str, object]) -> Callable[..., None]:
    parameters = ", ".join(f"{name}=_default_{name}" if name in defaults else name for name in slots)
    lines = [f"    self.{slot} = {name}" for name, slot in slots.items()]
    scope: dict[str, Any] = {f"_default_{name}": value for name, value in defaults.items()}
    exec("\n".join([f"def __init__(self, {parameters}):", *lines]), scope)  # noqa: S102  # as dataclasses do: fixed names, and as fast as written by hand
    made: Callable[..., None] = scope["__init__"]
    return made


def _equal(self: object, other: object) -> bool:
    if type(other) not in COMPARED:
        return NotImplemented
    return self is other or meaning(self) == meaning(other)


def _hash(self: object) -> int:
    return hash(tuple(meaning(self)))


def meaning(one: object) -> list[object]:
    """Return everything that the node *one* means, flat: equal lists mean equal nodes.

    A node class may offer ``__plain__``, which returns the node it stands for (parentheses stand for what is in them).
    """
    flat: list[object] = []
    pending = [one]
    while pending:
        part = pending.pop()
        while (plain := getattr(part, "__plain__", None)) is not None and (stands_for := plain()) is not part:
            part = stands_for
        names = COMPARED.get(type(part))
        if names is not None:
            flat.append(type(part))
            pending.extend([getattr(part, name) for name in names])
        elif type(part) is tuple:
            flat.append(len(part))
            pending.extend(part)
        else:
            flat.append("NaN" if part != part else part)  # noqa: PLR0124  # NaN alone differs from itself
    return flat
