"""M001: nothing emits the metric."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.exposition import Exposition, Gone
from signalproof.errors import Location
from signalproof.infer.names import names_read
from signalproof.infer.selectors import matchers_of
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.rule import Context, Rule, Setting, World
from signalproof.promql.ast import Binary, Matcher, Node, Selector, Span
from signalproof.promql.query import Query
from signalproof.promql.tree import unwrap

_FAMILY_ENDINGS = ("_bucket", "_sum", "_count", "_total", "_created", "_info")


_GONE = Exposition({}, complete=False, gone={"node_load": Gone("node_exporter 1.9 has no such metric")})


class UnknownMetric(Rule[Selector]):
    """No metric is called so.

    The query is valid and answers nothing, for ever: a panel shows "No data" and an alert on it never fires. Usual
    causes are a metric that was renamed, a counter queried without its ``_total``, and a name that was guessed.

    It is an error where a source knows: a catalogue in Python or a catalogue file, which is closed; a public exporter
    that comes with the package and does not have the name, or has it no more. What a dump does not show, rule M003
    speaks about. Half of ``new or old`` is info only: a dashboard that has to work before and after a rename is
    written so.

    Known problems: a metric that another program emits has to be declared: as ``external`` in the configuration, or
    with a second catalogue. Another version of an exporter is named by ``--catalogue node_exporter@1.3``.
    """

    code = "M001"
    slug = "unknown-metric"
    severity = "error"
    visits = (Selector,)
    bad = (
        ("rate(http_request_total[5m])", "http_request_total"),
        ("rate(jobs[5m])", "jobs"),
        ('sum(rate({__name__="job_total"}[5m]))', '"job_total"'),
        ("rate(job_durations_seconds_sum[5m])", "job_durations_seconds_sum"),
        (Setting((Query("node_load", Location("q")),), _GONE), "node_load"),
    )
    good = (
        "rate(jobs_total[5m])",
        'sum(rate({__name__=~"job.*_total"}[5m]))',
        "up",
        "${prefix}_requests_total",
    )

    def check(self, seen: Selector, context: Context) -> Iterator[Problem]:
        """Yield the name when it is known that nothing has it."""
        world = context.world
        name, span = written_name(seen)
        exposition = world.exposition
        if not name or name in exposition.series or not (exposition.complete or exposition.gone):
            return
        gone = exposition.gone.get(name)
        if exposition.complete and (gone is None or world.closest(name)):
            if not family_of(name, world):
                yield Problem(f"unknown metric {name!r}", remedy(name, world), span)
        elif gone is not None:
            said = f"no metric is called {name!r}: {gone.said}"
            yield Problem(said, gone.instead, span, _severity(seen, context))


def _severity(seen: Selector, context: Context) -> Severity | None:
    """Return what it is where the other half of an ``or`` stands in for it: info; None for what the rule says."""
    below: Node = seen
    for above in context.ancestors(seen):
        if isinstance(above, Binary):
            if above.operator != "or":
                return None
            other = above.right if unwrap(above.left) is unwrap(below) else above.left
            if (names := set(names_read(other))) and names <= context.world.exposition.series.keys():
                return Severity.INFO
        below = above
    return None


def written_name(selector: Selector) -> tuple[str, Span]:
    """Return the metric name and its place; empty where there is none, or a Grafana variable stands in it."""
    if selector.name:
        return ("" if selector.name_variables else selector.name), selector.name_span
    if not any(isinstance(one, Matcher) and one.label == "__name__" for one in matchers_of(selector)):
        return "", selector.span
    for matcher in selector.matchers:
        if isinstance(matcher, Matcher) and matcher.label == "__name__" and matcher.operator == "=":
            return ("" if matcher.value.variables else matcher.value.value), matcher.value.span
    return "", selector.span


def family_of(name: str, world: World) -> str:
    """Return the family of which *name* would be a series if it were of another type; M002 says so. Empty for none."""
    if f"{name}_total" in world.exposition.series:
        return ""
    stem = next((name.removesuffix(one) for one in _FAMILY_ENDINGS if name.endswith(one)), name)
    return next((one for one in (name, stem, f"{stem}_total") if one in world.families), "")


def remedy(name: str, world: World) -> str:
    """Return what to write instead of the unknown *name*."""
    if f"{name}_total" in world.exposition.series:
        return f"a counter's series ends in _total: {name}_total"
    close = world.closest(name)
    if not close:
        return "nothing is called so or nearly so: declare it, or name it under `external` if another program emits it"
    family = world.exposition.series[close].family
    if close == f"{family}_bucket" and not name.endswith("_bucket"):
        return f"did you mean {family!r}? it is a histogram: use _bucket, _sum or _count"
    return f"did you mean {close!r}?"
