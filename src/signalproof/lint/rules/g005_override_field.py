"""G005: an override for a field that cannot be there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from signalproof.dashboard.foreign import ForeignDashboard, panels_of
from signalproof.documents import Table, Text
from signalproof.errors import Location, did_you_mean
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.rule import Context, Everything, Rule
from signalproof.lint.shown import dashboard
from signalproof.promql.ast import Span
from signalproof.promql.query import Query, Use

_PANEL = """{"panels": [{
  "type": "timeseries", "title": "Jobs",
  "targets": [{"expr": "sum(rate(jobs_total[$__rate_interval]))", "legendFormat": "failures"}],
  "fieldConfig": {"overrides": [{"matcher": {"id": "byName", "options": "%s"}}]}
}]}"""
_ALWAYS = frozenset({"Time", "Value", "time", "value"})


class OverrideField(Rule[Everything]):
    """A field override by name, and no query whose legend gives that name.

    The override does nothing: the unit, the colour or the axis it was to set is that of every other line. Reported
    only where all names are known: in a time series panel without transformations whose legends are plain texts. In
    files of others it is info.
    """

    code = "G005"
    slug = "override-field"
    severity = "warning"
    visits = (Everything,)
    bad = ((dashboard(_PANEL % "fails"), "fails"),)
    good = (dashboard(_PANEL % "failures"),)

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield every override by a name that no legend of its panel has."""
        for one in seen.dashboards:
            for panel in panels_of(one.spec):
                yield from _overrides(panel, one, context.world.house)


def _overrides(panel: Table, found: ForeignDashboard, severity: Severity | None) -> Iterator[Problem]:
    targets = panel.tables("targets")
    legends = {str(one.text("legendFormat")) for one in targets}
    plain = all(one and one != "__auto" and not set("{$[") & set(one) for one in legends)
    if panel.get("type") != "timeseries" or panel.get("transformations") or not targets or not plain:
        return
    for override in panel.table("fieldConfig").tables("overrides"):
        matcher = override.table("matcher")
        name: Any = matcher.get("options")
        if matcher.get("id") == "byName" and isinstance(name, Text) and name not in legends | _ALWAYS:
            yield Problem(
                f"no query of the panel is called {str(name)!r}: the override does nothing",
                did_you_mean(name, legends, f"legends: {', '.join(sorted(legends))}"),
                Span(0, len(name)),
                severity,
                text=name,
                part="override",
                query=Query("", Location(found.file, name.line), Use.PANEL, found.uid, panel.text("title")),
            )
