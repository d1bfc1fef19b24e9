"""What users of other dashboard builders wished for, and the guide that tells them how: each works."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import orjson
import pytest

from signalproof import dashboard as dsl
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.operation import Request
from signalproof.dashboard import Dashboard, Panel, Row, TimeSeries
from signalproof.promql.build import chosen, promql
from signalproof.promql.operations import throughput
from signalproof.render.grafana import dashboard_json

Json: TypeAlias = dict[str, Any]


class Route(ClosedLabel):
    HOME = "home"
    OTHER = "other"


class Failure(ClosedLabel, name="error_type"):
    OTHER = "other"


REQUESTS = Request("request", "one request", labels(Route), Failure, owner="app.answer")
EXPOSITION = Catalogue.of_entries([REQUESTS]).exposition()
GUIDE = Path(__file__).parents[2] / "docs/guides/dashboards.md"


def model(*panels: Panel, **options: Any) -> Json:
    found: Json = orjson.loads(
        dashboard_json(Dashboard("x", "X", (Row("R", panels),), **options), EXPOSITION)
    )
    return found


def panel(one: Panel, **options: Any) -> Json:
    found: Json = model(one, **options)["panels"][1]
    return found


def series(**said: Any) -> Json:
    return panel(TimeSeries("T", throughput(REQUESTS), "Why.", **said))


LOKI = {"refId": "A", "datasource": {"type": "loki", "uid": "logs"}, "expr": '{app="x"}'}
WISHES: dict[str, tuple[Callable[[], object], object]] = {
    "a panel of Loki": (lambda: panel(dsl.Logs("L", dsl.RawTarget(LOKI), "Why."))["targets"], [LOKI]),
    "a panel of several sources": (
        lambda: panel(TimeSeries("T", (throughput(REQUESTS), dsl.RawTarget({**LOKI, "refId": "L"})), "Why."))[
            "targets"
        ][1],
        {**LOKI, "refId": "L"},
    ),
    "a raw panel": (
        lambda: panel(dsl.RawPanel("M", {"type": "geomap", "options": {"a": 1}}))["options"],
        {"a": 1},
    ),
    "alert list": (lambda: panel(dsl.AlertList("A", most=3))["options"], {"maxItems": 3}),
    "dashboard list": (lambda: panel(dsl.DashboardList("D", tags=("x",)))["type"], "dashlist"),
    "pie chart": (
        lambda: panel(dsl.PieChart("P", throughput(REQUESTS, by=Route), "Why."))["type"],
        "piechart",
    ),
    "bar chart": (
        lambda: panel(dsl.BarChart("B", throughput(REQUESTS, by=Route), "Why."))["type"],
        "barchart",
    ),
    "histogram": (lambda: panel(dsl.Histogram("H", throughput(REQUESTS), "Why."))["type"], "histogram"),
    "canvas": (lambda: panel(dsl.RawPanel("C", {"type": "canvas"}))["type"], "canvas"),
    "a library panel": (
        lambda: panel(dsl.RawPanel("L", {"libraryPanel": {"uid": "u", "name": "n"}}))["libraryPanel"],
        {"uid": "u", "name": "n"},
    ),
    "transformations": (
        lambda: series(transformations=(dsl.Transformation("merge"),))["transformations"],
        [{"id": "merge", "options": {}}],
    ),
    "field overrides": (
        lambda: series(overrides=(dsl.Override.by_type("number", {"unit": "s"}),))["fieldConfig"][
            "overrides"
        ][-1]["matcher"],
        {"id": "byType", "options": "number"},
    ),
    "the unit of one panel": (lambda: series(unit="reqps")["fieldConfig"]["defaults"]["unit"], "reqps"),
    "value mappings": (
        lambda: series(raw={"fieldConfig": {"defaults": {"mappings": [{"type": "value"}]}}})["fieldConfig"][
            "defaults"
        ]["mappings"],
        [{"type": "value"}],
    ),
    "repeat": (lambda: series(repeat="job")["repeat"], "job"),
    "an ad-hoc variable": (
        lambda: model(variables=(dsl.RawVariable("f", {"type": "adhoc"}),))["templating"]["list"][-1],
        {"type": "adhoc", "name": "f"},
    ),
    "a text box": (
        lambda: model(variables=(dsl.TextVariable("t"),))["templating"]["list"][-1]["type"],
        "textbox",
    ),
    "a constant": (
        lambda: model(variables=(dsl.RawVariable("c", {"type": "constant", "query": "7"}),))["templating"][
            "list"
        ][-1]["query"],
        "7",
    ),
    "a catalogue label as a variable": (
        lambda: (
            'route=~"$route"'
            in panel(
                TimeSeries("T", throughput(REQUESTS, where=chosen(Route)), "Why."),
                variables=(dsl.QueryVariable("route", REQUESTS.calls, Route),),
            )["targets"][0]["expr"]
        ),
        True,
    ),
    "compare with last week": (
        lambda: panel(TimeSeries("T", promql("sum(rate(request_calls_total[5m] offset 1w))"), "Why."))[
            "targets"
        ][0]["expr"].count("offset 1w"),
        1,
    ),
    "time shift": (lambda: series(time_shift="1w")["timeShift"], "1w"),
    "minimum step": (lambda: series(min_step="15m")["targets"][0]["interval"], "15m"),
    "right axis": (
        lambda: series(axis=dsl.Axis(placement="right"))["fieldConfig"]["defaults"]["custom"][
            "axisPlacement"
        ],
        "right",
    ),
    "time zone": (lambda: model(timezone="utc")["timezone"], "utc"),
    "shared tooltip": (lambda: model(cursor="tooltip")["graphTooltip"], 2),
    "editable": (lambda: model(editable=False)["editable"], False),
    "exemplars are shown": (
        lambda: panel(TimeSeries("T", dsl.Target(throughput(REQUESTS), exemplar=True), "Why."))["targets"][0][
            "exemplar"
        ],
        True,
    ),
}


@pytest.mark.parametrize("wish", WISHES)
def test_a_wish_is_granted(wish: str) -> None:
    make, wanted = WISHES[wish]
    assert make() == wanted


def test_the_example_of_the_guide_is_a_panel() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    names = {"throughput": throughput, "REQUESTS": REQUESTS, "Route": Route}
    imports, _, call = code.partition("\n\n")
    exec(imports, names)  # the guide's own
    assert panel(eval(call, names), filters=())["timeShift"] == "1w"  # the guide's own


def test_the_guide_names_only_what_is_there() -> None:
    named = set(re.findall(r"`(?:\w+=\()?([A-Z][A-Za-z]+)\(", GUIDE.read_text())) - {"Dashboard"}
    assert named <= set(dsl.__all__)
    assert len(named) >= 8
