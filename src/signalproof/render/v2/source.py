"""A classic object, key by key: what nobody took of it cannot be said in v2, and is an error instead of lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Never, TypeVar

from signalproof.documents import Table
from signalproof.errors import Location, SignalproofError
from signalproof.render.normalise import Json
from signalproof.render.v2.kinds import LIST, OBJECT, OF_TYPE, Kind

T = TypeVar("T", str, bool, int, list[Any], dict[str, Any])


class Source:
    """An object of a classic dashboard while it is taken apart; null is as good as nothing.

    Attributes:
        what: How an error calls it: ``panel 'Latency'``.
        where: Where it stands.
    """

    def __init__(self, table: Mapping[str, Any], what: str, where: Location) -> None:
        line = table.line if isinstance(table, Table) else 0
        self.where = Location(where.file, line) if line else where
        self.what = what
        self._left = {key: value for key, value in table.items() if value is not None}

    def take(self, key: str, default: T) -> T:
        """Return the value of *key*, which has the type of *default*, or *default* where there is none.

        Raises:
            SignalproofError: It has another type.
        """
        value: T = self.checked(key, self._left.pop(key, default), OF_TYPE[type(default)])
        return value

    def need(self, key: str, kind: Kind) -> Any:
        """Return the value of *key*.

        Raises:
            SignalproofError: There is none, or it has another type.
        """
        if key not in self._left:
            self.refuse(f"has no {key!r}", "schema v2 wants one")
        return self.checked(key, self._left.pop(key), kind)

    def given(self, **kinds: Kind) -> Json:
        """Return those of some keys that are said, each of its kind.

        Raises:
            SignalproofError: One has another type.
        """
        return {
            key: self.checked(key, self._left.pop(key), kind)
            for key, kind in kinds.items()
            if key in self._left
        }

    def peek(self, key: str) -> Any:
        """Return the value of *key* or None, and leave it to be taken."""
        return self._left.get(key)

    def pop(self, key: str) -> Any:
        """Return the value of *key* of whatever type, or None."""
        return self._left.pop(key, None)

    def within(self, key: str) -> Source:
        """Return the object under *key*, an empty one where there is none."""
        empty: dict[str, Any] = {}
        return Source(self.take(key, empty), f"{key} of {self.what}", self.where)

    def each(self, key: str, what: str) -> list[Source]:
        """Return the objects in the list under *key*, which an error calls *what*, by their title or name."""
        found = [self.checked(key, one, OBJECT) for one in self.checked(key, self._left.pop(key, []), LIST)]
        return [Source(one, self._called(what, one), self.where) for one in found]

    def _called(self, what: str, table: Mapping[str, Any]) -> str:
        name = table.get("title") or table.get("name")
        return f"{what} {str(name)!r}" if name else f"{what} of {self.what}"

    def rest(self) -> Json:
        """Return everything that is left, for a place that takes anything."""
        left, self._left = self._left, {}
        return left

    def ignore(self, *keys: str) -> None:
        """Leave out *keys*, which Grafana itself does not look at."""
        for key in keys:
            self._left.pop(key, None)

    def end(self) -> None:
        """Say that everything was taken.

        Raises:
            SignalproofError: Something is left.
        """
        if self._left:
            keys = ", ".join(repr(str(key)) for key in self._left)
            self.refuse(
                f"has {keys}, which schema v2 cannot say",
                "save the dashboard in a current Grafana, which brings old forms up to date, or take it out",
            )

    def checked(self, key: str, value: Any, kind: Kind) -> Any:
        """Return *value*, which stands under *key* and has to be of a *kind*.

        Raises:
            SignalproofError: It is of another one.
        """
        if not kind.holds(value):
            self.refuse(f"has {str(value)[:40]!r} as {key!r}", f"schema v2 wants {kind.name} there")
        return value

    def refuse(self, why: str, remedy: str) -> Never:
        """Raise the error that this object cannot be said in v2."""
        raise SignalproofError(f"{self.what} {why}", remedy, where=self.where)
