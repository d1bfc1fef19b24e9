"""K001: a data source takes another scrape interval than the jobs have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from signalproof.documents import Text
from signalproof.errors import Location
from signalproof.infer.windows import spoken
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.rule import Context, Everything, Rule, Setting
from signalproof.lint.shown import later, setup
from signalproof.promql.ast import Span
from signalproof.promql.query import Query
from signalproof.scraping import DEFAULT_TIME_INTERVAL, DataSource

_PROMETHEUS = """global: {scrape_interval: %s}
scrape_configs:
- job_name: web
- job_name: batch
  scrape_interval: %s
"""
_GRAFANA = """apiVersion: 1
datasources:
- name: Metrics
  type: prometheus
  jsonData: {%s}
"""


def _both(every: str, batch: str, said: str) -> Setting:
    return Setting(setup=setup(_PROMETHEUS % (every, batch), _GRAFANA % said))


class TimeInterval(Rule[Everything]):
    """A data source of Grafana has another ``timeInterval`` than the scrape interval of the jobs it shows.

    Grafana computes ``$__rate_interval`` from it: four times ``timeInterval`` at least. Where a job is scraped less than half
    as often, that window may hold a single sample, of which there is no rate: zoomed in, panels are empty or full
    of gaps. Without ``timeInterval`` Grafana takes 15 s, and Prometheus without ``scrape_interval`` takes a minute.
    Where it is twice as long as every scrape interval or more, graphs are coarser than they could be.

    The data source and the ``prometheus.yml`` are taken to belong together where one of each is read; without one, how often is
    scraped is what a server says, or ``scrape_interval`` in the configuration. A single job
    that is slower than the others is info: its panels can have a minimum interval of their own.
    """

    code = "K001"
    slug = "time-interval"
    severity = "warning"
    visits = (Everything,)
    bad = later(
        lambda: (
            (_both("1m", "1m", "timeInterval: 15s"), "15s"),
            (_both("1m", "1m", "httpMethod: POST"), "Metrics"),
            (_both("15s", "5m", "timeInterval: 15s"), "15s"),
            (_both("15s", "15s", "timeInterval: 1m"), "1m"),
        )
    )
    good = later(
        lambda: (
            _both("1m", "1m", "timeInterval: 1m"),
            _both("15s", "15s", "httpMethod: POST"),
            _both("30s", "30s", "timeInterval: 15s"),
            _both("15s", "1m", "timeInterval: 1m"),
            _both("10s", "10s", "httpMethod: POST"),
            Setting(setup=setup("", _GRAFANA % "timeInterval: 1m")),
        )
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield the interval of a data source that the scrapes do not fit."""
        intervals = _intervals(seen)
        if not intervals or len(seen.setup.data_sources) != 1:
            return
        source = seen.setup.data_sources[0]
        interval = DEFAULT_TIME_INTERVAL if source.interval is None else source.interval
        if source.interval is None and source.text:
            return
        fastest, slowest = (choose(intervals.values()) for choose in (min, max))
        if 2 * interval < fastest:
            severity, says = Severity.WARNING, f"every job is scraped every {spoken(fastest)} or less often"
        elif 2 * interval < slowest:
            severity, says = Severity.INFO, f"{_slow(intervals, 2 * interval)} less than half as often"
        elif interval >= 2 * slowest:
            severity, says = Severity.INFO, f"every job is scraped every {spoken(slowest)} or more often"
        else:
            return
        yield _problem(source, interval, says, severity, fastest if severity is Severity.WARNING else slowest)


def _intervals(seen: Everything) -> Mapping[str, float]:
    """Return how often each job is scraped: by the one configuration that was read, a server, or our own configuration."""
    scrapings, world = seen.setup.scrapings, seen.world
    if scrapings:
        return scrapings[0].intervals if len(scrapings) == 1 else {}
    if world.exposition.intervals:
        return world.exposition.intervals
    return {"every job": world.config.scrape_interval} if "scrape_interval" in world.config.said else {}


def _slow(intervals: Mapping[str, float], limit: float) -> str:
    names = sorted(name for name, every in intervals.items() if every > limit)
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{shown} {'is' if len(names) == 1 else 'are'} scraped"


def _problem(source: DataSource, interval: float, says: str, severity: Severity, right: float) -> Problem:
    text = Text.at(source.text or source.name, source.line)
    taken = (
        f"timeInterval is {source.text}"
        if source.text
        else f"there is no timeInterval, so Grafana takes {spoken(interval)}"
    )
    window = spoken(4 * interval)
    effect = (
        "graphs are coarser than they could be"
        if interval > right
        else f"$__rate_interval of {window} may hold one sample, and no rate comes out"
    )
    return Problem(
        f"{source.name}: {taken}, and {says}: {effect}",
        f"write jsonData.timeInterval: {spoken(right)}"
        if severity is Severity.WARNING or interval > right
        else "give the panels of that job a minimum interval, or the job its own data source",
        Span(0, len(text)),
        severity,
        text,
        "data source",
        query=Query("", Location(source.file, source.line), dashboard="", panel=source.name),
    )
