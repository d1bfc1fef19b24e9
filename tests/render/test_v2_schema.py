"""The dashboard in schema v2 against what others say that is: Grafana's schema and its SDK."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from tests.render.comparison import errors, lost, v2_schema

from signalproof.catalogue.exposition import Exposition
from signalproof.dashboard import Dashboard
from signalproof.errors import Location
from signalproof.render.grafana import dashboard_json
from signalproof.render.v2.resource import resource

Json: TypeAlias = dict[str, Any]


@pytest.fixture(scope="session")
def schema(shared: Path) -> Json:
    return v2_schema(shared)


@pytest.fixture(params=["every panel kind", "ai-apps", "one-deployment"])
def spec(
    request: pytest.FixtureRequest, everything: Dashboard, exposition: Exposition, checkout: Path
) -> Json:
    """The body of a dashboard: of one with everything, and of those that the project provisions."""
    if request.param == "every panel kind":
        found: Json = json.loads(dashboard_json(everything, exposition, form="v2"))
    else:
        file = checkout / f"provisioning/grafana/dashboards/hive/{request.param}.json"
        found = resource(json.loads(file.read_bytes()), Location(str(file)))
    body: Json = found["spec"]
    return body


def test_the_dashboard_is_what_the_schema_says(spec: Json, schema: Json) -> None:
    assert errors(schema, "Dashboard", spec) == []


def test_the_schema_notices_an_unknown_key(spec: Json, schema: Json) -> None:
    assert errors(schema, "Dashboard", {**spec, "nonsense": True})


def test_the_schema_notices_a_key_that_is_missing(spec: Json, schema: Json) -> None:
    del spec["timeSettings"]["from"]
    assert errors(schema, "Dashboard", spec)


def test_every_query_is_one_that_the_prometheus_plugin_knows(spec: Json, shared: Path) -> None:
    plugin: Json = json.loads((shared / "grafana-schemas/prometheus.jsonschema.json").read_text())
    plugin["definitions"]["Dataquery"].pop("required")  # the letter stands beside the query in v2
    panels = [one["spec"]["data"]["spec"]["queries"] for one in spec["elements"].values()]
    queries = [one["spec"]["query"]["spec"] for queries in panels for one in queries]
    queries += [one["spec"]["query"]["spec"] for one in spec["annotations"]]
    assert queries
    assert [found for one in queries if (found := errors(plugin, "Dataquery", one))] == []


def test_dashboards_of_kube_prometheus_are_what_the_schema_says(shared: Path, schema: Json) -> None:
    wrong: dict[str, list[str]] = {}
    files = sorted((shared / "corpus/kube-prometheus/dashboards").glob("*.json"))
    for file in files:
        found = resource(json.loads(file.read_bytes()), Location(str(file)))
        wrong |= {file.name: one} if (one := errors(schema, "Dashboard", found["spec"])) else {}
    assert files
    assert wrong == {}


@pytest.fixture(scope="session")
def through_sdk() -> Callable[[Json], Json]:
    """Reads the body of a dashboard with Grafana's foundation SDK and returns what that writes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the classic schema, which the SDK loads, too
        from grafana_foundation_sdk.cog.encoder import JSONEncoder
        from grafana_foundation_sdk.cog.plugins import register_default_plugins
        from grafana_foundation_sdk.models.dashboardv2 import Dashboard as SdkDashboard
    register_default_plugins()

    class Encoder(JSONEncoder):
        def default(self, obj: Any) -> Any:
            # version 0.0.21 reads the kind of a panel and its version as sets of one
            return next(iter(obj)) if isinstance(obj, set) else super().default(obj)

    def through(spec: Json) -> Json:
        written: Json = json.loads(Encoder().encode(SdkDashboard.from_json(spec)))
        return written

    return through


def test_the_foundation_sdk_reads_and_writes_all_of_it(
    spec: Json, through_sdk: Callable[[Json], Json]
) -> None:
    found = list(lost(spec, through_sdk(spec)))
    # the SDK takes the query of a variable for one of a panel, and knows no texts there, which Grafana writes itself
    assert [one for one in found if not one.endswith(".query.spec.__legacyStringValue is gone")] == []


def test_the_comparison_with_the_sdk_notices_a_lost_key(
    spec: Json, through_sdk: Callable[[Json], Json]
) -> None:
    spec["timeSettings"]["nonsense"] = True
    assert "$.timeSettings.nonsense is gone" in list(lost(spec, through_sdk(spec)))
