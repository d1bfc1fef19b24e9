"""1,000 dashboards rendered, against the time that grafanalib alone takes for the same panels.

One dashboard is five rows of four time series with two queries each, one of them with an objective. All variants run
interleaved in one process; CPU time, the median of the rounds.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import grafanalib.core
import pytest
from grafanalib._gen import DashboardEncoder

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import Job, labels
from signalproof.catalogue.metric import Histogram
from signalproof.dashboard import Dashboard, Row, TimeSeries
from signalproof.dashboard import resolve as resolution
from signalproof.dashboard.resolve import ShownDashboard, resolve
from signalproof.infer.inference import Inference, infer
from signalproof.infer.present import legend, panel_unit
from signalproof.promql.build import quantile
from signalproof.promql.expr import Expr
from signalproof.promql.parser import parse
from signalproof.render.grafana import dashboard_json

core: Any = grafanalib.core
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
ROUNDS, PER_ROUND = 20, 50


DURATION = Histogram("http_request_duration_seconds", "Seconds per request.", labels())
EXPOSITION = Catalogue.of_entries([DURATION]).exposition()


def definition(number: int) -> Dashboard:
    """Return one dashboard of the benchmark."""

    def panel(row: int, column: int) -> TimeSeries:
        exprs = (quantile(0.5, DURATION), quantile(0.99, DURATION).limited(0.5))
        return TimeSeries(f"Panel {row}.{column}", exprs, "How long requests take.")

    rows = tuple(Row(f"Row {row}", tuple(panel(row, column) for column in range(4))) for row in range(5))
    return Dashboard(f"svc-{number}", f"Service {number}", rows, tags=("bench",), filters=(Job,))


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
                    description="How long requests take.",
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


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of *work*, the collector at rest before it."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def inferred(dashboards: Sequence[ShownDashboard]) -> list[tuple[Expr, Any]]:
    """Return the queries of the dashboards with the trees that are rendered."""
    panels = [panel for one in dashboards for row in one.rows for panel in row.panels]
    return [(target.expr, parse(target.text)) for panel in panels for target in panel.targets]


def infer_all(queries: Sequence[tuple[Expr, Any]]) -> None:
    """Infer every query, its unit and its legend."""
    for expr, node in queries:
        value = infer(node, EXPOSITION).root
        panel_unit((value,))
        legend(value, expr.name)


@pytest.mark.bench
def test_rendering_takes_at_most_half_of_grafanalibs_time(
    monkeypatch: pytest.MonkeyPatch, report: Callable[..., None]
) -> None:
    definitions = [definition(number) for number in range(PER_ROUND)]
    shown = [resolve(one, EXPOSITION) for one in definitions]
    queries = inferred(shown)
    known = [infer(node, EXPOSITION) for _, node in queries]
    files = [dashboard_json(one, EXPOSITION) for one in definitions]
    theirs = [with_grafanalib(one) for one in shown]

    def replayed() -> None:
        answers = iter(known)

        def answer(*_: object, **__: object) -> Inference:
            return next(answers)

        with monkeypatch.context() as patch:
            patch.setattr(resolution, "infer", answer)
            for one in definitions:
                dashboard_json(one, EXPOSITION)

    variants: dict[str, Callable[[], object]] = {
        "grafanalib alone": lambda: [with_grafanalib(one) for one in shown],
        "rendering, inference replayed": replayed,
        "rendering, inference included": lambda: [dashboard_json(one, EXPOSITION) for one in definitions],
        "inference, units and legends alone": lambda: infer_all(queries),
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
