"""U002: the unit of the panel is not that of the query."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose

from signalproof.catalogue.units import Dimension, grafana_dimension, grafana_unit
from signalproof.infer.value import Kind, Value
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import divides_a_number
from signalproof.lint.shown import panel
from signalproof.promql.ast import Span
from signalproof.promql.query import Query

_SAYS_NOTHING = frozenset({"none", "short"})
_KILOS = frozenset({1e3, 1e6, 1e9})


class PanelUnit(Rule[Query]):
    """The panel shows the query in a unit that it does not have.

    Grafana formats the number as it is told: seconds shown as milliseconds are off by 1000, a share of 0..1 shown as
    percent by 100, bytes shown as bits by 8. Conversions in the query (``* 1000``, ``* 100``, ``/ 1024``, ``* 8``,
    ``* 60``) are followed. The units ``short`` and ``none`` promise nothing and fit everything. Of a number that is divided,
    ``60 / count_over_time(…)``, nobody knows what it is: 60 seconds, here.
    """

    code = "U002"
    slug = "panel-unit"
    severity = "warning"
    visits = (Query,)
    about = ("unit",)
    bad = (
        (
            panel(
                "sum(rate(job_duration_seconds_sum[5m])) / sum(rate(job_duration_seconds_count[5m]))",
                unit="ms",
            ),
            "ms",
        ),
        (panel("cache_hit_ratio", unit="percent"), "percent"),
        (panel("memory_used_bytes * 8", unit="bytes"), "bytes"),
        (panel("sum(rate(jobs_total[5m])) * 60", unit="reqps"), "reqps"),
    )
    good = (
        panel(
            "sum(rate(job_duration_seconds_sum[5m])) / sum(rate(job_duration_seconds_count[5m])) * 1000",
            unit="ms",
        ),
        panel("100 * cache_hit_ratio", unit="percent"),
        panel("sum(rate(jobs_total[5m])) * 60", unit="cpm"),
        panel("queue_length", unit="short"),
        panel("60 / count_over_time(workers[5m])", unit="s"),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield the unit of the panel when that of the query is known and another."""
        shown = grafana_dimension(seen.unit)
        root = context.inference.root
        if shown is None or seen.unit in _SAYS_NOTHING or root.unit is None or root.kind is Kind.NUMBER:
            return
        if divides_a_number(context.root, context):
            return
        if not shown.comparable(root.unit) and not _either_kilo(shown, root):
            yield Problem(
                f"the panel shows {seen.unit!r}, the query is in {root.unit}{_times_off(shown, root.unit)}",
                _remedy(grafana_unit(root.unit, ratio=root.ratio)),
                Span(0, len(seen.unit)),
                text=seen.unit,
                part="unit",
            )


def _either_kilo(shown: Dimension, value: Value) -> bool:
    """Whether the two differ in how many bytes a kilobyte has, and the name of the metric does not say."""
    if (
        not any(one.unit is not None and one.unit.scale in _KILOS for one in value.sources)
        or value.unit is None
    ):
        return False
    times = shown.scale / value.unit.scale
    same = shown.without_events().exponents == value.unit.without_events().exponents
    return same and any(isclose(times, 1.024**power, rel_tol=1e-9) for power in (-3, -2, -1, 1, 2, 3))


def _times_off(shown: Dimension, real: Dimension) -> str:
    if shown.without_events().exponents != real.without_events().exponents:
        return ""
    return f": what is read is {shown.scale / real.scale:g} times what is"


def _remedy(unit: str) -> str:
    return f"use the unit {unit!r}, or convert in the query" if unit else "use the unit 'short'"
