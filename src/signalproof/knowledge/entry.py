"""One object of a catalogue file, read with care: a value of another type or a key nobody knows is an error that says where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

from signalproof.errors import Location, SignalproofError, did_you_mean

T = TypeVar("T")
E = TypeVar("E")

_CALLED: Final[Mapping[type, str]] = {
    str: "a text", bool: "true or false", int: "a whole number", float: "a number", dict: "an object", list: "a list",
}  # fmt: skip


class Entry:
    """A JSON object and its place.

    Attributes:
        raw: The object.
        place: Where it stands in the file, in words: ``family "node_cpu_seconds_total"``.
        file: Name of the file.
    """

    __slots__ = ("_read", "file", "place", "raw")

    def __init__(self, raw: object, place: str, file: str) -> None:
        self.place, self.file = place, file
        self._read: set[str] = set()
        self.raw: dict[str, Any] = {}
        if not isinstance(raw, dict):
            raise self.error("is no object", "write {…} there")
        self.raw = raw

    def error(self, problem: str, remedy: str) -> SignalproofError:
        """Return the error that says what is wrong with this object."""
        return SignalproofError(f"{self.place} {problem}", remedy, where=Location(self.file))

    def get(self, key: str, kind: type[T], default: T) -> T:
        """Return the value of *key*, or *default*; an integer is a number, too.

        Raises:
            SignalproofError: The value is of another type.
        """
        self._read.add(key)
        value: Any = self.raw.get(key, default)
        if kind is float and type(value) is int:
            value = float(value)
        if value is not default and type(value) is not kind:
            raise self.error(f"has {key!r} = {value!r:.40}", f"give {_CALLED[kind]}")
        return value  # pyright: ignore[reportReturnType]  # its type is kind, as was just asked

    def has(self, key: str) -> bool:
        """Whether there is such a key."""
        self._read.add(key)
        return key in self.raw

    def one_of(self, key: str, kinds: Callable[[str], E], default: E, known: Iterable[str]) -> E:
        """Return the member of an enumeration that *key* names."""
        if not self.has(key):
            return default
        text = self.get(key, str, "")
        try:
            return kinds(text)
        except ValueError:
            names = [str(one) for one in known if one]
            raise self.error(
                f"has {key!r} = {text!r}", did_you_mean(text, names, f"known are {', '.join(names)}")
            ) from None

    def texts(self, key: str) -> tuple[str, ...] | None:
        """Return the list of texts under *key*, or None where there is none."""
        if not self.has(key):
            return None
        found = self.get(key, list, [])
        if not all(type(one) is str for one in found):
            raise self.error(f"has {key!r} = {found!r:.40}", "give a list of texts")
        return tuple(found)

    def mapping(self, key: str) -> dict[str, Any]:
        """Return the object under *key*, or an empty one."""
        return self.get(key, dict, {})

    def done(self) -> None:
        """Refuse every key that was not asked for."""
        for key in self.raw.keys() - self._read:
            raise self.error(
                f"has an unknown key {key!r}",
                did_you_mean(key, self._read, f"keys: {', '.join(sorted(self._read))}"),
            )
