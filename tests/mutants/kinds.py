"""Faults in what is counted: types, windows, histograms and ratios."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.mutants.subject import KEEPS_LABELS, Subject
from tests.mutants.tree import Put, after, places

from signalproof.catalogue.exposition import Role
from signalproof.infer.value import Kind
from signalproof.infer.windows import seconds_of
from signalproof.lint.samples import COMPARISONS, COUNTING
from signalproof.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Duration,
    Grouping,
    LabelName,
    Node,
    Number,
    Range,
    Selector,
    Subquery,
    Variable,
)
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import unwrap, walk

_RATES = ("rate", "irate", "increase")
_UNRATED = frozenset({"count", "group"})
_PRESENCE = frozenset(
    {"absent", "count_over_time", "changes", "timestamp", "present_over_time", "absent_over_time"}
)


def _rates(subject: Subject) -> Iterator[tuple[Call, Range, Put, tuple[Node, ...]]]:
    """Yield each rate of a counter that the catalogue knows."""
    for node, put, above in places(subject.root):
        if isinstance(node, Call) and node.function in _RATES and node.args:
            window = unwrap(node.args[0])
            if isinstance(window, Range) and subject.value(window).kind in COUNTING:
                yield node, window, put, above


def rate_lost(subject: Subject) -> Iterator[Query]:
    """A counter or its buckets as they are; not under count(), which does not look at values."""
    for _, window, put, above in _rates(subject):
        counted = any(isinstance(one, Aggregation) and one.operator in _UNRATED for one in above)
        if not counted:
            yield subject.mutant(put(window.selector))


def rate_as_delta(subject: Subject) -> Iterator[Query]:
    """delta() of a counter."""
    for node, _, put, _ in _rates(subject):
        yield subject.mutant(put(replace(node, function="delta")))


def rate_as_average(subject: Subject) -> Iterator[Query]:
    """avg_over_time() of a counter."""
    for node, _, put, _ in _rates(subject):
        yield subject.mutant(put(replace(node, function="avg_over_time")))


def rate_of_sum(subject: Subject) -> Iterator[Query]:
    """The rate of a sum instead of the sum of rates."""
    for node, put, _ in places(subject.root):
        if not isinstance(node, Aggregation) or node.operator != "sum" or not isinstance(node.expr, Call):
            continue
        call = node.expr
        window = unwrap(call.args[0]) if call.function in _RATES and call.args else None
        if isinstance(window, Range) and subject.value(window).kind in COUNTING:
            summed = Subquery(replace(node, expr=window.selector), window.window)
            yield subject.mutant(put(replace(call, args=(summed,))))


def gauge_rated(subject: Subject) -> Iterator[Query]:
    """rate() of a gauge."""
    for node, put, above in places(subject.root):
        if not isinstance(node, Selector) or (series := subject.series(node)) is None:
            continue
        if series.role is not Role.GAUGE or series.monotonic:
            continue
        parent = above[0] if above else None
        asked = any(isinstance(one, Call) and one.function in _PRESENCE for one in above)
        if not isinstance(parent, Range | Subquery) and not asked:
            yield subject.mutant(put(Call("rate", (Range(node, subject.window()),))))


def window_too_short(subject: Subject) -> Iterator[Query]:
    """A window of less than two scrapes."""
    for node, window, put, _ in _rates(subject):
        if seconds_of(window.window) is not None:
            short = replace(window, window=Duration(float(int(subject.scrape_interval * 1.5))))
            yield subject.mutant(put(replace(node, args=(short,))))


def window_of_a_pixel(subject: Subject) -> Iterator[Query]:
    """$__interval where $__rate_interval belongs; where the panel keeps the step at two scrapes, it is right."""
    if (subject.query.interval or 0.0) >= 2 * subject.scrape_interval:
        return
    for node, window, put, _ in _rates(subject):
        if isinstance(window.window, Variable) and window.window.name == "__rate_interval":
            short = replace(window, window=Variable("__interval", "$__interval"))
            yield subject.mutant(put(replace(node, args=(short,))))


def _quantiles(subject: Subject) -> Iterator[tuple[Call, Put, tuple[Node, ...]]]:
    for node, put, above in places(subject.root):
        if isinstance(node, Call) and node.function == "histogram_quantile":
            yield node, put, above


def le_lost(subject: Subject) -> Iterator[Query]:
    """The label le is missing below histogram_quantile()."""
    for call, put, _ in _quantiles(subject):
        for node, put_below, _ in places(call):
            if not isinstance(node, Aggregation) or not subject.value(node).labels.can_have("le"):
                continue
            if node.operator in KEEPS_LABELS:
                continue
            old = node.grouping
            without = old is not None and old.without
            labels = () if old is None else old.labels
            kept = [one for one in labels if not (isinstance(one, LabelName) and one.name == "le")]
            if without:
                kept.append(LabelName("le"))
            yield subject.mutant(put(put_below(replace(node, grouping=Grouping(without, tuple(kept))))))


def quantile_as_percent(subject: Subject) -> Iterator[Query]:
    """histogram_quantile(95, …); 1 in place of 0.01 is a quantile, too."""
    for call, put, _ in _quantiles(subject):
        share = unwrap(call.args[0])
        if isinstance(share, Number) and 0.01 < share.value < 1:
            yield subject.mutant(put(replace(call, args=(Number(share.value * 100), *call.args[1:]))))


def quantiles_averaged(subject: Subject) -> Iterator[Query]:
    """The average of quantiles, over the labels they are told apart by."""
    for call, put, _ in _quantiles(subject):
        yield subject.mutant(put(Aggregation("avg", call)))


def _buckets(subject: Subject) -> Iterator[tuple[Selector, Put]]:
    for call, put, _ in _quantiles(subject):
        for node, put_below, _ in places(call):
            if isinstance(node, Selector):
                series = subject.series(node)
                if series is not None and series.role is Role.BUCKET:
                    yield node, after(put_below, put)


def buckets_as_count(subject: Subject) -> Iterator[Query]:
    """A quantile of _count."""
    for node, put in _buckets(subject):
        yield subject.mutant(put(replace(node, name=node.name.removesuffix("_bucket") + "_count")))


def bare_histogram(subject: Subject) -> Iterator[Query]:
    """A quantile of the histogram under its bare name."""
    for node, put in _buckets(subject):
        yield subject.mutant(put(replace(node, name=node.name.removesuffix("_bucket"))))


def quantile_of_the_title(subject: Subject) -> Iterator[Query]:
    """The quantile is another than title and legend say."""
    query = subject.query
    for call, put, _ in _quantiles(subject):
        share = unwrap(call.args[0])
        if (
            isinstance(share, Number)
            and f"p{share.value * 100:g}" in (query.legend or query.panel).lower().split()
        ):
            wrong = 0.9 if share.value != 0.9 else 0.5
            yield subject.mutant(put(replace(call, args=(Number(wrong), *call.args[1:]))))


def share_not_summed(subject: Subject) -> Iterator[Query]:
    """A share whose two sides are not summed: each series is divided by itself."""
    for node, put, _ in places(subject.root):
        left = unwrap(node.left) if isinstance(node, Binary) and node.operator == "/" else None
        right = unwrap(node.right) if isinstance(node, Binary) else None
        if (
            not isinstance(left, Aggregation)
            or not isinstance(right, Aggregation)
            or not isinstance(node, Binary)
        ):
            continue
        if left.operator != right.operator or left.operator != "sum":
            continue
        ours, theirs = ([one for one in walk(side) if isinstance(one, Selector)] for side in (left, right))
        if len(ours) == len(theirs) == 1 and ours[0].name == theirs[0].name and ours[0] != theirs[0]:
            yield subject.mutant(put(replace(node, left=left.expr, right=right.expr)))


def mean_of_two_families(subject: Subject) -> Iterator[Query]:
    """_sum of one histogram divided by _count of another."""
    for node, put, _ in places(subject.root):
        if not isinstance(node, Binary) or node.operator != "/":
            continue
        above = [one for one in walk(node.left) if isinstance(one, Selector)]
        for below, put_right, _ in places(node.right):
            if not isinstance(below, Selector) or len(above) != 1:
                continue
            here, there = subject.series(above[0]), subject.series(below)
            if here is None or there is None or here.family != there.family:
                continue
            if (here.role, there.role) == (Role.SUM, Role.COUNT):
                other = _other_count(subject, below.name)
                if other:
                    yield subject.mutant(put(replace(node, right=put_right(replace(below, name=other)))))


def _other_count(subject: Subject, name: str) -> str:
    own = subject.exposition.series[name]
    for one in sorted(subject.exposition.series):
        other = subject.exposition.series[one]
        if other.role is Role.COUNT and one != name and other.labels.keys() == own.labels.keys():
            return one
    return ""


def threshold_out_of_reach(subject: Subject) -> Iterator[Query]:
    """A share compared with percent, a quantile with more than the highest bucket; only where the value is bounded."""
    for node, put, _ in places(subject.root):
        if not isinstance(node, Binary) or node.operator not in (">", ">=") or node.bool_modifier:
            continue
        value, limit = subject.value(node.left), unwrap(node.right)
        bounded = value.high < float("inf") and value.kind not in (Kind.NUMBER, Kind.BOOL)
        if bounded and not value.void and isinstance(limit, Number) and limit.value <= value.high:
            yield subject.mutant(put(replace(node, right=Number(value.high * 100))))


def times_1000(subject: Subject) -> Iterator[Query]:
    """The expression of a panel whose unit promises something, times 1000."""
    if promises(subject):
        yield subject.mutant(Binary("*", subject.root, Number(1000.0)))


def promises(subject: Subject) -> bool:
    """Whether the unit of a panel says what a 1 is, and the catalogue knows the unit of the expression."""
    query = subject.query
    known = subject.inference.root.unit is not None and subject.inference.root.kind is not Kind.NUMBER
    return (
        query.use is Use.PANEL
        and query.unit not in ("", "none", "short")
        and known
        and not _compares(subject)
    )


def _compares(subject: Subject) -> bool:
    return any(isinstance(one, Binary) and one.operator in COMPARISONS for one in [unwrap(subject.root)])
