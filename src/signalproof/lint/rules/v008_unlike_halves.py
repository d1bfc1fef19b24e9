"""V008: the halves of a ratio are not about the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from signalproof.infer.selectors import matchers_of
from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import RATES
from signalproof.lint.shown import panel
from signalproof.promql.ast import Binary, Call, Matcher, Node, Range, Selector, Time
from signalproof.promql.query import TemplateVariable
from signalproof.promql.tree import unwrap, walk

_RATED = frozenset({Kind.RATE, Kind.RATED_BUCKET})
_CHOICES = {name: TemplateVariable(name) for name in ("above", "below")}


class Rated(NamedTuple):
    """How one half of a ratio makes rates: the function and its window."""

    function: str
    window: Time


class UnlikeHalves(Rule[Binary]):
    """The two halves of a ratio are made in different ways, or of different choices.

    ``irate`` above and ``rate`` below, or 5 minutes above and 10 below: for a moment more seems to fail than there is, and
    a success rate goes over 100 %. Take the same function and the same window on both sides. A rate that is compared
    with the rate of the very same series over a longer window is a trend; that is meant, and nothing is said.

    The same with a variable: a share whose numerator follows ``$source`` and whose denominator follows ``$target``, by the
    same label of the same metric, divides two things that have nothing to do with each other.
    """

    code = "V008"
    slug = "unlike-halves"
    severity = "warning"
    visits = (Binary,)
    names = frozenset({"/"})
    bad = (
        (
            'sum(irate(jobs_total{status="success"}[5m])) / sum(rate(jobs_total[5m]))',
            'sum(irate(jobs_total{status="success"}[5m])) / sum(rate(jobs_total[5m]))',
        ),
        (
            'sum(rate(jobs_total{status="success"}[5m])) / sum(rate(jobs_total[10m]))',
            'sum(rate(jobs_total{status="success"}[5m])) / sum(rate(jobs_total[10m]))',
        ),
        (
            panel(
                'sum(rate(jobs_total{queue="$above",status="success"}[5m])) / sum(rate(jobs_total{queue="$below"}[5m]))',
                variables=_CHOICES,
            ),
            'sum(rate(jobs_total{queue="$above",status="success"}[5m])) / sum(rate(jobs_total{queue="$below"}[5m]))',
        ),
    )
    good = (
        'sum(rate(jobs_total{status="success"}[5m])) / sum(rate(jobs_total[5m]))',
        "sum(rate(jobs_total[5m])) / sum(rate(jobs_total[1h]))",
        'sum(rate(jobs_total{status="success"}[5m])) / sum(rate(jobs_total[5m] offset 1h))',
        "sum(rate(job_cpu_seconds_total[5m])) / avg_over_time(sum(workers)[1h:])",
        panel(
            'sum(rate(jobs_total{queue="$above"}[5m])) / sum(rate(jobs_total{queue="$below"}[5m]))',
            variables=_CHOICES,
        ),
    )

    def check(self, seen: Binary, context: Context) -> Iterator[Problem]:
        """Yield the quotient of two rates that were made differently, or chosen by different variables."""
        rated = context.value(seen.left).kind in _RATED and context.value(seen.right).kind in _RATED
        if not rated and "$" not in context.query.text:
            return
        above, below = list(walk(seen.left)), list(walk(seen.right))
        if any(isinstance(one, Binary) and one.operator == "/" for one in (*above, *below)):
            return  # what is divided already has a window of its own
        here, there = _rated(above), _rated(below)
        if here is not None and there is not None and here != there:
            if not _is_trend(above, below):
                yield Problem(
                    f"the numerator is {_said(here, context)}, the denominator {_said(there, context)}",
                    "take the same function and the same window on both sides",
                    unwrap(seen).span,
                )
            return
        for label, one, other in _choices(above, below):
            yield Problem(
                f"${one} filters {label!r} in the numerator, ${other} in the denominator",
                f"take ${one} or ${other} on both sides",
                seen.span,
            )


def _rated(nodes: list[Node]) -> Rated | None:
    """Return how all rates among *nodes* are made; None where there is none, or not one way."""
    found: list[Rated] = []
    for one in nodes:
        if isinstance(one, Call) and one.function in RATES and isinstance(over := unwrap(one.args[0]), Range):
            one_way = Rated(one.function, over.window)
            if one_way not in found:
                found.append(one_way)
    return found[0] if len(found) == 1 else None


def _said(rated: Rated, context: Context) -> str:
    span = rated.window.span
    return f"{rated.function}() over {context.query.text[span.start : span.end]}"


def _is_trend(above: list[Node], below: list[Node]) -> bool:
    """Whether both halves read the very same series, or one of them another time."""
    here, there = _selectors(above), _selectors(below)
    return here == there or any(one.offset is not None or one.at is not None for one in (*here, *there))


def _selectors(nodes: list[Node]) -> list[Selector]:
    return [one for one in nodes if isinstance(one, Selector)]


def _choices(above: list[Node], below: list[Node]) -> Iterator[tuple[str, str, str]]:
    """Yield the labels of one metric that another variable filters in each half of a share, with both variables."""
    here, there = _selectors(above), _selectors(below)
    if len(here) != 1 or len(there) != 1 or here[0].name != there[0].name or not here[0].name:
        return
    one, other = _variables(here[0]), _variables(there[0])
    differing = [label for label in one if label in other and one[label] != other[label]]
    if len(differing) == 1 and len(matchers_of(here[0])) != len(matchers_of(there[0])):
        # of two selections that are narrowed alike, one is compared with the other, and that is meant
        yield differing[0], one[differing[0]], other[differing[0]]


def _variables(selector: Selector) -> dict[str, str]:
    """Return the labels that one variable filters, with that variable."""
    return {
        str(one.label): one.value.variables[0].name
        for one in matchers_of(selector)
        if isinstance(one, Matcher) and len(one.value.variables) == 1
    }
