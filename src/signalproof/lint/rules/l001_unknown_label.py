"""L001: the metric has no such label."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from signalproof.catalogue.exposition import Series
from signalproof.errors import did_you_mean
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.labels import (
    asked_absent,
    has_label,
    is_made,
    named,
    possible,
    selected,
    sources_read,
    was_there,
    who_have,
)
from signalproof.lint.rule import Context, Filtered, Grouped, Joined, Rule, words
from signalproof.promql.ast import Aggregation, Binary, Call, Matcher, Matching, Node, Selector, Span
from signalproof.promql.ways import guards

_SLIP = 0.8
"""So much of two labels is alike where one is the other with a slip of the keyboard: ``cod`` and ``code``."""


class UnknownLabel(Rule[Selector | Aggregation | Binary | Call]):
    """No series that flows in here ever has this label.

    A matcher on it selects nothing, or, when it is negative, everything; grouping by it gives one group; joining on it
    joins everything with everything. None of this is an error to Prometheus.

    A scrape can add any label. Which it adds says ``target_labels``, in the configuration or on the command line. Where
    nothing says so, in files of others, a label that is no slip for another one is a warning, and one that queries of
    several programs ask for is taken as one of the target.

    A recorded series may be asked for ``label=~"$chosen"`` without having the label, where the same query asks for the rest
    with ``label!~"$chosen$chosen"``: it answers while all are chosen.

    Asking for the absence of a label, ``{label=""}``, is never reported, nor is taking it away after that. A label that is
    only taken away (``without``, ``ignoring``) and does not exist is a warning, for it has no effect.
    """

    code = "L001"
    slug = "unknown-label"
    severity = "error"
    visits = (Filtered, Grouped, Joined, Call)
    names = frozenset({"label_replace", "label_join", "sort_by_label", "sort_by_label_desc"})
    bad = (
        ('rate(jobs_total{stauts="success"}[5m])', "stauts"),
        ('workers{zone!="eu"}', "zone"),
        ("sum by (handlr) (rate(http_requests_total[5m]))", "handlr"),
        ("sum without (pod) (workers)", "pod"),
        ("memory_used_bytes / on (host) memory_limit_bytes", "host"),
        ("memory_used_bytes / ignoring (host) memory_limit_bytes", "host"),
        ("workers * on (instance) group_left (version, branch) build_info", "branch"),
        ('label_replace(workers, "zone", "$1", "regon", "(.+)")', '"regon"'),
    )
    good = (
        'sum by (status, job) (rate(jobs_total{status="success", queue!=""}[5m]))',
        'workers{zone=""}',
        'sum without (zone) (workers{zone=""})',
        'workers{zone=""} / ignoring (zone) workers',
        'label_replace(workers, "zone", "all", "", "")',
        "workers * on (instance) group_left (version) build_info",
    )

    def check(self, seen: Selector | Aggregation | Binary | Call, context: Context) -> Iterator[Problem]:
        """Yield every label that is read and that nothing flowing in ever has."""
        if isinstance(seen, Selector):
            if context.world.exposition.series:
                yield from _matchers(seen, context)
        elif isinstance(seen, Binary):
            if seen.matching is not None:
                yield from _joins(seen, seen.matching, context)
        elif isinstance(seen, Aggregation):
            if seen.grouping is not None:
                labels = context.value(seen.expr).labels
                if not labels.lack(seen.grouping.names):
                    return
                for label in named(seen.grouping.labels):
                    if seen.grouping.without and asked_absent(label.name, seen):
                        continue
                    if not labels.can_have(label.name) and not is_made(label.name, seen.expr):
                        severity = Severity.WARNING if seen.grouping.without else None
                        yield from _unknown(label.name, label.span, (seen.expr,), context, severity)
        else:
            for source in sources_read(seen):
                yield from _unknown(source.value, source.span, (seen.args[0],), context)


def _matchers(selector: Selector, context: Context) -> Iterator[Problem]:
    series = selected(selector, context)
    if not series:
        return
    for matcher in selector.matchers:
        if not isinstance(matcher, Matcher) or not isinstance(matcher.label, str):
            continue
        label = matcher.label
        absent = matcher.operator == "=" and not matcher.value.value
        if absent or label == "__name__":
            continue
        if any(has_label(one, label, context) for one in series):
            yield from _without_conflict(label, matcher, series)
            continue
        if matcher.operator == "=~" and matcher.value.value in guards(context.root, label):
            continue  # a series without the label answers while all are chosen
        if label == "quantile" and selector.name.endswith(("_sum", "_count")):
            continue  # M002 knows why
        known = {name for one in series for name in one.labels} | context.world.exposition.target_labels
        who = selector.name or "the selected metrics"
        yield _problem(f"{who} has no label {label!r}", label, known, matcher.label_span, context)


def _without_conflict(label: str, matcher: Matcher, series: tuple[Series, ...]) -> Iterator[Problem]:
    """Yield ``exported_x`` where the metric has ``x``, and nobody said that the target has one, too."""
    own = label.removeprefix("exported_")
    domains = [one.labels.get(label) for one in series]
    if (
        own != label
        and all(one.seen for one in series)
        and all(one is not None and one.assumed for one in domains)
    ):
        who = series[0].name
        yield Problem(
            f"{who} exposes the label {own!r}: Prometheus stores it as {label!r} only where the target has a {own!r}, too",
            f'write {own!r}, or say that targets have it: target_labels = ["job", "instance", "{own}"]',
            matcher.label_span,
            Severity.WARNING,
        )


def _joins(binary: Binary, matching: Matching, context: Context) -> Iterator[Problem]:
    sides = (binary.left, binary.right)
    if not any(context.value(one).labels.lack((*matching.names, *matching.included)) for one in sides):
        return
    severity = None if matching.on else Severity.WARNING
    for label in named(matching.labels):
        if matching.on or not asked_absent(label.name, binary):
            yield from _unknown(label.name, label.span, sides, context, severity)
    for label in named(matching.include):
        yield from _unknown(label.name, label.span, sides, context)


def _unknown(
    label: str, span: Span, operands: tuple[Node, ...], context: Context, severity: Severity | None = None
) -> Iterator[Problem]:
    for one in operands:
        if context.value(one).labels.can_have(label):
            return
    if any(was_there(label, one, context) for one in operands):
        return  # L003, V002 and V005 know why
    known = frozenset[str]().union(*(possible(one, context) for one in operands))
    who = who_have(operands, context)
    yield _problem(f"{who} no label {label!r}", label, known, span, context, severity)


def _problem(
    message: str,
    label: str,
    known: frozenset[str] | set[str],
    span: Span,
    context: Context,
    severity: Severity | None = None,
) -> Problem:
    """Return the problem, a warning where the scrape may add the label, for nobody said what it adds: but for a slip."""
    sure = context.world.targets_are_known or get_close_matches(label, known, n=1, cutoff=_SLIP)
    return Problem(
        message, did_you_mean(label, known, _has(known)), span, severity if sure else Severity.WARNING
    )


def _has(known: frozenset[str] | set[str]) -> str:
    return f"it has {words(known)}" if known else "it has no labels"
