"""How the nodes of the syntax tree are made: small, quick to build, compared by what they mean.

A parser makes dozens of nodes per expression and reads almost none of their spans, so a node keeps the bare pair of
offsets and makes the `Span` when somebody asks. Comparing and hashing never recurse: a sum of thousands of terms is a
tree thousands of levels deep.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from math import copysign
from typing import Any, NamedTuple, TypeVar, cast, dataclass_transform

T = TypeVar("T")


class Span(NamedTuple):
    """Half-open range of character offsets into the text."""

    start: int
    end: int


NOWHERE = Span(0, 0)
"""The span of a node that was built, not parsed."""


class Lazy:
    """A field whose slot holds something quicker to make than its value.

    Attributes:
        slot: Name of the slot.
        default: The value when none is given.
        compare: Whether it takes part in comparisons.
    """

    slot: str
    default: Any
    compare: bool

    def __set_name__(self, owner: type, name: str) -> None:
        self.slot = f"_{name}"


class Place(Lazy):
    """A field that takes a pair of offsets and gives a `Span`."""

    default = NOWHERE
    compare = False

    def __get__(self, node: object, owner: type | None = None) -> Span:
        if node is None:
            return NOWHERE
        pair = getattr(node, self.slot)
        if type(pair) is Span:
            return pair
        span = Span(*pair)
        setattr(node, self.slot, span)
        return span

    def __set__(self, node: object, pair: tuple[int, int]) -> None:
        setattr(node, self.slot, pair)


FIELDS: dict[type, tuple[str, ...]] = {}
"""By node type: the fields that are no span, last first."""
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
    lazy = {name: value for name, value in vars(cls).items() if isinstance(value, Lazy)}
    slots = {one.name: lazy[one.name].slot if one.name in lazy else one.name for one in every}
    defaults: dict[str, object] = {one.name: one.default for one in every if one.default is not MISSING}
    defaults.update((name, one.default) for name, one in lazy.items())
    body = {
        name: value
        for name, value in vars(described).items()
        if name not in ("__dict__", "__weakref__") and (name in lazy or name not in slots)
    }
    body["__slots__"] = tuple(slots.values())
    body["__init__"] = _constructor(slots, defaults)
    body["__eq__"] = _equal
    body["__hash__"] = _hash
    made: Any = type(cls.__name__, cls.__bases__, body)
    made.__qualname__ = cls.__qualname__
    FIELDS[made] = tuple(one.name for one in reversed(every) if not isinstance(lazy.get(one.name), Place))
    COMPARED[made] = tuple(
        one.name for one in reversed(every) if (lazy[one.name].compare if one.name in lazy else one.compare)
    )
    return cast("type[T]", made)


def _constructor(slots: dict[str, str], defaults: dict[str, object]) -> Callable[..., None]:
    parameters = ", ".join(f"{name}=_default_{name}" if name in defaults else name for name in slots)
    lines = [f"    self.{slot} = {name}" for name, slot in slots.items()]
    scope: dict[str, Any] = {f"_default_{name}": value for name, value in defaults.items()}
    exec("\n".join([f"def __init__(self, {parameters}):", *lines]), scope)  # noqa: S102  # as dataclasses do: fixed names, and as fast as written by hand
    made: Callable[..., None] = scope["__init__"]
    return made


def _equal(self: object, other: object) -> bool:
    return self is other or (type(other) in COMPARED and meaning(self) == meaning(other))


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
