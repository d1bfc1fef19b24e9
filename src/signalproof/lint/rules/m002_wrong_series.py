"""M002: the family exists, but not this series of it."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.exposition import Role, Series
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.rules.m001_unknown_metric import family_of, written_name
from signalproof.promql.ast import Matcher, Selector


class WrongSeries(Rule[Selector]):
    """The metric exists, but has no such series.

    A classic histogram is stored as ``_bucket``, ``_sum`` and ``_count``: nothing carries its bare name. A counter has
    none of the three. A Summary of the Python client has ``_sum`` and ``_count`` but no ``quantile`` series.
    """

    code = "M002"
    slug = "wrong-series"
    severity = "error"
    visits = (Selector,)
    bad = (
        (
            "histogram_quantile(0.9, sum by (le) (rate(http_request_duration_seconds[5m])))",
            "http_request_duration_seconds",
        ),
        ("sum(rate(jobs_total_bucket[5m]))", "jobs_total_bucket"),
        ("rate(jobs_count[5m])", "jobs_count"),
        ('gc_pause_seconds{quantile="0.9"}', "gc_pause_seconds"),
        ('rate(gc_pause_seconds_sum{quantile="0.9"}[5m])', 'quantile="0.9"'),
    )
    good = (
        "sum(rate(http_request_duration_seconds_sum[5m])) / sum(rate(http_request_duration_seconds_count[5m]))",
        "histogram_quantile(0.9, sum(rate(rpc_duration_seconds[5m])))",
    )

    def check(self, seen: Selector, context: Context) -> Iterator[Problem]:
        """Yield the name when only its family exists, and `quantile` on a summary that has none."""
        world = context.world
        name, span = written_name(seen)
        if not name:
            return
        exposition = world.exposition
        series = exposition.series.get(name)
        if series is None:
            # what nobody lists may exist where the world is open: only the bare name of a family is another matter
            family = family_of(name, world) if exposition.complete else name if name in world.families else ""
            if family and name not in exposition.gone:
                yield Problem(f"no series is called {name!r}", _help(family, world.families[family]), span)
        elif series.role in (Role.SUM, Role.COUNT) and "quantile" not in series.labels and not series.open:
            for matcher in seen.matchers:
                if isinstance(matcher, Matcher) and matcher.label == "quantile":
                    yield Problem(
                        f"{name} has no label 'quantile'",
                        "the quantile series of a Summary carry its bare name, and the Python client has none: "
                        "use a histogram and histogram_quantile",
                        matcher.span,
                    )


def _help(family: str, series: tuple[Series, ...]) -> str:
    roles, names = {one.role for one in series}, [one.name for one in series]
    if Role.BUCKET in roles:
        return f"{family} is a histogram: use {', '.join(names)}"
    if Role.NATIVE in roles:
        return f"{family} is a native histogram: use it under its own name"
    if roles <= {Role.SUM, Role.COUNT, Role.SUMMARY}:
        return f"{family} is a summary without quantiles: use {', '.join(names)}"
    return f"{family} is a {series[0].role}: use {', '.join(names)}"
