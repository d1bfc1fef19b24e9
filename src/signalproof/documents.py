"""JSON and YAML as trees that remember where they stood: a finding in a file of another project needs its line.

Both readers work without recursion and in linear time, so that no file, however deep or broken, can do more than be
refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from signalproof.errors import Location, SignalproofError

MAX_DEPTH = 200
"""Deepest nesting that is read; Grafana's and Prometheus' own files stay below 30."""
MAX_NODES = 1_000_000
"""Most values of one document: objects, lists and what they hold; the largest public dashboards have 100,000."""
MAX_REPEATED = 100_000
"""Most values of one YAML document that stand there only through an alias, a long text as several."""


class Text(str):
    """A string that knows its place.

    Attributes:
        line: Line of its first character, counted from 1.
        verbatim: Whether its line breaks are those of the file, as in a block scalar of YAML.
    """

    __slots__ = ("line", "verbatim")
    line: int
    verbatim: bool

    @classmethod
    def at(cls, value: str, line: int, *, verbatim: bool = False) -> Text:
        """Return *value* as it stood on *line*."""
        text = cls(value)
        text.line, text.verbatim = line, verbatim
        return text


class Table(dict[str, Any]):
    """A JSON object or a YAML mapping.

    Attributes:
        line: On which it begins.
        repeated: Of YAML: each key that stands there once more, with its line; the last of them is kept.
    """

    __slots__ = ("line", "repeated")

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line
        self.repeated: list[tuple[str, int]] = []

    def table(self, key: str) -> Table:
        """Return the table under *key*, or an empty one when there is none."""
        value = self.get(key)
        return value if isinstance(value, Table) else Table(self.line)

    def tables(self, key: str) -> list[Table]:
        """Return the tables in the list under *key*; whatever else stands there is left out."""
        value = self.get(key)
        return [one for one in value if isinstance(one, Table)] if isinstance(value, list) else []

    def text(self, key: str) -> Text:
        """Return the string under *key*, or an empty one when there is none."""
        value = self.get(key)
        return value if isinstance(value, Text) else Text.at("", self.line)


Tree: TypeAlias = "Table | list[Any] | Text | int | float | bool | None"
"""What a document holds; the values of a `Table` and of a list are trees again."""

_TOKEN = re.compile(
    r'[ \t\r\n]*(?:(?P<string>"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*")|(?P<mark>[{}\[\],:])'
    r"|(?P<number>-?(?:0|[1-9][0-9]*)(?P<rest>(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?))|(?P<constant>true|false|null))"
)
_CONSTANTS = {"true": True, "false": False, "null": None}


def read_json(text: str, file: str) -> Tree:
    """Return the tree of a JSON *text*; when it is a `Text`, lines count on from where that stands.

    Raises:
        SignalproofError: It is no JSON, nested deeper than `MAX_DEPTH`, or has more than `MAX_NODES` values; the message
            names the line.
    """
    return _Json(text, file).read()


class _Json:
    """One pass over the words with a stack of open containers."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.first = text.line if isinstance(text, Text) else 1
        self.verbatim = not isinstance(text, Text) or text.verbatim
        self.line, self.counted = self.first, 0

    def read(self) -> Tree:
        holder: list[Any] = []
        stack: list[Table | list[Any]] = [holder]
        keys: list[str | None] = [None]
        position, state, nodes = 0, "value", 0
        while (found := _TOKEN.match(self.text, position)) is not None:
            start, position = found.end() - len(found[0].lstrip(" \t\r\n")), found.end()
            kind, word = found.lastgroup, found[0].lstrip(" \t\r\n")
            top = stack[-1]
            if state == "colon" and word == ":":
                state = "value"
            elif state == "comma" and word == "," and len(stack) > 1:
                state = "key" if isinstance(top, Table) else "value"
            elif word in "}]" and state in ("comma", "first key", "first value") and len(stack) > 1:
                if (word == "}") != isinstance(top, Table):
                    raise self.error(f"{word!r} closes the wrong bracket", start)
                stack.pop()
                keys.pop()
                state = "comma"
            elif state in ("key", "first key") and kind == "string":
                keys[-1] = self.string(word, start)
                state = "colon"
            elif state in ("value", "first value") and (kind != "mark" or word in "{["):
                value = self.value(kind, word, found["rest"], start)
                nodes += 1
                if nodes > MAX_NODES:
                    raise too_many(f"{MAX_NODES:,} values", self.file, self.line_of(start))
                if isinstance(top, Table):
                    top[keys[-1] or ""] = value
                else:
                    top.append(value)
                state = "comma"
                if word in ("{", "["):
                    stack.append(value)
                    keys.append(None)
                    state = "first key" if word == "{" else "first value"
                    if len(stack) > MAX_DEPTH:
                        raise self.error(f"nested deeper than {MAX_DEPTH} levels", start)
            else:
                raise self.error(f"unexpected {word[:20]!r}", start)
        rest = self.text[position:].lstrip(" \t\r\n")
        if rest:
            raise self.error(f"unexpected {rest[:20]!r}", len(self.text) - len(rest))
        if len(stack) > 1 or not holder:
            raise self.error("it ends too early", len(self.text))
        return holder[0]  # type: ignore[no-any-return]  # what was appended is a Tree

    def value(self, kind: str | None, word: str, rest: str | None, start: int) -> Any:
        if kind == "string":
            return self.string(word, start)
        if word == "{":
            return Table(self.line_of(start))
        if word == "[":
            return []
        if kind == "constant":
            return _CONSTANTS[word]
        return float(word) if rest or len(word) > 300 else int(word)

    def string(self, word: str, start: int) -> Text:
        try:
            value = json.loads(word) if "\\" in word else word[1:-1]
        except ValueError:
            raise self.error(f"broken escape in {word[:40]}", start) from None
        return Text.at(value, self.line_of(start))

    def line_of(self, offset: int) -> int:
        if self.verbatim:
            self.line += self.text.count("\n", self.counted, offset)
            self.counted = offset
        return self.line

    def error(self, what: str, offset: int) -> SignalproofError:
        line = self.first + (self.text.count("\n", 0, offset) if self.verbatim else 0)
        return SignalproofError(f"not valid JSON: {what}", "mend the line", where=Location(self.file, line))


def too_many(what: str, file: str, line: int) -> SignalproofError:
    """Return the error that a document has more than *what*, said at the *line* where it got too much."""
    return SignalproofError(
        f"not read: more than {what} in one document",
        "split it, or leave it out: --exclude",
        where=Location(file, line),
    )


def read_yaml(text: str, file: str) -> Iterator[Tree]:
    """Return the tree of every document of a YAML *text*; when it is a `Text`, lines count on from where that stands.

    Scalars stay strings, except null, true and false.

    Raises:
        SignalproofError: It is no YAML, nested deeper than `MAX_DEPTH`, an alias contains itself, or there are more than
            `MAX_NODES` values, or `MAX_REPEATED` through aliases.
    """
    from signalproof.yaml_documents import read  # late: PyYAML is slow to import, and most runs read no YAML

    return read(text, file)


def is_number(text: str) -> bool:
    """Whether *text* is a number as Python reads it, ``+Inf`` and ``1e3`` among them."""
    try:
        float(text)
    except ValueError:
        return False
    return True
