"""What a panel derives: its unit and its legends."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from signalproof.infer.present import legend, panel_unit, unit_conflict
from signalproof.infer.value import Value

_P95 = "histogram_quantile(0.95, sum by (le, strategy) (rate(deploy_duration_seconds_bucket[5m])))"
_MEAN = "sum(rate(deploy_duration_seconds_sum[5m])) / sum(rate(deploy_duration_seconds_count[5m]))"
_SHARE = 'sum(rate(deploy_calls_total{status="success"}[5m])) / sum(rate(deploy_calls_total[5m]))'


@pytest.mark.parametrize(
    ("texts", "unit"),
    [
        ((_P95,), "s"),
        ((_P95, _MEAN), "s"),
        ((f"1000 * {_P95}",), "ms"),
        ((_SHARE,), "percentunit"),
        ((f"100 * {_SHARE}",), "percent"),
        (("sum(up) / count(up)",), "percentunit"),
        (("rate(deploy_calls_total[5m])",), "ops"),
        (("rate(deploy_calls_total[5m]) * 60",), "cpm"),
        (("increase(deploy_calls_total[1h])",), "short"),
        (("disk_bytes",), "bytes"),
        (("rate(received_bytes_total[5m])",), "binBps"),
        (("rate(received_bytes_total[5m]) * 8",), "binbps"),
        (("disk_bytes", "disk_limit_bytes", "5"), "bytes"),
        (("time() - last_run_timestamp_seconds",), "s"),
        (("last_run_timestamp_seconds * 1000",), "dateTimeAsIso"),
        (("balance > bool 3",), "none"),
        (("absent(balance)",), "none"),
        (("rate(deploy_duration_seconds_sum[5m])",), "none"),
        (("disk_bytes", _P95), ""),
        (("foreign",), ""),
        (("disk_bytes * disk_bytes",), ""),
        ((), ""),
    ],
)
def test_the_panel_shows_the_unit_its_queries_have_in_common(
    ask: Callable[[str], Value], texts: tuple[str, ...], unit: str
) -> None:
    assert panel_unit([ask(text) for text in texts]) == unit


def test_units_that_differ_are_named(ask: Callable[[str], Value]) -> None:
    reason = unit_conflict([ask("disk_bytes"), ask(_P95)])
    assert reason == "disk is in byte, deploy duration in second"


def test_an_unknown_unit_is_named(ask: Callable[[str], Value]) -> None:
    assert unit_conflict([ask("foreign")]) == "the unit of foreign is not known"


def test_a_unit_that_grafana_lacks_is_named(ask: Callable[[str], Value]) -> None:
    assert unit_conflict([ask("disk_bytes * disk_bytes")]) == "Grafana has no unit for byte^2"


def test_a_panel_with_a_unit_has_no_conflict(ask: Callable[[str], Value]) -> None:
    assert unit_conflict([ask(_P95), ask(_MEAN)]) == ""


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (_P95, "p95", "p95 {{strategy}}"),
        (_P95, "", "{{strategy}}"),
        (_MEAN, "mean", "mean"),
        (_MEAN, "", "deploy duration"),
        (_SHARE, "", "deploy calls"),
        ("queue_length", "", "{{strategy}} {{instance}} {{job}}"),
        ('queue_length{strategy="ssh", job="a", instance="b"}', "waiting", "waiting"),
        ("sum by (job, strategy) (queue_length)", "", "{{job}} {{strategy}}"),
        ("sum by (region) (somewhere)", "", "{{region}}"),
        ('{__name__=~"disk_bytes|disk_limit_bytes", job="a", instance="b"}', "", "{{__name__}}"),
        ("vector(1)", "", "value"),
        ("sum(disk_bytes) / sum(queue_length)", "", "disk"),
        ("sum(job:deploy:ratio)", "", "job deploy ratio"),
    ],
)
def test_a_legend_names_what_tells_the_series_apart(
    ask: Callable[[str], Value], text: str, name: str, expected: str
) -> None:
    assert legend(ask(text), name) == expected
