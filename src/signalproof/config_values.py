"""Values of a configuration file, whatever stands there: those that fit, and a mistake with its line for those that do not."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from signalproof.durations import parse_duration
from signalproof.errors import Location, SignalproofError, did_you_mean

LONGEST: Final = 1000
"""Most characters of a text or a name; lists and tables have at most ten times as many entries."""
_SHOWN: Final = 60
_WANTED: Final = {
    "tuple[str, ...]": "a list of strings",
    "Mapping[str, tuple[str, ...]]": 'lists of strings by label: { status = ["ok", "failed"] }',
    "int": "a whole number",
    "bool": "true or false",
    "float": "a number",
}


def shortened(value: object) -> str:
    """Return *value* as a person wrote it, or the beginning of it; numbers of any length."""
    try:
        text = repr(value[: _SHOWN + 1] if isinstance(value, str) else value)
    except ValueError:  # a whole number of more digits than Python writes
        return "a number"
    return text if len(text) <= _SHOWN + 2 else f"{text[:_SHOWN]}…"


@dataclass(frozen=True)
class Written:
    """A configuration file.

    Attributes:
        file: Where it is.
        text: What it holds.
    """

    file: Path
    text: str

    def line_of(self, key: str) -> Location:
        """Return where *key* is given a value; the file where it is written otherwise."""
        found = re.search(rf"^[ \t]*{re.escape(key)}[ \t]*=", self.text, re.MULTILINE)
        return Location(str(self.file), self.text.count("\n", 0, found.start()) + 1 if found else 0)

    def head(self, section: str, name: str) -> int:
        """Return the line of ``[tool.signalproof.SECTION.NAME]``; 0 where it is written otherwise."""
        head = re.compile(rf"\s*\[tool\.signalproof\.{section}\.(['\"]?){re.escape(name)}\1\]")
        return next((number for number, one in enumerate(self.text.splitlines(), 1) if head.match(one)), 0)

    def table(self, holder: dict[str, Any], key: str, remedy: str, *, keep: bool = False) -> dict[str, Any]:
        """Return the table under *key* of *holder*, taken out of it unless *keep*; an empty one where there is none.

        Raises:
            SignalproofError: Something else stands there, or too much.
        """
        found = holder.get(key, {}) if keep else holder.pop(key, {})
        if not isinstance(found, dict):
            raise SignalproofError(f"{key} is of the wrong type", remedy, where=self.line_of(key))
        self.check_size(found, key)
        return found

    def tables(self, holder: dict[str, Any], key: str, remedy: str) -> dict[str, dict[str, Any]]:
        """Return the table of tables under *key* of *holder*, as `table` does."""
        found = self.table(holder, key, remedy)
        if not all(isinstance(one, dict) for one in found.values()):
            raise SignalproofError(f"{key} is of the wrong type", remedy, where=self.line_of(key))
        for name, one in found.items():
            self.check_size(one, name)
        return found

    def check_size(self, value: object, key: str) -> None:
        """Raise where a text, a list or a table is longer than anybody means it to be, or a text cannot be told.

        Raises:
            SignalproofError: It is.
        """
        where = self.line_of(key)
        if isinstance(value, list | dict) and len(value) > 10 * LONGEST:
            raise SignalproofError(
                f"{shortened(key)} has more than {10 * LONGEST:,} entries", "leave some out", where=where
            )
        for one in (value, *value) if isinstance(value, list | dict) else (value,):
            if isinstance(one, str) and len(one) > LONGEST:
                raise SignalproofError(
                    f"{shortened(key)}: {shortened(one)} has more than {LONGEST:,} characters",
                    "give a shorter one",
                    where=where,
                )
            if isinstance(one, str) and not one.isprintable():
                raise SignalproofError(
                    f"{shortened(key)}: {shortened(one)} has a character that cannot be printed",
                    "leave it out",
                    where=where,
                )

    def values(self, table: dict[str, Any], shape: type[Any], elsewhere: Collection[str]) -> dict[str, Any]:
        """Return the values of *table* by the fields of *shape*, those named *elsewhere* apart.

        Raises:
            SignalproofError: A key is no field, or a value of another type.
        """
        known = {
            one.name: str(one.type).removesuffix(" | None")
            for one in fields(shape)
            if one.name not in elsewhere
        }
        found: dict[str, Any] = {}
        for key, value in table.items():
            name, where = key.replace("-", "_"), self.line_of(key)
            if name not in known:
                raise SignalproofError(
                    f"unknown key {shortened(key)} in [tool.signalproof]",
                    did_you_mean(name[:LONGEST], known, f"keys: {', '.join(known)}"),
                    where=where,
                )
            if name in found:
                raise SignalproofError(
                    f"{key} stands there twice, once with a hyphen", "keep one of them", where=where
                )
            self.check_size(value, key)
            found[name] = self._value(key, value, known[name], where)
        return found

    def _value(self, key: str, value: Any, wanted: str, where: Location) -> Any:
        if wanted == "Seconds":
            return parse_duration(value, where)
        if wanted == "float" and type(value) in (int, float) and abs(value) < 1e300:
            return float(value)
        if wanted == _BY_LABEL and isinstance(value, dict) and all(map(is_list, value.values())):
            for label, one in value.items():
                self.check_size(one, label)
            return {label: tuple(one) for label, one in value.items()}
        if wanted == "Names" and isinstance(value, str):
            return (value,)
        if wanted in {"str", "int", "bool"} and type(value).__name__ == wanted:
            return value
        if wanted in {"tuple[str, ...]", "Names"} and is_list(value):
            return tuple(value)
        remedy = f"give {_WANTED.get(wanted, 'a string')}"
        raise SignalproofError(f"{key} = {shortened(value)} is of the wrong type", remedy, where=where)


_BY_LABEL: Final = "Mapping[str, tuple[str, ...]]"


def is_list(value: object) -> bool:
    """Whether *value* is a list of strings."""
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
