"""The fields that the queries of a panel yield, by the names under which transformations and overrides look for them.

As in Grafana 12.4. Where a name cannot be known, nothing is said of any: labels that are open, legends that Grafana
makes up, steps that name fields after their data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from string import ascii_uppercase
from typing import Any, Final

from signalproof.documents import Table, Text
from signalproof.infer.value import NAME
from signalproof.lint.labels import named
from signalproof.lint.rule import Context, Everything
from signalproof.promql.ast import Aggregation, Binary, Call, Node, Number, String
from signalproof.promql.tree import children, unwrap

_FILLED: Final = re.compile(r"\{\{[^{}]*+\}\}|\$\{[^{}]*+\}|\$\w++|\[\[[^\[\]]*+\]\]")
_OF_TRACES: Final = re.compile(r"trace|span|exemplar", re.IGNORECASE)
_ALWAYS: Final = frozenset({"Time", "Value", "time", "value"})
_KEEPING: Final = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
"""Aggregations that keep series as they are."""
_MADE_UP: Final = frozenset({"", "__auto"})


@dataclass(frozen=True)
class Fields:
    """The fields that a panel may have.

    Attributes:
        names: Those that are known by name.
        patterns: Of those whose names are known in part, such as a legend with a label.
        open: Whether there may be any others.
        labels: The labels of the series, for what makes fields of them; None where they are not known.
    """

    names: frozenset[str] = frozenset()
    patterns: tuple[re.Pattern[str], ...] = ()
    open: bool = False
    labels: frozenset[str] | None = frozenset()

    def may_have(self, name: str) -> bool:
        """Whether a field may be called *name*."""
        return self.open or name in self.names or any(one.fullmatch(name) for one in self.patterns)

    def may_match(self, pattern: str) -> bool:
        """Whether a field may match the regular expression *pattern* as JavaScript has it, ``/…/i`` or bare."""
        if self.open or self.patterns or "$" in pattern.rstrip("$/gimsuy)"):
            return True
        found = re.fullmatch(r"/(.*)/([gimsuy]*)", pattern, re.DOTALL)
        body, flags = (found[1], found[2]) if found else (f"^{pattern}$", "")
        try:
            wanted = re.compile(body, re.IGNORECASE if "i" in flags else 0)
        except re.error:
            return True
        return any(wanted.search(one) for one in self.names)

    @property
    def shown(self) -> str:
        """The names, for a message."""
        return ", ".join(sorted(self.names - {"time", "value"}))

    def __or__(self, other: Fields) -> Fields:
        labels = None if self.labels is None or other.labels is None else self.labels | other.labels
        return Fields(
            self.names | other.names, self.patterns + other.patterns, self.open or other.open, labels
        )

    def having(self, *names: str) -> Fields:
        """Return these fields and those called *names*."""
        return replace(self, names=self.names.union(names))


ANY: Final = Fields(open=True, labels=None)


def queried(panel: Table, seen: Everything) -> Fields:
    """Return the fields that the queries of *panel* yield, before any transformation."""
    targets = panel.tables("targets")
    if not targets or panel.get("timeCompare") or panel.get("type") == "heatmap":
        return ANY
    found = Fields(_ALWAYS)
    for target, letter in zip(targets, letters(targets), strict=True):
        one = seen.context_of(target)
        if one is None or one.inference.root.void:
            return ANY
        is_table = target.get("format") == "table"
        found |= _table(one, letter if len(targets) > 1 else "") if is_table else _series(one)
        if target.get("exemplar") is True:
            found = replace(
                found, patterns=(*found.patterns, re.compile(rf".*(?:{_OF_TRACES.pattern}).*", re.IGNORECASE))
            )
    return found


def letters(targets: list[Table]) -> list[str]:
    """Return the letters of the queries of a panel; Grafana gives the next free one to each without."""
    taken = {str(one.text("refId")) for one in targets}
    free = (one for one in ascii_uppercase if one not in taken)
    return [str(one.text("refId")) or next(free, "") for one in targets]


def _table(context: Context, letter: str) -> Fields:
    labels = context.inference.root.labels
    known = _labels(context)
    if known is None:
        return ANY
    named = (NAME,) if labels.named else ()
    values = (f"Value #{letter}",) if letter else ()
    return Fields(known | {*named, *values}, labels=known)


def _labels(context: Context) -> frozenset[str] | None:
    """Return the labels of the result; None where there may be others.

    What a scrape of somebody else adds to the series that a query selects, nobody told us: there only labels that the
    query itself groups by are known.
    """
    labels = context.inference.root.labels
    if labels.open or (context.world.foreign and not _groups(context.root)):
        return None
    return frozenset(str(one) for one in labels.known) | _listed(context.root)


def _listed(node: Node) -> frozenset[str]:
    """Return the labels by which a query groups in the end: whether its metrics have them is for L001 to say."""
    node = unwrap(node)
    if isinstance(node, Aggregation) and node.operator not in _KEEPING:
        by = node.grouping.labels if node.grouping is not None and not node.grouping.without else ()
        return frozenset(label.name for label in named(by))
    return frozenset[str]().union(*map(_listed, children(node)))


def _groups(node: Node) -> bool:
    """Whether the labels of *node* are those that the query lists, whatever labels its series have."""
    node = unwrap(node)
    if isinstance(node, Number):
        return True
    if isinstance(node, Aggregation) and node.operator not in _KEEPING:
        return node.grouping is None or not node.grouping.without
    if isinstance(node, Aggregation):
        return _groups(node.expr)
    if isinstance(node, Call):
        vectors = [one for one in node.args if not isinstance(unwrap(one), Number | String)]
        return node.function in ("vector", "scalar", "time", "absent") or all(map(_groups, vectors))
    return isinstance(node, Binary) and _groups(node.left) and _groups(node.right)


def _series(context: Context) -> Fields:
    labels, legend = context.inference.root.labels, str(context.query.legend)
    known = _labels(context)
    names = (
        frozenset(one.name for one in context.inference.root.sources) if labels.named else frozenset[str]()
    )
    if legend in _MADE_UP or (labels.named and labels.names is None):
        return replace(ANY, labels=known)
    if not _FILLED.search(legend):
        return Fields(names | {legend}, labels=known)
    pieces = (re.escape(one) for one in _FILLED.split(legend))
    return Fields(names, (re.compile(".*".join(pieces), re.DOTALL),), labels=known)


def unmatched(matcher: Table, fields: Fields, panel: Table) -> Text | None:
    """Return what a matcher looks for, where no field matches; None where one may."""
    kind, options = matcher.get("id"), matcher.get("options")
    if kind == "byNames" and isinstance(options, Table) and options.get("mode", "include") == "include":
        names: Any = options.get("names")
        listed = [one for one in names if isinstance(one, Text)] if isinstance(names, list) else []
        return None if any(map(fields.may_have, listed)) else next(iter(listed), None)
    if not isinstance(options, Text) or not options:
        return None
    if kind == "byName":
        return None if fields.may_have(options) else options
    if kind == "byRegexp":
        return None if fields.may_match(options) else options
    if kind == "byFrameRefID" and not panel.tables("transformations") and panel.tables("targets"):
        return None if options in letters(panel.tables("targets")) else options
    return None
