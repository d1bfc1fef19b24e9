"""A dashboard with every kind of everything, for the tests of the renderer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import orjson
import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.exposition import Exposition
from signalproof.catalogue.labels import ClosedLabel, Instance, Job, labels
from signalproof.catalogue.metric import Gauge
from signalproof.catalogue.operation import Objective, Request, Status
from signalproof.catalogue.units import BYTES, COUNT
from signalproof.dashboard import (
    Annotation,
    BarGauge,
    CustomVariable,
    Dashboard,
    DashboardLink,
    Heatmap,
    IntervalVariable,
    Link,
    QueryVariable,
    Row,
    RowLink,
    Stat,
    State,
    StateTimeline,
    StatusHistory,
    Table,
    Text,
    TimeSeries,
)
from signalproof.dashboard import Gauge as GaugePanel
from signalproof.promql.build import RANGE, distribution, value
from signalproof.promql.operations import calls, error_rate, latency, mean_duration, success_ratio, throughput
from signalproof.render.grafana import dashboard_json

Json: TypeAlias = dict[str, Any]


class Strategy(ClosedLabel):
    SSH = "ssh"
    DOCKER = "docker"


class Failure(ClosedLabel, name="error_type"):
    TIMEOUT = "TimeoutError"
    OTHER = "other"


DEPLOY = Request(
    "deploy",
    "one deployment",
    labels(Strategy),
    Failure,
    owner="app.deploy",
    buckets="deployment",
    objective=Objective(latency=60.0, success=0.995),
)
CHECK = Request(
    "check",
    "one health check",
    labels(Strategy),
    Failure,
    owner="app.check",
    buckets="deployment",
    objective=Objective(latency=5.0),
)
RUNNING = Gauge("workers_running", "Workers running.", labels(Strategy), COUNT, low=0)
MEMORY = Gauge("cache_bytes", "Bytes in the cache.", labels(), BYTES, low=0)

EXPOSITION = Catalogue.of_entries([DEPLOY, CHECK, RUNNING, MEMORY]).exposition()


def everything_there_is() -> Dashboard:
    """Return a dashboard with every panel kind, variable kind, link and annotation."""
    return Dashboard(
        "everything",
        "Everything",
        (
            Row(
                "How fast?",
                (
                    TimeSeries("Latency", latency(DEPLOY), "How long it takes.", links=(RowLink("more"),)),
                    TimeSeries("By strategy", latency(DEPLOY, 0.95, by=Strategy), "Which is slow.", log=True),
                    TimeSeries("Calls", throughput(DEPLOY, by=Status), "How many.", stacked=True),
                    TimeSeries(
                        "Both",
                        (
                            *(one.named(f"deploy {one.name}") for one in latency(DEPLOY, 0.95)),
                            *(one.named(f"check {one.name}") for one in latency(CHECK, 0.95)),
                        ),
                        "Two promises.",
                    ),
                    TimeSeries("Success", success_ratio(DEPLOY), "The budget.", legend="hidden"),
                    TimeSeries("Errors", calls(DEPLOY, by=Status), "Events.", style="bars"),
                ),
                key="speed",
                links=(Link("Row page", "https://docs.test/{row}/{panel}"),),
            ),
            Row(
                "How much?",
                (
                    Stat("Success now", success_ratio(DEPLOY), "Share."),
                    Stat("Deployments", calls(DEPLOY, by=Status, window=RANGE), "In the range."),
                    Stat("Memory", value(MEMORY), "Bytes.", fill=True, reduce="max"),
                    GaugePanel("Success over all", success_ratio(DEPLOY, window=RANGE), "Share."),
                    GaugePanel("Cache", value(MEMORY), "Of 1 GiB.", max=2**30),
                    BarGauge("Mean by strategy", mean_duration(DEPLOY, by=Strategy), "Compare."),
                    Heatmap("Spread", distribution(DEPLOY.duration), "All of them."),
                    Table(
                        "Outcomes",
                        (
                            calls(DEPLOY, by=(Strategy, Status), window=RANGE).named("calls"),
                            mean_duration(DEPLOY, by=Strategy, window=RANGE).named("mean").limited(30),
                        ),
                        "By strategy.",
                        sort_by="mean",
                    ),
                    Table("Errors", error_rate(DEPLOY, by=Failure), "By type.", ascending=True),
                    StateTimeline(
                        "Running",
                        value(RUNNING, by=Strategy),
                        "On or off.",
                        states=(State(0, "off", "grey"), State(1, "on", "green")),
                    ),
                    StatusHistory(
                        "History",
                        value(RUNNING, by=Strategy),
                        "On or off.",
                        states=(State(0, "off", "grey"), State(1, "on", "green")),
                    ),
                    Text("Words", "**Read** this."),
                ),
                key="more",
                collapsed=True,
            ),
            Row("The end", (Stat("Workers", value(RUNNING), "All.", data_links=(Link("Logs", "/logs"),)),)),
        ),
        description="One of each.",
        tags=("test", "all"),
        variables=(
            QueryVariable("strategy", DEPLOY.calls, Strategy),
            IntervalVariable("window", ("5m", "1h")),
            CustomVariable("share", ("0.5", "0.95")),
            CustomVariable("zone", ("a", "b"), multi=True, hidden=True),
        ),
        annotations=(
            Annotation("Deployments", calls(DEPLOY, by=Strategy) > 0, "green", text="{{strategy}}"),
            Annotation("Failures", calls(DEPLOY, where=Status.FAILURE) > 0, "red"),
        ),
        links=(DashboardLink(("test",), "Others"), Link("Home", "https://home.test")),
        runbook="https://runbook.test#{panel}",
        filters=(Job, Instance),
    )


@pytest.fixture
def exposition() -> Exposition:
    """What Prometheus stores for these tests."""
    return EXPOSITION


@pytest.fixture
def everything() -> Dashboard:
    """A dashboard with every panel kind, variable kind, link and annotation."""
    return everything_there_is()


@pytest.fixture
def make_everything() -> Callable[[], Dashboard]:
    """Makes that dashboard anew each time."""
    return everything_there_is


@pytest.fixture
def render() -> Callable[[Dashboard], Json]:
    """Renders a dashboard and reads the file again."""

    def read(dashboard: Dashboard) -> Json:
        model: Json = orjson.loads(dashboard_json(dashboard, EXPOSITION))
        return model

    return read
