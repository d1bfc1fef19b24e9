"""T009: an average over the parts of something."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.exposition import Series
from signalproof.infer.patterns import alternatives
from signalproof.infer.selectors import matchers_of
from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.promql.ast import Aggregation, Call, Matcher, Range, Selector
from signalproof.promql.tree import unwrap


class AverageOverParts(Rule[Aggregation]):
    """Rates of chosen parts are averaged where they would have to be added up.

    ``avg(rate(cpu_seconds_total{mode=~"idle|steal"}[5m]))`` is half of what it should be: per CPU there are two series, the
    time of each mode, and the average is that of a mode. How long a CPU was idle or stolen is their sum. Add up the parts
    first, then take the average over the rest: ``sum(avg by (mode) (rate(…)))``, or ``avg(sum without (mode) (rate(…)))``.

    It is said where the query chooses several values of a label of the metric itself and then averages that label away.
    """

    code = "T009"
    slug = "average-over-parts"
    severity = "warning"
    visits = (Aggregation,)
    names = frozenset({"avg"})
    kinds = frozenset({Kind.COUNTER})
    bad = (
        (
            'avg by (queue) (rate(jobs_total{status=~"success|failure"}[5m]))',
            'avg by (queue) (rate(jobs_total{status=~"success|failure"}[5m]))',
        ),
        (
            'avg(rate(jobs_total{status!="success"}[5m]))',
            'avg(rate(jobs_total{status!="success"}[5m]))',
        ),
    )
    good = (
        'avg by (queue) (sum without (status) (rate(jobs_total{status!="success"}[5m])))',
        'sum(avg by (status) (rate(jobs_total{status!="success"}[5m])))',
        'avg(rate(jobs_total{status="success"}[5m]))',
        'avg(rate(jobs_total{queue!=""}[5m]))',
        'avg(rate(jobs_total{instance=~"a|b"}[5m]))',
    )

    def check(self, seen: Aggregation, context: Context) -> Iterator[Problem]:
        """Yield the average of a rate that loses a label of which the selector chose several values."""
        rate = unwrap(seen.expr)
        over = unwrap(rate.args[0]) if isinstance(rate, Call) and rate.args else None
        if not isinstance(over, Range) or context.value(rate).kind is not Kind.RATE:
            return
        sources = context.value(rate).sources
        for label in _several(over.selector, sources):
            if not context.value(seen).labels.can_have(label):
                yield Problem(
                    f"the average is over the chosen values of {label!r}, too: it is that of one part, not of the whole",
                    f"add them up first: sum without ({label}) (…), and average that",
                    seen.span,
                )
                return


def _several(selector: Selector, sources: tuple[Series, ...]) -> Iterator[str]:
    """Yield the labels of the metrics of which the matchers leave several values that are parts.

    A list of values says so, and so does all but one of values that are known. All but one of names that nobody lists leaves
    out what is no part: ``container!="POD"``.
    """
    domains = {name: domain for one in sources for name, domain in one.labels.items()}
    one_value = {
        one.label for one in matchers_of(selector) if isinstance(one, Matcher) and one.operator == "="
    }
    for one in matchers_of(selector):
        if not isinstance(one, Matcher) or one.value.variables or one.label in one_value:
            continue
        domain = domains.get(str(one.label))
        if domain is None:
            continue
        if one.operator == "=~":
            several = len(alternatives(one.value.value) or ()) > 1
        else:
            several = (
                domain.values is not None and one.value.value in domain.values and len(domain.values) > 2
            )
        if several:
            yield domain.name
