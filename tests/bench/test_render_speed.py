"""1,000 dashboards rendered, against the time that grafanalib alone takes for the same panels.

One dashboard is five rows of four time series with two queries each, one of them with an objective. All variants run
interleaved in one process; CPU time, the median of the rounds.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from statistics import median
from typing import Any

import grafanalib.core
import pytest
from grafanalib._gen import DashboardEncoder
from tests.bench.timing import seconds

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.exposition import Exposition
from signalproof.catalogue.labels import BoundedLabel, Job, labels
from signalproof.catalogue.metric import Counter, Histogram
from signalproof.dashboard import Dashboard, Row, TimeSeries
from signalproof.dashboard import asking as resolution
from signalproof.dashboard.resolve import ShownDashboard, resolve
from signalproof.infer.inference import Inference, infer
from signalproof.infer.present import legend, panel_unit
from signalproof.promql.build import quantile, rate
from signalproof.promql.parser import parse
from signalproof.render.grafana import dashboard_json, encode

core: Any = grafanalib.core
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
ROUNDS, PER_ROUND = 20, 50


class Route(BoundedLabel, at_most=20):
    """What was asked for."""


class Shard(BoundedLabel, at_most=100):
    """Which part of the service answered."""


def definition(number: int) -> tuple[Dashboard, Exposition]:
    """Return one dashboard of the benchmark, and what its queries are about: a service of its own."""
    requests = Counter(f"svc{number}_http_requests_total", "Requests.", labels(Route, Shard))
    duration = Histogram(f"svc{number}_http_request_duration_seconds", "Seconds per request.", labels())

    def panel(row: int, column: int) -> TimeSeries:
        exprs = (
            rate(requests, where=Shard(f"{row}{column}"), by=Route),
            quantile(0.99, duration).limited(0.5),
        )
        return TimeSeries(f"Panel {row}.{column}", exprs, "How many requests, how long they take.")

    rows = tuple(Row(f"Row {row}", tuple(panel(row, column) for column in range(4))) for row in range(5))
    dashboard = Dashboard(f"svc-{number}", f"Service {number}", rows, tags=("bench",), filters=(Job,))
    return dashboard, Catalogue.of_entries([requests, duration]).exposition()


def with_grafanalib(shown: ShownDashboard) -> str:
    """Return the same dashboard as a person would write it with grafanalib; texts and places are given."""
    panels = []
    for row in shown.rows:
        panels.append(core.RowPanel(title=row.row.title, gridPos=core.GridPos(1, 24, 0, row.grid.y)))
        for one in row.panels:
            grid = one.grid
            panels.append(
                core.TimeSeries(
                    title=one.panel.title,
                    description="How many requests, how long they take.",
                    dataSource=DATASOURCE,
                    unit="s",
                    thresholds=[core.Threshold("green", 0, 0.0), core.Threshold("red", 1, 0.5)],
                    thresholdsStyleMode="dashed",
                    tooltipMode="multi",
                    tooltipSort="desc",
                    gridPos=core.GridPos(grid.h, grid.w, grid.x, grid.y),
                    targets=[
                        core.Target(
                            expr=target.text,
                            refId=target.ref,
                            legendFormat=target.legend,
                            datasource=DATASOURCE,
                        )
                        for target in one.targets
                    ],
                )
            )
    dashboard = core.Dashboard(
        title=shown.dashboard.title,
        uid=shown.dashboard.uid,
        tags=list(shown.dashboard.tags),
        timezone="browser",
        schemaVersion=42,
        time=core.Time("now-6h", "now"),
        templating=core.Templating(
            list=[
                core.Template(name="datasource", type="datasource", query="prometheus"),
                core.Template(
                    name="job",
                    query="label_values(up, job)",
                    dataSource=DATASOURCE,
                    multi=True,
                    includeAll=True,
                ),
            ]
        ),
        panels=panels,
    ).auto_panel_ids()
    return json.dumps(dashboard.to_json_data(), sort_keys=True, indent=2, cls=DashboardEncoder)


@pytest.mark.bench
def test_rendering_takes_at_most_half_of_grafanalibs_time(
    monkeypatch: pytest.MonkeyPatch, report: Callable[..., None]
) -> None:
    definitions = [definition(number) for number in range(PER_ROUND)]
    shown = [resolve(dashboard, exposition) for dashboard, exposition in definitions]
    files = [encode(one) for one in shown]
    theirs = [with_grafanalib(one) for one in shown]
    queries = [
        (target.expr, parse(target.text), exposition)
        for one, (_, exposition) in zip(shown, definitions, strict=True)
        for row in one.rows
        for panel in row.panels
        for target in panel.targets
    ]
    known = [infer(node, exposition) for _, node, exposition in queries]

    def replayed() -> None:
        answers = iter(known)

        def answer(*_: object, **__: object) -> Inference:
            return next(answers)

        with monkeypatch.context() as patch:
            patch.setattr(resolution, "infer", answer)
            for dashboard, exposition in definitions:
                dashboard_json(dashboard, exposition)

    def infer_all() -> None:
        for expr, node, exposition in queries:
            value = infer(node, exposition).root
            panel_unit((value,))
            legend(value, expr.name)

    variants: dict[str, Callable[[], object]] = {
        "grafanalib alone": lambda: [with_grafanalib(one) for one in shown],
        "rendering, inference replayed": replayed,
        "rendering, inference included": lambda: [dashboard_json(*one) for one in definitions],
        "inference, units and legends alone": infer_all,
    }
    spent: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(ROUNDS):
        for name, work in variants.items():
            spent[name].append(seconds(work))
    ratios = {
        name: median(a / b for a, b in zip(spent[name], spent["grafanalib alone"], strict=True))
        for name in spent
    }
    lines = [f"{name:36s} {sum(rounds):6.2f} s   {ratios[name]:.2f}" for name, rounds in spent.items()]
    report(
        f"{ROUNDS * PER_ROUND} dashboards of 20 panels and 40 queries; CPU seconds, median ratio of {ROUNDS} rounds",
        *lines,
        f"bytes each: {len(files[0]):,}; grafanalib: {len(theirs[0]):,}",
    )
    assert len(files[0]) < 38_000
    assert ratios["rendering, inference replayed"] <= 0.5
