from __future__ import annotations

from typing import Any

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import Instance, Job, labels
from signalproof.catalogue.metric import Counter, Gauge, Histogram
from signalproof.catalogue.operation import Status
from signalproof.catalogue.units import COUNT
from signalproof.errors import SignalproofError
from signalproof.infer.inference import infer
from signalproof.promql.build import increase, mean, peak, promql, quantile, rate, value
from signalproof.promql.expr import Expr
from signalproof.rules.naming import check_record, contradictions
from signalproof.rules.recording import RecordingRule

CALLS = Counter("shop_orders_total", "Orders taken.", labels(Status))
REFUNDS: Counter[Any] = Counter("shop_refunds_total", "Orders paid back.", labels())
SECONDS: Histogram[Any] = Histogram("shop_order_seconds", "Seconds per order.", labels())
OPEN: Gauge[Any] = Gauge("shop_carts", "Carts that are open.", labels(), COUNT, low=0)
EXPOSITION = Catalogue.of_entries([CALLS, REFUNDS, SECONDS, OPEN]).exposition()

PER_JOB = rate(CALLS, by=Job, window="5m")

SOUND: list[tuple[str, Expr]] = [
    ("job:shop_orders:rate5m", PER_JOB),
    ("job:shop_orders:sum_rate5m", PER_JOB),
    ("job_status:shop_orders:rate5m", rate(CALLS, by=(Status, Job), window="5m")),
    ("status_job:shop_orders:rate5m", rate(CALLS, by=(Status, Job), window="5m")),
    (":shop_orders:increase1h", increase(CALLS, window="1h")),
    ("job:shop_order_seconds:p95_rate5m", quantile(0.95, SECONDS, by=Job, window="5m")),
    ("job:shop_order_seconds:mean5m", mean(SECONDS, by=Job, window="5m")),
    ("job:shop_carts:max", value(OPEN, "max", by=Job)),
    ("job:shop_carts:max_over_time1h", peak(OPEN, by=Job, window="1h")),
    ("job:shop_carts:max1h", peak(OPEN, by=Job, window="1h")),
    ("job:shop_refunds_per_orders:ratio_rate5m", rate(REFUNDS, by=Job, window="5m") / PER_JOB),
    ("job:shop:refund_ratio_rate5m", rate(REFUNDS, by=Job, window="5m") / PER_JOB),
    ("job_instance:shop_carts:sum", value(OPEN, by=(Job, Instance))),
    ("whatever:anything:rate5m", promql("rate({__name__=~'foreign_.*'}[5m])")),
]

WRONG: list[tuple[str, Expr, str]] = [
    ("instance:shop_orders:rate5m", PER_JOB, "the level says 'instance', and the result has the labels job"),
    (":shop_orders:rate5m", PER_JOB, "the level says ''"),
    ("job:shop_orders:rate5m", rate(CALLS, window="5m"), "the result has no labels"),
    ("job:shop_sales:rate5m", PER_JOB, "the metric says 'shop_sales', and the expression reads shop_orders"),
    ("job:shop_orders:rate1m", PER_JOB, "the operations say rate1m, and the expression has rate[5m]"),
    ("job:shop_orders:increase5m", PER_JOB, "the operations say increase5m"),
    ("job:shop_orders:sum", PER_JOB, "the operations do not say rate5m"),
    ("job:shop_orders:ratio_rate5m", PER_JOB, "the operations say ratio, and the expression divides nothing"),
    ("job:shop_orders:max_rate5m", PER_JOB, "the operations say max, and the expression has none"),
    ("job:shop:rate5m", rate(REFUNDS, by=Job, window="5m") / PER_JOB, "the operations do not say so"),
    (
        "job:shop_order_seconds:p99_rate5m",
        quantile(0.95, SECONDS, by=Job, window="5m"),
        "the operations say p99, and the expression has no such quantile",
    ),
    (
        "job:shop_order_seconds:rate5m",
        quantile(0.95, SECONDS, by=Job, window="5m"),
        "the expression computes p95, and the operations do not say so",
    ),
]


def _problems(record: str, expr: Expr) -> list[str]:
    return [message for message, _ in contradictions(record, expr.node, infer(expr.node, EXPOSITION).root)]


@pytest.mark.parametrize(("record", "expr"), SOUND, ids=[record for record, _ in SOUND])
def test_a_name_that_says_what_is_computed_is_accepted(record: str, expr: Expr) -> None:
    assert _problems(record, expr) == []


@pytest.mark.parametrize(("record", "expr", "message"), WRONG, ids=[f"{one[0]} {one[2]}" for one in WRONG])
def test_a_name_that_contradicts_its_expression_is_reported(record: str, expr: Expr, message: str) -> None:
    assert any(message in one for one in _problems(record, expr)), _problems(record, expr)


def test_each_contradiction_carries_a_remedy() -> None:
    for record, expr, _ in WRONG:
        for _, remedy in contradictions(record, expr.node, infer(expr.node, EXPOSITION).root):
            assert remedy


def test_a_contradiction_names_the_line_of_the_rule() -> None:
    rule = RecordingRule("job:shop_sales:rate5m", PER_JOB, "Orders per second.")
    with pytest.raises(SignalproofError, match="shop_sales") as raised:
        check_record(rule.record, PER_JOB.node, infer(PER_JOB.node, EXPOSITION).root, rule.where)
    assert raised.value.where is not None
    assert raised.value.where.file == __file__


def test_a_rule_over_a_recorded_one_keeps_its_metric_and_names_its_operations_first() -> None:
    rule = RecordingRule("job:shop_orders:rate5m", PER_JOB, "Orders per second.")
    exposition = EXPOSITION.with_series([rule.series(EXPOSITION)])
    over = Expr(promql("max_over_time(job:shop_orders:rate5m[1h])").node)
    value_ = infer(over.node, exposition).root
    assert list(contradictions("job:shop_orders:max1h_rate5m", over.node, value_)) == []
    assert list(contradictions("job:shop_orders:min1h_rate5m", over.node, value_)) != []
