"""D016: a variable for the data source that does not say which one to begin with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from signalproof.dashboard.foreign import ForeignDashboard
from signalproof.documents import Table
from signalproof.lint.finding import Problem
from signalproof.lint.pointing import panel_problem
from signalproof.lint.rule import Context, Everything, Rule
from signalproof.lint.shown import dashboard, later

_BOARD = """{%s"title": "Jobs", "schemaVersion": 41, "templating": {"list": [{
  "type": "datasource", "name": "source", "query": "prometheus", "regex": "%s"%s
}]}, "panels": [{
  "type": "timeseries", "title": "Waiting", "datasource": {"type": "prometheus", "uid": "$source"},
  "targets": [{"refId": "A", "expr": "sum(queue_length)"}]
}]}"""
_DEFAULT = ', "current": {"text": "default", "value": "default"}'


class NoCurrentSource(Rule[Everything]):
    """A variable for the data source without a ``current`` value, in a file that is provisioned.

    Who opens such a dashboard for the first time gets the first data source by name, not the default one. With one
    Prometheus that is the same. With a second one, for long-term storage or another site, the dashboard may be empty, or
    show the numbers of somebody else, until a reader finds the choice at its top. ``"current": {"text": "default", "value":
    "default"}`` begins with the default data source wherever the file goes; Grafana understands it only where both say so.

    Not said of an export with ``__inputs``, where whoever imports it is asked, nor of a variable with a regular expression,
    which chooses by name, nor where a data source is named.
    """

    code = "D016"
    slug = "no-current-source"
    severity = "info"
    visits = (Everything,)
    bad = later(
        lambda: (
            (dashboard(_BOARD % ("", "", "")), "source"),
            (dashboard(_BOARD % ("", "", ', "current": {}')), "source"),
            (dashboard(_BOARD % ("", "", ', "current": {"text": "", "value": "default"}')), "source"),
        )
    )
    good = later(
        lambda: (
            dashboard(_BOARD % ("", "", _DEFAULT)),
            dashboard(_BOARD % ("", "", ', "current": {"text": "Prometheus", "value": "PBFA97CFB590B2093"}')),
            dashboard(_BOARD % ("", "/^metrics-/", "")),
            dashboard(
                _BOARD
                % ('"__inputs": [{"name": "DS", "type": "datasource", "pluginId": "prometheus"}], ', "", "")
            ),
        )
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield every such variable that names no data source."""
        for found in seen.dashboards:
            if "__inputs" in found.spec or not _is_whole(found):
                continue
            for one in found.spec.table("templating").tables("list"):
                if one.get("type") != "datasource" or one.get("regex") or not one.get("query"):
                    continue
                said = one.table("current")
                if _names_one(said):
                    continue
                half = said.get("value") == "default"
                yield panel_problem(
                    'current says "default" as value only: Grafana takes the first data source by name'
                    if half
                    else "no current data source: Grafana takes the first by name, which need not be the default one",
                    'write "current": {"text": "default", "value": "default"}',
                    one.text("name"),
                    "variable",
                    one,
                    found,
                )


def _is_whole(found: ForeignDashboard) -> bool:
    """Whether a dashboard is one that Grafana can load as it stands: of a part of one, nobody left anything out."""
    return "schemaVersion" in found.spec or "timeSettings" in found.spec


def _names_one(said: Table) -> bool:
    text, value = _first(said.get("text")), _first(said.get("value"))
    return bool(text) or (bool(value) and value != "default")


def _first(value: Any) -> Any:
    """Return what is chosen, or the first of several."""
    return (value[0] if value else "") if isinstance(value, list) else value
