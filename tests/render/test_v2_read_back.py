"""What is written in v2 is read back as what is written in classic form."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from signalproof.catalogue.exposition import Exposition
from signalproof.dashboard import Dashboard
from signalproof.dashboard.foreign import ForeignDashboard, asked_by, dashboards, queries_of
from signalproof.documents import read_json
from signalproof.errors import Location
from signalproof.lint.project import lint
from signalproof.promql.query import Query
from signalproof.render.grafana import dashboard_json
from signalproof.render.json_text import json_text
from signalproof.render.v2.resource import resource

NOWHERE = Location("d.json")


def read(data: bytes) -> ForeignDashboard:
    [found] = dashboards([read_json(data.decode(), "d.json")], "d.json")
    return found


@pytest.fixture(params=["every panel kind", "ai-apps", "one-deployment"])
def both(
    request: pytest.FixtureRequest, everything: Dashboard, exposition: Exposition, checkout: Path
) -> tuple[ForeignDashboard, ForeignDashboard]:
    """A dashboard as it is read from its classic file and from its file in v2."""
    if request.param == "every panel kind":
        data = dashboard_json(everything, exposition)
        return read(data), read(dashboard_json(everything, exposition, form="v2"))
    file = checkout / f"provisioning/grafana/dashboards/hive/{request.param}.json"
    model = json.loads(file.read_bytes())
    return read(file.read_bytes()), read(json_text(resource(model, Location(str(file)))))


def asked(dashboard: ForeignDashboard) -> list[Any]:
    """Return every query with all that is known of it, its line apart."""
    return [
        replace(one, where=NOWHERE) if isinstance(one, Query) else one.kind for one in asked_by(dashboard)
    ]


def found(dashboard: ForeignDashboard, **said: Any) -> Counter[tuple[str, ...]]:
    findings = lint(
        list(queries_of(dashboard)), Exposition({}, complete=False), dashboards=[dashboard], **said
    ).findings
    return Counter((one.code, one.message, str(one.culprit), one.query.panel) for one in findings)


def test_the_same_queries_are_read(both: tuple[ForeignDashboard, ForeignDashboard]) -> None:
    classic, v2 = both
    assert asked(v2) == asked(classic)


def test_the_same_is_found(both: tuple[ForeignDashboard, ForeignDashboard]) -> None:
    classic, v2 = both
    assert found(v2) == found(classic)


def test_the_same_panels_are_read(both: tuple[ForeignDashboard, ForeignDashboard]) -> None:
    def panels(one: ForeignDashboard) -> list[Any]:
        rows = [row for row in one.spec.tables("panels") if row.get("type") == "row"]
        inside = [panel for row in rows for panel in row.tables("panels")]
        beside = [panel for panel in one.spec.tables("panels") if panel not in rows]
        return sorted((panel["id"], panel["title"], panel["type"]) for panel in (*inside, *beside))

    classic, v2 = both
    assert panels(v2) == panels(classic)


def test_the_same_is_found_in_kube_prometheus(shared: Path) -> None:
    other = []
    files = sorted((shared / "corpus/kube-prometheus/dashboards").glob("*.json"))
    for file in files:
        classic = read(file.read_bytes())
        v2 = read(json_text(resource(json.loads(file.read_bytes()), Location(str(file)))))
        if found(classic) != found(v2):
            other.append(file.name)
    assert files
    assert other == []


def test_a_fault_is_found_in_v2_as_well() -> None:
    target = {"refId": "A", "expr": "rate(", "legendFormat": "{{job}}"}
    panel = {"id": 1, "type": "stat", "title": "Jobs", "gridPos": {}, "targets": [target]}
    model = {"uid": "d", "title": "D", "schemaVersion": 42, "panels": [panel]}
    classic, v2 = read(json.dumps(model).encode()), read(json_text(resource(model, NOWHERE)))
    assert found(classic)
    assert found(v2) == found(classic)
