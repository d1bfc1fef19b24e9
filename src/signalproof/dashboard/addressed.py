"""Links with the addresses they lead to: of another row, of another dashboard, of the runbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from signalproof.dashboard.links import Drilldown, Link, RowLink
from signalproof.dashboard.model import Dashboard, Row
from signalproof.dashboard.panels import Panel, QueryPanel, Table
from signalproof.dashboard.selection import Choice


def panel_links(panel: Panel, row: Row, dashboard: Dashboard) -> Iterator[Link]:
    """Yield where a reader goes from the title of *panel*: its own links, those of its row, the runbook."""
    runbook = (Link("Runbook", dashboard.runbook, where=dashboard.where),) if dashboard.runbook else ()
    for link in (*panel.links, *row.links, *runbook):
        if isinstance(link, RowLink):
            other = next(one for one in dashboard.rows if one.key == link.row)
            first = dashboard.ids[other.key, other.panels[0].key]
            yield Link(
                link.title or other.title,
                f"/d/{dashboard.uid}?viewPanel={first}&${{__url_time_range}}&${{__all_variables}}",
                new_tab=False,
                where=link.where,
            )
        else:
            url = link.url.replace("{row}", row.key).replace("{panel}", panel.key)
            yield replace(link, url=url)


def data_links(panel: Panel, chosen: Sequence[Choice]) -> Iterator[Link]:
    """Yield where a click on a data point of *panel* leads; *chosen* are the variables of its dashboard."""
    names = [one.variable.name for one in chosen]
    labels = "__data.fields" if isinstance(panel, Table) else "__field.labels"
    for link in panel.data_links if isinstance(panel, QueryPanel) else ():
        yield link.link(labels, names) if isinstance(link, Drilldown) else link
