"""What Grafana asks of Prometheus for each panel of a provisioned dashboard, and how long the answers take."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import floor
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

from tests.dashboards.readable import Json, lies_over, panels, regions

from signalproof.dashboard.foreign import read_dashboard
from signalproof.dashboard.pixels import panel_size
from signalproof.live.variables import Moment, replaced, values_for
from signalproof.promql.ast import Binary
from signalproof.promql.parser import parse
from signalproof.promql.printer import to_text
from signalproof.promql.query import Query, Use

WINDOW = 1600
"""Pixels of the browser's window."""
TIMES = 3
_GUARD = ',instance!~".*.*"'
"""What keeps a query from reading all instances where a recorded series does; see `signalproof.dashboard.recorded`."""
_TIMEOUT = 150.0
_ENOUGH = 10_000.0
"""Milliseconds after which a panel is not asked for again."""
_ANNOTATION_STEP = 60.0
# Source: grafana, pkg/components/gtime or packages/grafana-data/src/datetime/rangeutil.ts, roundInterval
_ROUND = (
    (1.5, 1.0), (3.5, 2.0), (7.5, 5.0), (12.5, 10.0), (17.5, 15.0), (25.0, 20.0), (45.0, 30.0), (90.0, 60.0),
    (210.0, 120.0), (450.0, 300.0), (750.0, 600.0), (1050.0, 900.0), (1500.0, 1200.0), (2700.0, 1800.0),
    (5400.0, 3600.0),
)  # fmt: skip


@dataclass(frozen=True)
class Request:
    """One query as it is sent.

    Attributes:
        path: Of the API.
        parameters: Its form.
        step: Seconds between two points; 0 for one moment only.
    """

    path: str
    parameters: dict[str, str]
    step: float


@dataclass(frozen=True)
class Asked:
    """Everything that is asked for one panel, or for one annotation.

    Attributes:
        title: Of the panel; name of the annotation.
        kind: Grafana's panel type, or ``annotation``.
        requests: One for each of its queries.
        marks: Names of the annotations that are shown and lie over it.
        value_is_time: Whether an annotation's values say when.
    """

    title: str
    kind: str
    requests: tuple[Request, ...]
    marks: tuple[str, ...] = ()
    value_is_time: bool = False

    @property
    def recorded(self) -> bool:
        """Whether it reads what rules record."""
        return any(_GUARD in request.parameters["query"] for request in self.requests)

    def without_rules(self) -> Asked:
        """Return what would be asked if nothing were recorded: the other way of each query, for all instances."""
        return replace(self, requests=tuple(map(_without_rules, self.requests)))


def _without_rules(request: Request) -> Request:
    query = request.parameters["query"]
    if _GUARD not in query:
        return request
    tree = parse(query)
    assert isinstance(tree, Binary)
    return replace(
        request, parameters={**request.parameters, "query": to_text(tree.right).replace(_GUARD, "")}
    )


@dataclass(frozen=True)
class Seen:
    """What came back.

    Attributes:
        lines: Series.
        marks: Of an annotation: how many marks it sets.
        milliseconds: From the first byte sent to the last byte read, the median.
        failed: What Prometheus said where it gave no answer.
    """

    lines: int
    marks: int
    milliseconds: float
    failed: str = ""


def asked(file: Path, moment: Moment) -> Iterator[Asked]:
    """Yield what the dashboard in *file* asks at *moment*: its annotations, then its panels."""
    dashboard: Json = json.loads(file.read_text(encoding="utf-8"))
    queries: dict[tuple[Use, str], list[Query]] = {}
    for query in read_dashboard(file):
        queries.setdefault((query.use, query.panel), []).append(query)
    annotations = dashboard.get("annotations", {}).get("list", ())
    for one in annotations:
        for query in queries.get((Use.ANNOTATION, one["name"]), ()):
            step = max(_ANNOTATION_STEP, query.interval or 0.0)
            request = _request(query, moment, step)
            yield Asked(one["name"], "annotation", (request,), value_is_time=bool(one.get("useValueForTime")))
    for panel in panels(dashboard):
        found = queries.get((Use.PANEL, panel.get("title", "")), ())
        if found:
            step = _step(panel, moment)
            yield Asked(
                panel["title"],
                panel["type"],
                tuple(_request(query, moment, step) for query in found),
                tuple(one["name"] for one in annotations if one.get("enable") and lies_over(one, panel)),
            )


def _step(panel: Json, moment: Moment) -> float:
    """Return the seconds between two points, of which there is one for each pixel at most."""
    place = panel["gridPos"]
    points = panel.get("maxDataPoints") or floor(panel_size(WINDOW, place["w"], place["h"]).width)
    wanted = moment.span / points
    return max(moment.scrape_interval, next((step for below, step in _ROUND if wanted <= below), 7200.0))


def _request(query: Query, moment: Moment, step: float) -> Request:
    own = Moment(moment.now, moment.span, step, moment.scrape_interval)
    step = own.step_of(query)
    expr = replaced(query.text, values_for(query, own, {}))
    if query.instant:
        return Request("/api/v1/query", {"query": expr, "time": f"{moment.now:.3f}"}, 0.0)
    start, end = moment.start // step * step, moment.now // step * step
    form = {"query": expr, "start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step:g}"}
    return Request("/api/v1/query_range", form, step)


def ask(port: int, one: Asked) -> Seen:
    """Ask everything of *one* at once, several times, of the Prometheus at *port* on the loopback."""
    spent: list[float] = []
    answers: list[bytes] = []
    with ThreadPoolExecutor(len(one.requests)) as pool:
        for _ in range(TIMES):
            start = perf_counter()
            answers = list(pool.map(lambda request: post(port, request), one.requests))
            spent.append((perf_counter() - start) * 1000)
            if sum(spent) > _ENOUGH:
                break
    series, failed = [], ""
    for content in answers:
        answer = json.loads(content)
        if answer["status"] == "success":
            series += answer["data"]["result"]
        else:
            failed = failed or answer["error"]
    marks = _marks(series, one) if one.kind == "annotation" else 0
    return Seen(len(series), marks, median(spent), failed)


def post(port: int, request: Request) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)
    try:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", request.path, urlencode(request.parameters), form)
        return connection.getresponse().read()
    finally:
        connection.close()


def _marks(series: list[Any], one: Asked) -> int:
    points = [[(at * 1000, float(value)) for at, value in each["values"]] for each in series]
    return regions(points, value_is_time=one.value_is_time, step=one.requests[0].step * 1000)
