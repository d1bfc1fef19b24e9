"""G005: an override for a field that cannot be there."""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_uppercase

from signalproof.dashboard.foreign import ForeignDashboard, panels_of
from signalproof.documents import Table, Text
from signalproof.errors import did_you_mean
from signalproof.lint.fields import Fields, letters, queried, unmatched
from signalproof.lint.finding import Problem
from signalproof.lint.pointing import panel_problem
from signalproof.lint.rule import Context, Everything, Rule
from signalproof.lint.shown import dashboard, later
from signalproof.lint.transformations import after_all

_PANEL = """{"panels": [{
  "type": "%s", "title": "Jobs",
  "targets": [
    {"refId": "A", "expr": "sum(rate(jobs_total[$__rate_interval]))", "legendFormat": "%s"},
    {"refId": "B", "expr": "sum(rate(payments_total[$__rate_interval]))", "legendFormat": "payments"}
  ],
  "fieldConfig": {"overrides": [{"matcher": {"id": "%s", "options": %s}, "properties": [{"id": "unit", "value": "short"}]}]}
}]}"""
_TABLE = """{"panels": [{
  "type": "table", "title": "Queues",
  "targets": [{"refId": "A", "format": "table", "instant": true, "expr": "sum by (queue) (queue_length)"}],
  "transformations": [{"id": "organize", "options": {"renameByName": {"Value": "Length"}}}],
  "fieldConfig": {"overrides": [{"matcher": {"id": "byName", "options": "%s"}, "properties": []}]}
}]}"""
_DRAWN = frozenset(
    {
        "timeseries", "barchart", "stat", "gauge", "bargauge", "table", "piechart",
        "state-timeline", "status-history", "trend", "histogram",
    }
)  # fmt: skip
"""Panels whose fields are those of their queries."""


class OverrideField(Rule[Everything]):
    """A field override that no field of its panel matches.

    The override does nothing: the unit, the colour or the axis it was to set is that of everything else. A field is called
    as the legend of its query says, as a label of a table's query, or as a transformation made it; before a rename it is
    found, too. Reported by name, by a list of names, by regular expression, and by the letter of a query, and only where all
    names are known: nothing is said of a name that a legend with a label may give, or a row of the result. Several of one
    panel are said together. In files of others it is info.
    """

    code = "G005"
    slug = "override-field"
    severity = "warning"
    visits = (Everything,)
    bad = later(
        lambda: (
            (dashboard(_PANEL % ("timeseries", "failures", "byName", '"fails"')), "fails"),
            (dashboard(_PANEL % ("stat", "$queue failures", "byName", '"failed"')), "failed"),
            (dashboard(_PANEL % ("timeseries", "failures", "byRegexp", '"/^fails/"')), "/^fails/"),
            (dashboard(_PANEL % ("timeseries", "failures", "byFrameRefID", '"C"')), "C"),
            (
                dashboard(_PANEL % ("timeseries", "failures", "byNames", '{"names": ["fails", "pays"]}')),
                "fails",
            ),
            (dashboard(_TABLE % "Lenght"), "Lenght"),
        )
    )
    good = later(
        lambda: (
            dashboard(_PANEL % ("timeseries", "failures", "byName", '"failures"')),
            dashboard(_PANEL % ("timeseries", "$name", "byName", '"anything"')),
            dashboard(_TABLE % "queue"),
            dashboard(_PANEL % ("timeseries", "failures", "byRegexp", '"/fail|error/"')),
            dashboard(_PANEL % ("timeseries", "failures", "byFrameRefID", '"B"')),
            dashboard(_PANEL % ("timeseries", "failures", "byNames", '{"mode": "exclude", "names": ["x"]}')),
            dashboard(_TABLE % "Length"),
            dashboard(_TABLE % "Value"),
        )
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield every override that matches no field of its panel."""
        for found in seen.dashboards:
            for panel in panels_of(found.spec):
                overrides = panel.table("fieldConfig").tables("overrides")
                if overrides and panel.text("type") in _DRAWN and _is_plain(panel):
                    fields = after_all(panel, queried(panel, seen))
                    nowhere = [wanted for one in overrides if (wanted := _wanted(one, fields, panel))]
                    if nowhere:
                        yield _problem(nowhere, fields, panel, found, context)


def _is_plain(panel: Table) -> bool:
    """Whether the fields are called as the queries say: a display name for all of them changes that, and so do rows."""
    by_row = panel.table("options").table("reduceOptions").get("values") is True
    return not by_row and not panel.table("fieldConfig").table("defaults").get("displayName")


def _wanted(override: Table, fields: Fields, panel: Table) -> Text | None:
    """Return what an override looks for in vain; what a click on the legend left is not written by hand."""
    wanted = unmatched(override.table("matcher"), fields, panel)
    filled = wanted is None or "__systemRef" in override or "$" in wanted.rstrip("$/")
    return None if filled else wanted


def _problem(
    nowhere: list[Text], fields: Fields, panel: Table, found: ForeignDashboard, context: Context
) -> Problem:
    first, *others = nowhere
    more = f", nor {len(others)} more: {', '.join(repr(str(one)) for one in others[:3])}" if others else ""
    names = letters(panel.tables("targets")) if first in ascii_uppercase else []
    return panel_problem(
        f"no field of the panel matches {str(first)!r}{more}: the override does nothing",
        did_you_mean(first, [*fields.names, *names], f"there are {fields.shown}"),
        first,
        "override",
        panel,
        found,
        severity=context.world.house,
    )
