"""Every query of the Hive returns data on a real Prometheus, and its numbers are the true ones."""

from __future__ import annotations

import re
import time
from bisect import bisect_left
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from signalproof.catalogue.operation import Operation
from signalproof.cli.project import Project
from signalproof.dashboard.foreign import read_dashboard
from signalproof.live.table import place, reason
from signalproof.live.variables import Moment, replaced, values_for
from signalproof.live.verify import Result, Status, verify
from signalproof.promql.query import Query, Use
from signalproof.rules.foreign import read_rules

if TYPE_CHECKING:
    from tests.conftest import History


@pytest.fixture(scope="module")
def queries(hive: Project) -> list[Query]:
    """Every query of the definitions."""
    return list(hive.queries())


def provisioned(folder: Path) -> Iterator[Query]:
    """Yield every query of the provisioned files: dashboard JSON and rule YAML."""
    yield from chain.from_iterable(map(read_dashboard, sorted(folder.glob("grafana/dashboards/**/*.json"))))
    yield from chain.from_iterable(map(read_rules, sorted(folder.glob("prometheus/rules/*.yml"))))


def dead(results: list[Result]) -> list[str]:
    """Return where each query stands that returned nothing, and why."""
    return [f"{one.status}: {place(one)}: {reason(one)}" for one in results if one.status is not Status.ALIVE]


def test_every_query_of_the_definitions_is_alive(hive_history: History, queries: list[Query]) -> None:
    assert dead(verify(hive_history.prometheus.url, queries, now=time.time())) == []


def test_every_query_of_the_provisioned_files_is_alive(
    hive_history: History, hive: Project, checkout: Path
) -> None:
    found = list(provisioned(checkout / hive.config.out))
    assert dead(verify(hive_history.prometheus.url, found, now=time.time())) == []


def test_the_provisioned_files_hold_every_kind_of_query(hive: Project, checkout: Path) -> None:
    uses = {query.use for query in provisioned(checkout / hive.config.out)}
    assert uses == {Use.PANEL, Use.VARIABLE, Use.ANNOTATION, Use.RECORDING, Use.ALERT}


def test_prometheus_evaluates_every_rule_without_an_error(hive_history: History) -> None:
    assert hive_history.prometheus.rule_errors() == []


def over_everything(query: Query, history: History) -> str:
    """Return the text of *query* with every window as long as the history, so that it sees all that is true."""
    moment = Moment(history.end, span=history.end - history.start)
    own = values_for(query, moment, {})
    return replaced(query.text, {**own, "__rate_interval": history.window, "__range": history.window})


def operation_of(hive: Project, prefix: str) -> Operation[Any, Any]:
    return hive.catalogue.operations[prefix]


def test_every_quantile_panel_is_within_a_bucket_of_the_truth(
    hive: Project, hive_history: History, queries: list[Query]
) -> None:
    pattern = re.compile(
        r"histogram_quantile\(([\d.]+), sum by \((?:\w+, )*le\) \((?:rate\(|avg_over_time\(\w+:)(\w+)_duration_seconds_bucket"
    )
    seen = 0
    for query in queries:
        if query.use is Use.PANEL and (found := pattern.match(query.text)):
            operation, share = operation_of(hive, found[2]), float(found[1])
            bounds = operation.duration.buckets.bounds
            for labels, measured in hive_history.prometheus.ask(
                over_everything(query, hive_history), hive_history.end
            ):
                own = {name: value for name, value in labels.items() if name in operation.labels.domains}
                true = hive_history.model.truth.quantile(operation, share, **own)
                off = bisect_left(bounds, measured) - bisect_left(bounds, true)
                assert abs(off) <= 1, (
                    f"{query.panel}: p{share * 100:g} {labels} is {measured}, in truth {true}"
                )
                seen += 1
    assert seen >= 20


def test_every_success_ratio_is_the_true_one(
    hive: Project, hive_history: History, queries: list[Query]
) -> None:
    pattern = re.compile(
        r'sum(?: by \(\w+\))? \(rate\((\w+)_calls_total\{[^}]*status="success"[^}]*\}\[\$__rate_interval\]\)\)'
        r" / (?:on \(\w+\) )?sum(?: by \(\w+\))? \(rate\(\1_calls_total\{[^}]*\}\[\$__rate_interval\]\)\)"
    )
    seen = 0
    for query in queries:
        if query.use is Use.PANEL and (found := pattern.search(query.text)):
            operation, truth = operation_of(hive, found[1]), hive_history.model.truth
            true = truth.success_ratio(operation)
            for labels, measured in hive_history.prometheus.ask(
                over_everything(query, hive_history), hive_history.end
            ):
                own = {name: value for name, value in labels.items() if name in operation.labels.domains}
                calls = truth.rate(operation, **own) * (hive_history.end - hive_history.start)
                assert measured == pytest.approx(true, abs=0.001 + 2 / calls), f"{query.panel} {labels}"
                seen += 1
    assert seen >= 3


@pytest.mark.parametrize(("panel", "least"), [("Async Claude speed-up", 1.0), ("Async speed-up factor", 1.0)])
def test_async_is_faster_and_the_panel_says_so(
    hive_history: History, queries: list[Query], panel: str, least: float
) -> None:
    (query,) = (one for one in queries if one.panel == panel and one.target == "A")
    assert hive_history.prometheus.number(over_everything(query, hive_history), hive_history.end) > least
