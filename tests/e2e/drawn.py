"""What the provisioned dashboards draw from a history in a real Prometheus."""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.dashboards.readable import Json, regions

from signalproof.dashboard.foreign import read_dashboard
from signalproof.live.variables import Moment, replaced, values_for
from signalproof.promql.query import Query, Use

if TYPE_CHECKING:
    from tests.conftest import History

PROVISIONED = sorted((Path(__file__).parents[2] / "provisioning/grafana/dashboards").glob("**/*.json"))
STEP = 60.0


def rendered(file: Path) -> Json:
    found: Json = json.loads(file.read_text())
    return found


def drawn(history: History, query: Query) -> list[dict[str, Any]]:
    """Return every series of *query* over the history, as Grafana would ask for it."""
    moment = Moment(history.end, span=history.end - history.start, step=STEP)
    step = moment.step_of(query)
    status, answer = history.prometheus.get(
        "/api/v1/query_range",
        query=replaced(query.text, values_for(query, moment, {})),
        start=str(history.start),
        end=str(max(history.end, time.time())),
        step=str(step),
    )
    assert status == 200, (query.where, answer)
    found: list[dict[str, Any]] = answer["data"]["result"]
    return found


def called(query: Query, labels: dict[str, str]) -> str:
    """Return what stands in the legend for a series."""
    if query.legend in ("", "__auto"):
        return str(labels)
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: labels.get(found[1], ""), query.legend)


def shown(history: History, file: Path) -> dict[str, list[str]]:
    """Return the names of the series of each panel."""
    found: dict[str, list[str]] = defaultdict(list)
    for query in read_dashboard(file):
        if query.use is Use.PANEL and query.panel_type in ("timeseries", "state-timeline", "status-history"):
            found[query.panel] += [called(query, one["metric"]) for one in drawn(history, query)]
    return found


def marks(history: History, file: Path) -> dict[str, int]:
    """Return how many marks each annotation with a query sets."""
    queries = {one.panel: one for one in read_dashboard(file) if one.use is Use.ANNOTATION}
    found = {}
    for one in rendered(file)["annotations"]["list"]:
        if (query := queries.get(one["name"])) is not None:
            points = [
                [(at * 1000, float(value)) for at, value in series["values"]]
                for series in drawn(history, query)
            ]
            found[query.panel] = regions(
                points, value_is_time=bool(one.get("useValueForTime")), step=STEP * 1000
            )
    return found
