"""YAML as trees that remember where they stood: from PyYAML's events, which bear lines, and without recursion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from signalproof.documents import MAX_DEPTH, MAX_NODES, MAX_REPEATED, Table, Text, Tree, too_many
from signalproof.errors import Location, SignalproofError


def read(text: str, file: str) -> Iterator[Tree]:
    """Yield the trees; see `signalproof.documents.read_yaml`."""
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    above = text.line - 1 if isinstance(text, Text) else 0
    builder = _Yaml(file, above)
    try:
        for event in yaml.parse(str(text), Loader=loader):
            yield from builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = above + (mark.line + 1 if mark else 1)
        raise SignalproofError(
            f"not valid YAML: {error.problem or error.context}", "mend the line", where=Location(file, line)
        ) from None
    except yaml.YAMLError as error:  # a character that YAML forbids carries an offset, not a line
        offset = getattr(error, "position", 0)
        line = above + text.count("\n", 0, offset) + 1
        raise SignalproofError(
            "not valid YAML: a character that YAML does not allow",
            "save it as UTF-8 text",
            where=Location(file, line),
        ) from None


_LONG = 100
"""Characters of a text that count as one more value where it is repeated."""


class _Yaml:
    """Builds trees from events; an alias shares the tree of its anchor, and counts as what it stands for."""

    def __init__(self, file: str, above: int) -> None:
        self.file, self.above = file, above
        self.stack: list[Table | list[Any]] = []
        self.keys: list[str | None] = []
        self.names: list[str | None] = []
        self.anchors: dict[str, Any] = {}
        self.weights: dict[str, int] = {}
        self.sizes: list[int] = []
        self.nodes = self.repeated = 0
        self.inherited: set[tuple[int, str]] = set()

    def take(self, event: Any) -> Iterator[Tree]:
        line = self.above + event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.stack, self.keys, self.names, self.anchors = [[]], [None], [None], {}
            self.inherited = set()
            self.weights, self.sizes, self.nodes, self.repeated = {}, [0], 0, 0
        elif isinstance(event, yaml.DocumentEndEvent):
            root = self.stack[0]
            yield root[0] if isinstance(root, list) and root else None
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise SignalproofError(
                    f"alias *{event.anchor} has no anchor before it, or stands inside it",
                    f"write &{event.anchor} where the value stands",
                    where=Location(self.file, line),
                )
            self.repeated += self.weights[event.anchor]
            if self.repeated > MAX_REPEATED:
                raise too_many(f"{MAX_REPEATED:,} values by aliases", self.file, line)
            self.sizes[-1] += self.weights[event.anchor]
            self.put(self.anchors[event.anchor], line)
        elif isinstance(event, yaml.ScalarEvent):
            value = _scalar(event, line)
            self.count(line)
            self.sizes[-1] += 1
            if event.anchor:
                self.anchors[event.anchor] = value
                self.weights[event.anchor] = 1 + len(event.value) // _LONG
            self.put(value, line)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            opened: Table | list[Any] = Table(line) if isinstance(event, yaml.MappingStartEvent) else []
            self.stack.append(opened)
            self.keys.append(None)
            self.names.append(event.anchor)
            self.sizes.append(1)
            self.count(line)
            if len(self.stack) > MAX_DEPTH:
                raise SignalproofError(
                    f"not read: nested deeper than {MAX_DEPTH} levels",
                    "flatten it",
                    where=Location(self.file, line),
                )
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            closed, name = self.stack.pop(), self.names.pop()
            self.keys.pop()
            size = self.sizes.pop()
            self.sizes[-1] += size
            if name:
                self.anchors[name] = closed
                self.weights[name] = size
            self.put(closed, line)

    def count(self, line: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise too_many(f"{MAX_NODES:,} values", self.file, line)

    def put(self, value: Any, line: int) -> None:
        top = self.stack[-1]
        if not isinstance(top, Table):
            top.append(value)
        elif self.keys[-1] is None:
            key = str(value).lower() if isinstance(value, bool) else value
            self.keys[-1] = key if isinstance(key, str) else f"(line {line})"
        else:
            key, self.keys[-1] = self.keys[-1], None
            if key == "<<":
                for merged in value if isinstance(value, list) else [value]:
                    for name, inherited in merged.items() if isinstance(merged, Table) else ():
                        if name not in top:
                            top[name] = inherited
                            self.inherited.add((id(top), name))
            else:
                if key in top and (id(top), key) not in self.inherited:
                    top.repeated.append((key, key.line if isinstance(key, Text) else line))
                top[key] = value


def _scalar(event: Any, line: int) -> Text | bool | None:
    if not event.style and event.implicit[0]:
        if event.value in ("", "~", "null", "Null", "NULL"):
            return None
        if event.value in ("true", "True", "TRUE", "false", "False", "FALSE"):
            return str(event.value).lower() == "true"
    block = event.style in ("|", ">")
    return Text.at(event.value, line + block, verbatim=event.style == "|")
