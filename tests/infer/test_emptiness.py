"""Whether a result may be empty, and why, in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from signalproof.catalogue.exposition import Exposition
from signalproof.infer.inference import infer
from signalproof.infer.value import Value
from signalproof.promql.parser import parse

_CALLS = "rate(deploy_calls_total[5m])"


@pytest.mark.parametrize(
    "text",
    [
        "deploy_calls_total",
        'deploy_calls_total{status="success"}',
        'deploy_calls_total{job!="", status=~"s.*"}',
        _CALLS,
        "rate(deploy_calls_total[$__rate_interval])",
        "increase(deploy_calls_total[$__range])",
        f"sum by (strategy) ({_CALLS})",
        "histogram_quantile(0.9, sum by (le) (rate(deploy_duration_seconds_bucket[5m])))",
        "rate(deploy_duration_seconds_sum[5m]) / rate(deploy_duration_seconds_count[5m])",
        f"sum({_CALLS}) / sum(queue_length)",
        f"sum by (strategy) ({_CALLS}) / sum by (strategy) (queue_length)",
        f"sum by (job) ({_CALLS}) / sum by (job) (rate(deploy_duration_seconds_count[5m]))",
        "sum(rate(lazy_total[5m])) or vector(0)",
        "vector(0) or lazy_total",
        "up",
        "vector(1)",
        "hour()",
        "5",
        "deploy_calls_total offset 1d",
        "max_over_time(queue_length[30s])",
        "max_over_time(sum(queue_length)[5m:1m])",
        "topk(3, queue_length)",
        "queue_length > bool 5",
        "label_replace(queue_length, 'a', 'b', '', '')",
        "absent(nothing_at_all)",
        "queue_length and queue_length",
        "lazy_total + fill_left(0) queue_length",
    ],
)
def test_what_is_always_there_is_never_empty(ask: Callable[[str], Value], text: str) -> None:
    assert ask(text).empty == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("lazy_total", "lazy_total may have no series yet"),
        ("tokens_total", "tokens_total may have no series yet"),
        ('deploy_calls_total{job="a"}', "no series may have job='a'"),
        ('deploy_calls_total{job="$job"}', "$job may choose a job that does not exist"),
        ("deploy_calls_total{$filters}", "the filters of $filters may leave nothing"),
        ("queue_length > 5", "the comparison may leave nothing"),
        ("rate(deploy_calls_total[15s])", "a window of 15s may hold fewer than 2 samples, one every 15s"),
        ("rate(deploy_calls_total[$__interval])", "the window $__interval may hold fewer than 2 samples"),
        ("max_over_time(sum(queue_length)[1m:5m])", "a window of 1m may hold fewer than one sample, one every 5m"),
        ("queue_length offset -5m", "it looks into the future"),
        ("queue_length @ 0", "nothing may have been scraped at the time after @"),
        ("queue_length unless queue_length", "everything on the left may be on the right, too"),
        ("queue_length / on (job) group_left () somewhere", "the two sides may have no labels in common"),
        ("busy_ratio / balance", "the two sides may come from targets with another"),
        ("absent(queue_length)", "it is empty as long as there is something"),
        ("topk(0, queue_length)", "topk may leave nothing"),
        ("histogram_count(queue_length)", "only native histograms have it"),
        ("clamp(balance, 5, 1)", "its lower bound may lie above the upper one"),
        ("lazy_total or lazy_total", "lazy_total may have no series yet"),
        ("max(native_seconds)", "native histograms alone"),
        ("histogram_quantile(0.9, sum(rate(deploy_duration_seconds_bucket[5m])))", "its input has no label le"),
        ("rate(topk(1, queue_length)[5m:1m])", "other series may be there at each step"),
        ("$anything", "nothing is known of it"),
    ],
)  # fmt: skip
def test_what_may_be_missing_says_why(ask: Callable[[str], Value], text: str, reason: str) -> None:
    assert reason in ask(text).empty


def test_the_scrape_interval_decides_whether_a_window_is_too_short(exposition: Exposition) -> None:
    node = parse(_CALLS)
    assert not infer(node, exposition, scrape_interval=60).root.empty
    assert infer(node, exposition, scrape_interval=240).root.empty


def test_nothing_that_is_void_is_said_to_be_there(ask: Callable[[str], Value]) -> None:
    value = ask('deploy_calls_total{status="sucess"} > 1')
    assert value.empty == value.void != ""
