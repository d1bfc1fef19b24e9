"""What Prometheus refuses in a rule file besides its expressions: the file as a whole is not loaded then."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from signalproof.documents import Table, Text
from signalproof.errors import did_you_mean
from signalproof.rules.foreign import RuleFile

_FILE: Final = frozenset({"groups"})
_GROUP: Final = frozenset({"name", "interval", "query_offset", "limit", "rules", "labels"})
_RULE: Final = frozenset({"record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"})
# read by Thanos, Mimir, Loki and vmalert, which refuse what is not theirs by themselves
_ELSEWHERE: Final = frozenset(
    {
        "partial_response_strategy", "source_tenants", "evaluation_delay", "remote_write", "type", "concurrency", "params",
        "align_evaluation_time_on_interval", "headers", "notifier_headers", "eval_offset", "eval_delay", "eval_alignment",
        "extra_filter_labels", "tenant", "debug", "update_entries_limit", "id", "namespace",
    }
)  # fmt: skip

_DURATION: Final = re.compile(r"0|(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?")
_ZERO: Final = re.compile(r"0[0a-z]*")
_METRIC: Final = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")
_LABEL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Refusal:
    """A reason for which a rule file is refused.

    Attributes:
        message: What is wrong.
        help: What to write instead.
        culprit: What is wrong as it is written, or the name of the rule or group it is wrong in.
        line: Where.
        group: Name of the group.
        rule: Name of the rule; empty for the group.
    """

    message: str
    help: str
    culprit: str
    line: int
    group: str = ""
    rule: str = ""


def refusals(found: RuleFile, *, utf8: bool) -> Iterator[Refusal]:
    """Yield every reason for which Prometheus refuses *found*.

    Args:
        found: The rule file.
        utf8: Whether names may be of any characters, as since Prometheus 3.0.
    """
    names: set[str] = set()
    if any(_managed(group) for group in found.groups):
        return  # Grafana's own, which has other rules
    if found.body is not None:
        yield from _Group("", utf8=utf8).body(found.body)
    for group in found.groups:
        name = _text(group, "name")
        within = _Group(name, utf8=utf8)
        if found.body is not None:
            yield from within.names(group, names)
        yield from within.fields(group, _GROUP, "")
        yield from within.durations(group, ("interval", "query_offset"), "")
        limit = group.get("limit")
        if limit is not None and not re.fullmatch(r"[+-]?\d+", str(limit)):
            yield within.refusal("limit is no whole number", "write digits only", group, "limit", "")
        for rule in group["rules"]:
            if isinstance(rule, Table):
                yield from within.rule(rule)
            else:
                yield Refusal(
                    "a rule is a mapping", "write expr, and alert or record", name, group.line, name
                )


def _managed(group: Table) -> bool:
    return any("grafana_alert" in one or "data" in one for one in group.tables("rules"))


def _text(table: Table, key: str) -> str:
    """Return the scalar under *key* as the text that Prometheus takes it for."""
    value = table.get(key)
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


class _Group:
    """The group in which a rule stands."""

    def __init__(self, name: str, *, utf8: bool) -> None:
        self.name, self.utf8 = name, utf8

    def body(self, body: Table) -> Iterator[Refusal]:
        yield from self.fields(body, _FILE, "")
        for group in body["groups"]:
            if not isinstance(group, Table):
                yield Refusal("a group is a mapping", "write name and rules", "groups", body.line)
            elif not isinstance(group.get("rules", []), list | None):
                yield self.refusal("rules is no list", "write - before each", group, "name", "")

    def names(self, group: Table, seen: set[str]) -> Iterator[Refusal]:
        if not self.name:
            yield self.refusal("a group has no name", "give it one: name: …", group, "name", "")
        elif self.name in seen:
            message = f"two groups of this file are called {self.name!r}"
            yield self.refusal(message, "give each its own name", group, "name", "")
        seen.add(self.name)

    def rule(self, rule: Table) -> Iterator[Refusal]:
        alert, record = _text(rule, "alert"), _text(rule, "record")
        name = alert or record
        if alert and record:
            yield self.refusal(
                "a rule is an alert or records, not both", "make two of it", rule, "record", name
            )
        elif not name:
            yield self.refusal("a rule has neither alert nor record", "say which it is", rule, "expr", "")
        if rule.get("expr") is None or not str(rule["expr"]).strip():
            yield self.refusal(f"{name or 'a rule'} has no expr", "write its expression", rule, "expr", name)
        if record and not alert:
            for key in ("for", "keep_firing_for", "annotations"):
                if key in rule and rule[key] not in ({}, None) and not _ZERO.fullmatch(str(rule[key])):
                    message = f"a recording rule has no {key}"
                    yield self.refusal(message, "leave it out", rule, key, name)
            if not (_METRIC.fullmatch(record) if not self.utf8 else not re.search(r"[{}]", record)):
                message = f"{record!r} is no name of a metric"
                yield self.refusal(message, "write letters, digits, _ and :", rule, "record", name)
        yield from self.fields(rule, _RULE, name)
        yield from self.durations(rule, ("for", "keep_firing_for"), name)
        for key in ("labels", "annotations"):
            yield from self.texts(rule, key, name)

    def texts(self, rule: Table, key: str, name: str) -> Iterator[Refusal]:
        said = rule.get(key)
        if said is not None and not isinstance(said, Table):
            yield self.refusal(f"{key} is no mapping", "write name: value below it", rule, key, name)
            return
        yield from self.repeated(rule.table(key), name)
        for label, value in rule.table(key).items():
            if not (label if self.utf8 else _LABEL.fullmatch(label)) or (key, label) == (
                "labels",
                "__name__",
            ):
                message = f"{str(label)!r} is no name of a label that a rule may set"
                yield self.refusal(
                    message, "write letters, digits and _", rule.table(key), label, name, label
                )
            elif isinstance(value, Table | list):
                yield self.refusal(
                    f"{label} is no text", "write it as text", rule.table(key), label, name, label
                )

    def repeated(self, table: Table, rule: str) -> Iterator[Refusal]:
        for key, line in table.repeated:
            message, remedy = f"{key} stands here twice", "keep one of them: YAML allows a key once"
            yield Refusal(message, remedy, key, line, self.name, rule)

    def fields(self, table: Table, known: frozenset[str], rule: str) -> Iterator[Refusal]:
        yield from self.repeated(table, rule)
        for key in table:
            if key not in known | _ELSEWHERE:
                what = "rule" if known is _RULE else "group" if known is _GROUP else "rule file"
                remedy = did_you_mean(key, sorted(known), f"fields: {', '.join(sorted(known))}")
                yield self.refusal(f"a {what} has no field {str(key)!r}", remedy, table, key, rule, key)

    def durations(self, table: Table, keys: tuple[str, ...], rule: str) -> Iterator[Refusal]:
        for key in keys:
            said = table.get(key)
            if said is not None and not (str(said) and _DURATION.fullmatch(str(said))):
                message = f"{key} is no duration: {str(said)!r}"
                yield self.refusal(message, "write it as Prometheus does: 5m, 1h30m", table, key, rule)

    def refusal(
        self, message: str, remedy: str, table: Table, key: Any, rule: str, culprit: str = ""
    ) -> Refusal:
        value = table.get(key)
        shown = culprit or (value if isinstance(value, Text) else "") or rule or str(key)
        line = value.line if isinstance(value, Text | Table) else table.line
        return Refusal(message, remedy, str(shown), line, self.name, rule)
