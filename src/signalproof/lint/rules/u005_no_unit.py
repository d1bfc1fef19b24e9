"""U005: the query has a unit, and the panel sets none."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.units import grafana_unit
from signalproof.dashboard.foreign import ForeignDashboard, panels_of
from signalproof.documents import Table, Text
from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.pointing import panel_problem
from signalproof.lint.rule import Context, Everything, Rule, Setting
from signalproof.lint.samples import divides_a_number
from signalproof.lint.shown import dashboard, later

_PANEL = """{"panels": [{
  "type": "%s", "title": "Memory",
  "targets": [{"refId": "A", "expr": "%s", "legendFormat": "used"}],
  "options": {"reduceOptions": {"calcs": ["lastNotNull"]}},
  "fieldConfig": {"defaults": {%s}, "overrides": [%s]}
}]}"""
_OVERRIDE = (
    '{"matcher": {"id": "byName", "options": "used"}, "properties": [{"id": "unit", "value": "bytes"}]}'
)
_DRAWN = frozenset({"timeseries", "stat", "gauge", "bargauge"})
_MISLEADING = frozenset({"s", "ms", "µs", "ns", "bytes", "decbytes", "Bps", "binBps", "percentunit"})
"""Units without which an axis says something else: 2.4 Mil, 0.3."""
_UNITLESS = frozenset({Kind.NUMBER, Kind.BOOL, Kind.INFO})


class NoUnit(Rule[Everything]):
    """A panel of seconds, bytes or shares that sets no unit.

    Grafana then writes bare numbers: 2.15 Bil for 2 GiB, 0.00031 for 310 µs, 0.97 for 97 %. Reported only where the unit of
    every query of the panel is known and the same, and neither the panel nor an override sets one. Shares are not asked
    about in files of others: a score from 0 to 1 is one, too. Off unless it is selected: many like it bare.
    """

    code = "U005"
    slug = "no-unit"
    severity = "info"
    visits = (Everything,)
    default = False
    bad = later(
        lambda: (
            (dashboard(_PANEL % ("timeseries", "memory_used_bytes", "", "")), "Memory"),
            (dashboard(_PANEL % ("stat", "cache_hit_ratio", "", "")), "Memory"),
        )
    )
    good = later(
        lambda: (
            dashboard(_PANEL % ("timeseries", "memory_used_bytes", '"unit": "bytes"', "")),
            dashboard(_PANEL % ("timeseries", "memory_used_bytes", '"unit": "short"', "")),
            dashboard(_PANEL % ("timeseries", "memory_used_bytes", "", _OVERRIDE)),
            dashboard(_PANEL % ("timeseries", "sum(queue_length)", "", "")),
            dashboard(_PANEL % ("stat", "workers > bool 0", "", "")),
            dashboard(_PANEL % ("table", "memory_used_bytes", "", "")),
            Setting(dashboards=(dashboard(_PANEL % ("stat", "cache_hit_ratio", "", "")),), foreign=True),
        )
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield the title of every such panel."""
        for found in seen.dashboards:
            for panel in panels_of(found.spec):
                if panel.text("type") in _DRAWN and not _is_set(panel):
                    yield from _bare(panel, found, seen)


def _bare(panel: Table, found: ForeignDashboard, seen: Everything) -> Iterator[Problem]:
    units = {
        _unit(seen.context_of(target)) for target in panel.tables("targets") if target.get("hide") is not True
    }
    if len(units) == 1 and (unit := units.pop()) in _MISLEADING:
        title = panel.text("title") or Text.at(str(panel.get("type")), panel.line)
        yield panel_problem(
            f"the panel sets no unit, and its queries are in {unit!r}",
            f"set the unit {unit!r}",
            title,
            "panel",
            panel,
            found,
        )


def _unit(context: Context | None) -> str:
    if context is None:
        return ""
    root = context.inference.root
    if root.kind in _UNITLESS or divides_a_number(context.root, context):
        return ""
    return grafana_unit(root.unit, ratio=root.ratio and not context.world.foreign)


def _is_set(panel: Table) -> bool:
    """Whether the panel, an override or a transformation may say what the numbers are."""
    config = panel.table("fieldConfig")
    return (
        bool(config.table("defaults").get("unit") or panel.get("transformations"))
        or bool(config.table("defaults").get("mappings"))
        or any(
            one.get("id") in ("unit", "mappings")
            for override in config.tables("overrides")
            for one in override.tables("properties")
        )
    )
