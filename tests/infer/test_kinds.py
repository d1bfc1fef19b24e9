"""What the samples of a result mean."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from signalproof.infer.value import Kind, Value


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("rate(deploy_calls_total[5m])", Kind.RATE),
        ("increase(deploy_duration_seconds_sum[5m])", Kind.RATE),
        ("rate(deploy_duration_seconds_bucket[5m])", Kind.RATED_BUCKET),
        ("sum by (le) (rate(deploy_duration_seconds_bucket[5m]))", Kind.RATED_BUCKET),
        ("rate(native_seconds[5m])", Kind.RATED_NATIVE),
        ("rate(queue_length[5m])", Kind.ANY),
        ("histogram_quantile(0.9, rate(deploy_duration_seconds_bucket[5m]))", Kind.QUANTILE),
        ("max(histogram_quantile(0.9, rate(deploy_duration_seconds_bucket[5m])))", Kind.QUANTILE),
        ("avg(histogram_quantile(0.9, rate(deploy_duration_seconds_bucket[5m])))", Kind.GAUGE),
        ("1000 * histogram_quantile(0.9, rate(deploy_duration_seconds_bucket[5m]))", Kind.QUANTILE),
        ("sum(deploy_calls_total)", Kind.COUNTER),
        ("deploy_calls_total + deploy_calls_total", Kind.COUNTER),
        ("deploy_calls_total - deploy_calls_total", Kind.GAUGE),
        ("count(deploy_calls_total)", Kind.GAUGE),
        ("delta(deploy_calls_total[5m])", Kind.GAUGE),
        ("max_over_time(deploy_calls_total[5m])", Kind.GAUGE),
        ("last_over_time(deploy_calls_total[5m])", Kind.COUNTER),
        ("rate(deploy_calls_total[5m]) * 60", Kind.RATE),
        ("rate(deploy_calls_total[5m]) + rate(deploy_calls_total[5m])", Kind.RATE),
        ("rate(deploy_calls_total[5m]) / rate(deploy_calls_total[5m])", Kind.GAUGE),
        ("rate(deploy_calls_total[5m]) * on (strategy) group_left () build_info", Kind.RATE),
        ("rate(deploy_calls_total[5m]) or vector(0)", Kind.RATE),
        ("rate(deploy_calls_total[5m]) > 5", Kind.RATE),
        ("rate(deploy_calls_total[5m]) > bool 5", Kind.BOOL),
        ("queue_length or rate(deploy_calls_total[5m])", Kind.ANY),
        ("queue_length and deploy_calls_total", Kind.GAUGE),
        ("-deploy_calls_total", Kind.GAUGE),
        ("5 * 60", Kind.NUMBER),
        ("vector(5 * 60)", Kind.NUMBER),
        ("pi()", Kind.NUMBER),
        ("timestamp(deploy_calls_total)", Kind.GAUGE),
        ("histogram_count(native_seconds)", Kind.COUNT),
        ("histogram_sum(rate(native_seconds[5m]))", Kind.RATE),
        ("foreign + queue_length", Kind.ANY),
    ],
)
def test_the_kind_follows_from_the_operation(ask: Callable[[str], Value], text: str, kind: Kind) -> None:
    assert ask(text).kind is kind
