"""R010: a quantile or a share of too few events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from signalproof.catalogue.exposition import Role, Series
from signalproof.infer.value import Kind
from signalproof.infer.windows import seconds_of, spoken
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Joined, Rule
from signalproof.lint.samples import SETS, histogram_argument
from signalproof.lint.shown import dashboard, later, panel
from signalproof.promql.ast import Binary, Call, Node, Number, Range, Subquery, Variable
from signalproof.promql.query import Use
from signalproof.promql.tree import unwrap, walk

_PANEL = """{"panels": [{
  "type": "timeseries", "title": "Backup duration"%s,
  "targets": [{"refId": "A", "expr": "histogram_quantile(0.95, sum by (le) (rate(backup_duration_seconds_bucket[$__rate_interval])))"%s}],
  "fieldConfig": {"defaults": {"unit": "s"}}
}]}"""
_P95 = "histogram_quantile(0.95, sum by (le) (rate(backup_duration_seconds_bucket[%s])))"
_SHARE = 'sum(rate(backups_total{status="failure"}[%s])) / sum(rate(backups_total[%s]))'
_ENOUGH: Final = 5.0
_WINDOWS: Final = (300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800)
"""Seconds that people write."""


class FewEvents(Rule[Call | Binary]):
    """A quantile or a share over a window that holds too few events for one.

    Of two calls the 95th percentile is the slower one, and the share that failed is 0, a half or 1: such curves are dots with
    gaps, or a comb between nothing and all, and their alerts fire at the first failure of a night. The catalogue says how
    many events an hour of a normal day brings over all series (``per_hour``); a fixed window, or ``$__rate_interval`` at the
    smallest step that the panel allows, that holds fewer than five of them is too short. Take a longer window, give the query
    a minimum step, or show the single events.

    ``$__rate_interval`` is four times the minimum step of the query, or a bit more than the minimum interval of the panel.
    Nothing is said where nobody declared a pace, of conditions that something else has to confirm (``and``), and of the points
    of a subquery.
    """

    code = "R010"
    slug = "few-events"
    severity = "warning"
    visits = (Call, Joined)
    names = frozenset({"histogram_quantile", "/"})
    uses = frozenset({Use.PANEL, Use.ALERT, Use.EXPRESSION})
    bad = later(
        lambda: (
            (_P95 % "5m", _P95 % "5m"),
            (_SHARE % ("10m", "10m"), _SHARE % ("10m", "10m")),
            (panel(_P95 % "$__rate_interval", unit="s"), _P95 % "$__rate_interval"),
            (dashboard(_PANEL % (', "interval": "15m"', "")), _P95 % "$__rate_interval"),
        )
    )
    good = later(
        lambda: (
            _P95 % "2h",
            _SHARE % ("3h", "3h"),
            f"{_SHARE % ('10m', '10m')} > 0.5 and {_SHARE % ('6h', '6h')} > 0.5",
            panel(_P95 % "$__range", unit="s", instant=True),
            dashboard(_PANEL % ("", ', "interval": "30m"')),
            dashboard(_PANEL % (', "interval": "2h"', "")),
            "histogram_quantile(0.95, sum by (le) (rate(job_duration_seconds_bucket[5m])))",
        )
    )

    def check(self, seen: Call | Binary, context: Context) -> Iterator[Problem]:
        """Yield the quantile or the share whose window holds too few events."""
        events = _events(seen, context)
        if events is None or _is_confirmed(seen, context):
            return
        sources = context.value(events).sources
        pace = _pace(sources)
        window = _window(events, context)
        if not pace or window is None or pace * window / 3600 >= _ENOUGH:
            return
        noun = next((one.noun for one in sources if one.noun), "events")
        what = _quantile(seen) if isinstance(seen, Call) else "a share"
        yield Problem(
            f"{what} of {pace * window / 3600:.2g} {noun}: {pace:g} an hour are usual, and the window is {spoken(window)}",
            _remedy(events, 3600 * _ENOUGH / pace),
            seen.span,
        )


def _events(node: Call | Binary, context: Context) -> Node | None:
    """Return what counts the events of a quantile or a share; None where *node* is neither."""
    if isinstance(node, Call):
        return histogram_argument(node)
    left, right = context.value(node.left), context.value(node.right)
    counted = left.kind is right.kind is Kind.RATE
    # of a mean the few events are what it says
    return node.right if counted and not any(one.role is Role.SUM for one in left.sources) else None


def _is_confirmed(node: Node, context: Context) -> bool:
    return any(
        isinstance(one, Subquery) or (isinstance(one, Binary) and one.operator in SETS - {"or"})
        for one in context.ancestors(node)
    )


def _pace(sources: tuple[Series, ...]) -> float:
    """Return how many events an hour brings over all series; 0 where it is not known of each family."""
    paces = {one.family: one.per_hour for one in sources}
    return sum(paces.values()) if paces and all(paces.values()) else 0.0


def _window(node: Node, context: Context) -> float | None:
    """Return the longest window in *node*, in seconds; None where it is not known."""
    windows = [one.window for one in walk(node) if isinstance(one, Range | Subquery)]
    query = context.query
    scrape = query.min_step or context.world.config.scrape_interval
    found: list[float] = []
    for one in windows:
        seconds = seconds_of(one)
        if isinstance(one, Variable) and one.name == "__rate_interval":
            seconds = max((query.interval or 0.0) + scrape, 4 * scrape)
        if seconds is None:
            return None
        found.append(seconds)
    return max(found, default=None)


def _remedy(events: Node, needed: float) -> str:
    window = next((one for one in _WINDOWS if one >= needed), _WINDOWS[-1])
    if any(isinstance(one, Range) and isinstance(one.window, Variable) for one in walk(events)):
        step = next((one for one in (60, *_WINDOWS) if 4 * one >= needed), _WINDOWS[-1])
        return f"give the query a minimum step of {spoken(step)}, or write a window of {spoken(window)}"
    return f"take a window of {spoken(window)} or more"


def _quantile(call: Call) -> str:
    of = unwrap(call.args[0])
    return f"p{100 * of.value:g}" if isinstance(of, Number) else "a quantile"
