"""The rendered dashboard against what others say a dashboard is: Grafana's schemas and its SDK."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from tests.render.comparison import errors, lost
from tests.render.said import SAID

from signalproof.dashboard import Dashboard

Json: TypeAlias = dict[str, Any]


@pytest.fixture(scope="session")
def schemas(shared: Path) -> Callable[[str], Json]:
    """Reads a schema of Grafana's, relaxed as their README says: a generator may omit what Grafana fills in."""

    def read(name: str) -> Json:
        found: Json = json.loads((shared / "grafana-schemas" / f"{name}.jsonschema.json").read_text())
        _relax(found)
        return found

    return read


def _relax(schema: object) -> None:
    if isinstance(schema, dict):
        schema.pop("required", None)
        for value in schema.values():
            _relax(value)
    elif isinstance(schema, list):
        for value in schema:
            _relax(value)


def panels_of(model: Json) -> list[Json]:
    return [one for panel in model["panels"] for one in (panel, *panel.get("panels", ()))]


@pytest.fixture
def committed(checkout: Path) -> Json:
    """The dashboard that the project provisions."""
    found: Json = json.loads((checkout / "provisioning/grafana/dashboards/hive/ai-apps.json").read_bytes())
    return found


@pytest.fixture(params=["every panel kind", "everything said", "the AI apps"])
def model(
    request: pytest.FixtureRequest,
    everything: Dashboard,
    render: Callable[[Dashboard], Json],
    committed: Json,
) -> Json:
    if request.param == "the AI apps":
        return committed
    return render(everything if request.param == "every panel kind" else SAID)


def test_the_dashboard_has_no_key_that_grafana_does_not_know(
    model: Json, schemas: Callable[[str], Json]
) -> None:
    assert errors(schemas("dashboard"), "Dashboard", {**model, "panels": []}) == []


def test_no_panel_has_a_key_that_grafana_does_not_know(model: Json, schemas: Callable[[str], Json]) -> None:
    schema = schemas("dashboard")
    definitions = schema["definitions"]
    definitions["MatcherConfig"]["properties"]["options"] = {}
    definitions["DynamicConfigValue"]["properties"]["value"] = {}
    wrong: dict[str, list[str]] = {}
    for panel in panels_of(model):
        row = panel["type"] == "row"
        found = errors(schema, "RowPanel" if row else "Panel", {**panel, "panels": []} if row else panel)
        wrong |= {panel["title"]: found} if found else {}
    assert wrong == {}


@pytest.mark.parametrize(
    "kind",
    [
        "timeseries",
        "stat",
        "gauge",
        "bargauge",
        "heatmap",
        "table",
        "state-timeline",
        "status-history",
        "text",
    ],
)
def test_the_options_of_a_panel_kind_are_those_grafana_knows(
    kind: str,
    everything: Dashboard,
    render: Callable[[Dashboard], Json],
    committed: Json,
    schemas: Callable[[str], Json],
) -> None:
    schema = schemas(kind.replace("-", ""))
    panels = [*panels_of(render(everything)), *panels_of(committed)]
    shown = [panel for panel in panels if panel["type"] == kind]
    assert shown
    for panel in shown:
        assert errors(schema, "Options", panel["options"]) == []
        custom = panel.get("fieldConfig", {}).get("defaults", {}).get("custom")
        if custom is not None:
            assert errors(schema, "FieldConfig", custom) == []


def test_every_query_is_one_that_the_prometheus_plugin_knows(
    model: Json, schemas: Callable[[str], Json]
) -> None:
    schema = schemas("prometheus")
    targets = [target for panel in panels_of(model) for target in panel.get("targets", ())]
    targets += [one["target"] for one in model["annotations"]["list"]]
    assert [found for target in targets if (found := errors(schema, "Dataquery", target))] == []


def test_the_only_unit_ids_are_those_of_grafana(model: Json, schemas: Callable[[str], Json]) -> None:
    known = set(_constants(schemas("units")))
    used = {
        panel["fieldConfig"]["defaults"]["unit"]
        for panel in panels_of(model)
        if "unit" in panel.get("fieldConfig", {}).get("defaults", {})
    }
    assert used
    # a custom unit, suffix:plans/min, is no id of the list
    assert {one for one in used if not one.startswith("suffix:")} <= known


def _constants(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if "const" in value:
            yield value["const"]
        for one in value.values():
            yield from _constants(one)
    elif isinstance(value, list):
        for one in value:
            yield from _constants(one)


@pytest.fixture(scope="session")
def through_sdk() -> Callable[[Json], Json]:
    """Reads a dashboard with Grafana's foundation SDK and returns what that writes."""
    with warnings.catch_warnings():
        # the SDK asks its users to go on to schema v2; the classic schema is what file provisioning takes
        warnings.filterwarnings("ignore", "Prefer using dashboardv2", DeprecationWarning)
        from grafana_foundation_sdk.cog.encoder import JSONEncoder
        from grafana_foundation_sdk.cog.plugins import register_default_plugins
        from grafana_foundation_sdk.models.dashboard import Dashboard as SdkDashboard
    register_default_plugins()

    def through(model: Json) -> Json:
        written: Json = json.loads(JSONEncoder().encode(SdkDashboard.from_json(model)))
        return written

    return through


def test_the_foundation_sdk_reads_and_writes_all_of_it(
    model: Json, through_sdk: Callable[[Json], Json]
) -> None:
    assert list(lost(model, through_sdk(model))) == []


def test_the_comparison_with_the_sdk_notices_a_lost_key(
    model: Json, through_sdk: Callable[[Json], Json]
) -> None:
    model["panels"][1]["nonsense"] = True
    assert list(lost(model, through_sdk(model))) == ["$.panels[1].nonsense is gone"]


def test_the_comparison_with_the_schema_notices_an_unknown_key(
    model: Json, schemas: Callable[[str], Json]
) -> None:
    panel = next(one for one in model["panels"] if one["type"] == "timeseries")
    assert errors(schemas("timeseries"), "Options", {**panel["options"], "nonsense": True})
