"""K002: a duration in prometheus.yml that is none."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.errors import Location
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Everything, Rule, Setting
from signalproof.lint.shown import later, setup
from signalproof.promql.ast import Span
from signalproof.promql.query import Query

_CONFIGURED = """global: {scrape_interval: %s}
scrape_configs:
- job_name: web
"""


class NoDuration(Rule[Everything]):
    """A ``prometheus.yml`` says how often in words that Prometheus cannot read.

    It refuses the whole file then, and does not start, or goes on with the configuration that it has. Durations are a
    whole number with its unit, or several: ``15s``, ``1m30s``, ``500ms``.
    """

    code = "K002"
    slug = "no-duration"
    severity = "error"
    visits = (Everything,)
    bad = later(lambda: ((Setting(setup=setup(_CONFIGURED % "15 seconds")), "15 seconds"),))
    good = later(
        lambda: (
            Setting(setup=setup(_CONFIGURED % "1m30s")),
            Setting(setup=setup(_CONFIGURED % '"${SCRAPE_INTERVAL}"')),
        )
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield every duration of a configuration that is none."""
        for one in seen.setup.scrapings:
            for key, text in one.refused:
                yield Problem(
                    f"{key}: {str(text)!r} is no duration: Prometheus refuses the file",
                    "write a whole number and its unit: 15s, 1m30s",
                    Span(0, len(text)),
                    text=text,
                    part="prometheus.yml",
                    query=Query("", Location(one.file, text.line)),
                )
