"""What a dump or a series answer lets the lint say: each kind of fault, its mended form, and what must stay unsaid."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from signalproof.config import Config, MetricConfig
from signalproof.errors import Location
from signalproof.knowledge.answers import families_of_series
from signalproof.knowledge.merge import Rank, Source
from signalproof.knowledge.site import site_of
from signalproof.knowledge.text import families_of_text
from signalproof.knowledge.told import Told
from signalproof.knowledge.world import Knowledge
from signalproof.lint.project import lint
from signalproof.promql.query import Query, Use

DUMP = """\
# TYPE shop_wait_seconds histogram
shop_wait_seconds_bucket{le="0.5"} 1
shop_wait_seconds_bucket{le="1"} 2
shop_wait_seconds_bucket{le="+Inf"} 2
shop_wait_seconds_sum 1.2
shop_wait_seconds_count 2
# TYPE shop_checkout_milliseconds gauge
shop_checkout_milliseconds 250
# TYPE shop_limit_bytes gauge
shop_limit_bytes{zone="a"} 0
# TYPE shop_used_bytes gauge
shop_used_bytes{zone="a"} 7
# TYPE shop_stock gauge
shop_stock{store="s",shelf="1"} 3
shop_stock{store="s",shelf="2"} 4
shop_stock{store="s"} 7
# TYPE shop_orders_total counter
shop_orders_total{code="200"} 5
shop_orders_total{code="500",reason="late"} 1
# TYPE shop_tasks gauge
shop_tasks{namespace="n"} 1
"""


def found(
    text: str,
    *,
    config: Config | None = None,
    dump: str = DUMP,
    complete: bool = False,
    series: tuple[Mapping[str, str], ...] = (),
    **query: Any,
) -> dict[str, str]:
    """Return code → severity of what is found in a query of a world that is only seen."""
    config = config or Config(Path())
    knowledge = Knowledge(site_of(config, foreign=True), Told(config), bundled=False)
    seen = families_of_text(dump, "m.prom") if not series else tuple(families_of_series(series, "s.json"))
    exposition = knowledge.exposition([Source("m.prom", Rank.SEEN, seen)], complete=complete)
    asked = Query(text, Location("q"), **query)
    report = lint([asked], exposition, config=config, knowledge=knowledge, ignore=("A004",))
    return {one.code: str(one.severity) for one in report.findings}


def version(text: str) -> Config:
    return Config(Path(), prometheus=text, said=frozenset({"prometheus"}))


def targets(*labels: str, honoured: tuple[str, ...] = ()) -> Config:
    said = frozenset({"target_labels"})
    return Config(Path(), target_labels=("job", "instance", *labels), honor_labels=honoured, said=said)


@pytest.mark.parametrize(
    ("bound", "config", "said"),
    [
        ("1", version("2.42"), {}),
        ("1.0", version("2.42"), {"H006": "error"}),
        ("1.0", version("3.5"), {}),
        ("1", version("3.5"), {"H006": "error"}),
        ("1", None, {"H006": "warning"}),
        ("1.0", None, {"H006": "warning"}),
        ("0.5", None, {}),
        ("2", None, {"H006": "error"}),
    ],
)
def test_a_bound_is_spelled_as_the_version_stores_it(
    bound: str, config: Config | None, said: dict[str, str]
) -> None:
    assert found(f'sum(rate(shop_wait_seconds_bucket{{le="{bound}"}}[5m]))', config=config) == said


def test_a_pattern_with_both_spellings_is_right_in_both_versions() -> None:
    assert found('sum(rate(shop_wait_seconds_bucket{le=~"1|1.0"}[5m]))') == {}


def test_milliseconds_shown_as_seconds() -> None:
    shown: dict[str, Any] = {"use": Use.PANEL, "panel_type": "timeseries"}
    assert found("shop_checkout_milliseconds", unit="s", **shown) == {"U002": "warning"}
    assert found("shop_checkout_milliseconds", unit="ms", **shown) == {}
    assert found("shop_checkout_milliseconds / 1000", unit="s", **shown) == {}


def test_a_limit_that_was_seen_at_0() -> None:
    assert found("shop_used_bytes / shop_limit_bytes > 0.9", use=Use.ALERT) == {"N002": "warning"}
    assert found("shop_used_bytes / (shop_limit_bytes > 0) > 0.9", use=Use.ALERT) == {}
    assert found("shop_limit_bytes / shop_used_bytes > 0.9", use=Use.ALERT) == {}


def test_parts_and_their_total_are_counted_twice() -> None:
    assert found("sum(shop_stock)") == {"N004": "warning"}
    assert found('sum(shop_stock{shelf!=""})') == {}
    assert found("sum by (shelf) (shop_stock)") == {}


def test_a_label_that_only_some_series_have_is_no_total() -> None:
    assert found("sum(rate(shop_orders_total[5m]))") == {}


def test_a_label_that_some_series_lack_may_be_there() -> None:
    assert found('shop_orders_total{reason="late"} unless on (reason) shop_orders_total') == {}


@pytest.mark.parametrize("config", [None, targets("namespace")])
def test_a_label_nobody_has_is_an_error(config: Config | None) -> None:
    assert found('shop_stock{shlf="1"}', config=config) == {"L001": "error"}


def test_a_label_that_scrapes_often_add_may_be_there_where_nobody_said() -> None:
    assert found('shop_stock{cluster="c"}') == {}
    assert found('shop_stock{cluster="c"}', config=targets()) == {"L001": "error"}


def test_a_label_of_the_target_displaces_that_of_the_metric() -> None:
    assert found('shop_tasks{namespace="n"}', config=targets("namespace")) == {"L006": "warning"}
    assert found('shop_tasks{exported_namespace="n"}', config=targets("namespace")) == {}
    assert found('shop_tasks{exported_namespace="n"}', config=targets()) == {"L001": "error"}
    assert found('shop_tasks{exported_namespace="n"}') == {"L001": "warning"}


def test_honoured_labels_stay() -> None:
    config = targets("namespace", honoured=("shop_*",))
    assert found('shop_tasks{namespace="n"}', config=config) == {}
    assert found('shop_tasks{exported_namespace="n"}', config=config) == {"L001": "error"}


def test_a_name_that_was_not_seen_is_a_warning_and_an_error_where_the_dump_is_complete() -> None:
    assert found("shop_carts") == {"M003": "warning"}
    assert found("shop_carts", complete=True) == {"M001": "error"}
    assert found("bank_accounts") == {}


def test_two_programs_on_a_host_never_have_the_same_instance() -> None:
    series = (
        {"__name__": "mongodb_up", "job": "mongodb", "instance": "a:9216"},
        {"__name__": "node_uname_info", "job": "node", "instance": "a:9100", "nodename": "a"},
    )
    assert found("mongodb_up * on (instance) group_left (nodename) node_uname_info", series=series) == {
        "V006": "warning"
    }
    assert found("mongodb_up * on () group_left (nodename) node_uname_info", series=series) == {}
    moved = 'label_replace(mongodb_up, "instance", "$1:9100", "instance", "(.*):.*")'
    assert found(f"{moved} * on (instance) group_left (nodename) node_uname_info", series=series) == {}


def told(**metric: Any) -> Config:
    return Config(Path(), metrics={"shop_jobs*": MetricConfig(**metric)})


@pytest.mark.parametrize(
    ("text", "config", "said"),
    [
        ("rate(shop_jobs[5m])", told(type="gauge"), {"T001": "error"}),
        ("rate(shop_jobs[5m])", told(type="gauge", monotonic=True), {}),
        ('shop_jobs{stat="x"}', told(type="gauge", labels=("state",)), {"L001": "error"}),
        (
            'shop_jobs{state="x"}',
            told(labels=("state?",), values={"state": ("up", "down")}),
            {"L002": "error"},
        ),
        ("sum(shop_jobs)", told(labels=("part?",), totals=("part",)), {"N004": "warning"}),
        ('shop_jobs{job="x"}', told(job=("a", "b")), {"L002": "error"}),
        ("shop_jobs > 2", told(type="gauge", low=0.0, high=1.0), {"U003": "warning"}),
        (
            'rate(shop_jobs_bucket{le="3"}[5m])',
            told(type="histogram", buckets=("0.5", "1.5")),
            {"H006": "error"},
        ),
        ("rate(shop_jobs[5m])", None, {"M003": "warning"}),
    ],
)
def test_what_the_configuration_says_of_a_metric_is_known(
    text: str, config: Config | None, said: dict[str, str]
) -> None:
    assert found(text, config=config) == said


def test_external_is_honoured_beside_a_catalogue() -> None:
    config = Config(Path(), external=("shop_c*",))
    assert found("shop_carts", config=config, complete=True) == {}
    assert found("shop_wagons", config=config, complete=True) == {"M001": "error"}


def test_the_old_half_of_new_or_old_is_no_error() -> None:
    config = Config(Path())
    knowledge = Knowledge(site_of(config, foreign=True), Told(config))
    text = "rate(prometheus_remote_storage_samples_failed_total[5m]) or rate(prometheus_remote_storage_failed_samples_total[5m])"
    report = lint([Query(text, Location("q"))], knowledge.exposition(()), config=config, knowledge=knowledge)
    assert [(one.code, str(one.severity)) for one in report.findings] == [("M001", "info")]


def test_a_rename_says_the_new_name() -> None:
    config = Config(Path())
    knowledge = Knowledge(site_of(config, foreign=True), Told(config))
    report = lint(
        [Query("rate(node_cpu[5m])", Location("q"))],
        knowledge.exposition(()),
        config=config,
        knowledge=knowledge,
    )
    [finding] = report.findings
    assert (finding.code, finding.help) == ("M001", "write 'node_cpu_seconds_total'")


def test_a_legend_with_the_name_need_not_show_the_number_that_goes_with_it() -> None:
    series = [f'shop_till{{id="{one}",name="n{one}",hall="{one % 2}"}} 1\n' for one in range(4)]
    panel: dict[str, Any] = {"use": Use.PANEL, "panel_type": "timeseries", "dump": "".join(series)}
    assert found("sum by (id, name) (shop_till)", legend="{{name}}", **panel) == {}
    assert found("sum by (id, hall) (shop_till)", legend="{{hall}}", **panel) == {"G002": "warning"}
