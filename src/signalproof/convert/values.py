"""Values of Python expressions as far as the source says them."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final


class Unknown:
    """What is known only at run time."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN: Final = Unknown()


class Enumeration:
    """The constants of a class: the members of an enum."""

    def __init__(self, members: Mapping[str, Any]) -> None:
        self.members = members

    def __iter__(self) -> Iterator[Any]:
        return iter(self.members.values())


def unpacked(target: ast.expr, value: Any) -> dict[str, Any]:
    """Return the names in *target* with their parts of *value*."""
    if isinstance(target, ast.Name):
        return {target.id: value}
    if isinstance(target, ast.Tuple) and isinstance(value, tuple) and len(value) == len(target.elts):
        return {
            name: one
            for each, part in zip(target.elts, value, strict=True)
            for name, one in unpacked(each, part).items()
        }
    return {one.id: UNKNOWN for one in ast.walk(target) if isinstance(one, ast.Name)}


def has_unknown(value: Any) -> bool:
    """Whether anything in *value* is known only at run time."""
    if isinstance(value, tuple):
        return any(map(has_unknown, value))
    return isinstance(value, Unknown | Enumeration)


def frozen(value: Any) -> Any:
    """Return *value*, a list as a tuple."""
    return tuple(value) if isinstance(value, list) else value


METHODS: Final = frozenset(
    {"lower", "upper", "strip", "replace", "title", "format", "join", "removeprefix", "removesuffix", "split"}
)
MAKERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "tuple": tuple, "list": tuple, "sorted": lambda one: tuple(sorted(one)), "str": str, "float": float, "int": int,
    "frozenset": tuple, "set": tuple,
}  # fmt: skip
OPERATORS: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv,
}  # fmt: skip
