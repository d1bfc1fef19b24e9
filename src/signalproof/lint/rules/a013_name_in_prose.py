"""A013: a text names a metric that does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.names import names_read
from signalproof.lint.finding import Problem
from signalproof.lint.prose import is_slip, line_of, names_in, prose_of
from signalproof.lint.rule import Context, Everything, Rule
from signalproof.lint.shown import alert, dashboard, later
from signalproof.promql.ast import Span

_DESCRIBED = """{"panels": [{"type": "timeseries", "title": "Queues", "description": "%s",
  "targets": [{"refId": "A", "expr": "queue_length", "legendFormat": "{{queue}}"}]
}]}"""


class NameInProse(Rule[Everything]):
    """An annotation, a description or a panel of text names a metric by a name that it does not have.

    A metric is renamed, the queries are, and the text that says what to look at at night is not. Said is only what is
    nearly certain: a name in code, or of three words, that no source knows and no query reads, and that is one which
    exists but for a slip in one word; and a name of which it is known that it ended. It is info, for a text may tell
    of what was.
    """

    code = "A013"
    slug = "name-in-prose"
    severity = "info"
    visits = (Everything,)
    bad = later(
        lambda: (
            (alert("queue_length > 10", summary="see http_request_total as well"), "http_request_total"),
            (alert("queue_length > 10", summary="`queue_lenght` is long"), "queue_lenght"),
            (
                dashboard(_DESCRIBED % "Compare with job_duration_secs_sum, job_durations_seconds_sum."),
                "job_durations_seconds_sum",
            ),
        )
    )
    good = later(
        lambda: (
        alert("queue_length > 10", summary="see http_requests_total, http_request_duration_seconds and my_own_notes"),
        alert("queue_length > 10", summary="queue_lenght in a sentence is no name of a metric"),
        alert("queue_length > 10", summary="runbooks/http_request_total.md"),
        dashboard(_DESCRIBED % "All of http_request_duration_*, job_cpu_seconds_total."),
        )
    )  # fmt: skip

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield every word that is the name of a metric but for a slip, or that of one that ended."""
        exposition = seen.world.exposition
        known: set[str] | None = None
        said: set[tuple[str, str]] = set()
        for one in prose_of((each.query for each in seen.contexts), seen.dashboards):
            for name, at in names_in(one.text):
                if known is None:  # most texts name nothing
                    known = {*exposition.series, *exposition.families, *seen.world.families}
                    known |= {label for series in exposition.series.values() for label in series.labels}
                    known |= {read for each in seen.contexts for read in names_read(each.root)}
                    known |= {each.query.panel for each in seen.contexts}
                    known |= {name for each in seen.contexts for name in each.query.variables}
                gone = exposition.gone.get(name)
                near = "" if name in known or gone is not None else seen.world.closest(name)
                if (gone is None and not (near and is_slip(name, near))) or name in known:
                    continue
                place = (one.query.where.file, name)
                if place in said:
                    continue
                said.add(place)
                yield Problem(
                    f"no metric is called {name!r}" + (f": {gone.said}" if gone is not None else ""),
                    (f"did you mean {near!r}?" if near else gone.instead if gone is not None else ""),
                    Span(at, at + len(name)),
                    text=line_of(one.text, one.query),
                    part=one.part,
                    query=one.query,
                )
