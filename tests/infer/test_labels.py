"""Grouping, joining and renaming: which labels the result has."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from signalproof.infer.value import Value

_RATE = "rate(deploy_calls_total[5m])"


@pytest.mark.parametrize(
    ("text", "certain", "possible"),
    [
        (f"sum({_RATE})", set(), set()),
        (f"sum by (strategy) ({_RATE})", {"strategy"}, {"strategy"}),
        (f"sum by (nothing) ({_RATE})", set(), set()),
        (f"sum without (status) ({_RATE})", {"strategy", "job", "instance"}, {"strategy", "job", "instance"}),
        ("sum by (region) (somewhere)", set(), {"region"}),
        (f"topk(3, {_RATE})", {"strategy", "status", "job", "instance"}, {"strategy", "status", "job", "instance"}),
        ('count_values("version", queue_length)', {"version"}, {"version"}),
        ('count_values without (job) ("job", queue_length)', {"strategy", "instance"}, {"strategy", "instance"}),
        ("histogram_quantile(0.9, sum by (le, strategy) (rate(deploy_duration_seconds_bucket[5m])))", {"strategy"}, {"strategy"}),
        (f"sum by (strategy) ({_RATE}) / on (strategy) sum by (strategy) (queue_length)", {"strategy"}, {"strategy"}),
        ("queue_length + ignoring (job) queue_length", {"strategy", "instance"}, {"strategy", "instance"}),
        ("queue_length * on (strategy) group_left (version) build_info", {"strategy", "job", "instance", "version"}, {"strategy", "job", "instance", "version"}),
        ("queue_length * on (job) group_left (region) somewhere", {"strategy", "job", "instance"}, {"strategy", "job", "instance", "region"}),
        ("build_info * on (strategy) group_right (version) queue_length", {"strategy", "job", "instance", "version"}, {"strategy", "job", "instance", "version"}),
        ("queue_length and on (strategy) build_info", {"strategy", "job", "instance"}, {"strategy", "job", "instance"}),
        ("queue_length unless busy_ratio", {"strategy", "job", "instance"}, {"strategy", "job", "instance"}),
        ("queue_length or busy_ratio", {"job", "instance"}, {"strategy", "job", "instance"}),
        ("sum(queue_length) or vector(0)", set(), set()),
        ('absent(queue_length{job="a", strategy=~"x", instance!="y"})', {"job"}, {"job"}),
        ('absent(queue_length{job="a", job="b"})', set(), set()),
        ("absent(sum(queue_length))", set(), set()),
        ('label_replace(balance, "kind", "all", "", "")', {"kind", "job", "instance"}, {"kind", "job", "instance"}),
        ('label_replace(balance, "job", "", "", "")', {"instance"}, {"instance"}),
        ('label_join(queue_length, "both", "-", "strategy", "job")', {"both", "strategy", "job", "instance"}, {"both", "strategy", "job", "instance"}),
        ("vector(1)", set(), set()),
        ("hour()", set(), set()),
    ],
)  # fmt: skip
def test_the_labels_of_a_result_are_those_that_prometheus_gives(
    ask: Callable[[str], Value], text: str, certain: set[str], possible: set[str]
) -> None:
    value = ask(text)
    assert value.labels.certain == certain
    assert not value.labels.open
    assert set(value.labels.known) == possible


@pytest.mark.parametrize(
    ("text", "label", "values"),
    [
        ('queue_length{strategy="ssh"}', "strategy", {"ssh"}),
        ('queue_length * on (strategy) queue_length{strategy="ssh"}', "strategy", {"ssh"}),
        ('queue_length and on (strategy) queue_length{strategy="ssh"}', "strategy", {"ssh"}),
        ('label_replace(queue_length, "strategy", "all", "strategy", ".*")', "strategy", {"all"}),
        (
            'label_replace(queue_length, "strategy", "all", "strategy", "ssh")',
            "strategy",
            {"all", "ssh", "docker"},
        ),
        ('label_replace(queue_length, "copy", "$1", "strategy", "(.*)")', "copy", {"ssh", "docker"}),
        ('label_join(queue_length, "copy", "-", "strategy", "region")', "copy", {"ssh-", "docker-"}),
        ("sum by (strategy) (queue_length) or sum by (strategy) (build_info)", "strategy", {"ssh", "docker"}),
    ],
)
def test_the_values_of_a_label_are_followed(
    ask: Callable[[str], Value], text: str, label: str, values: set[str]
) -> None:
    assert ask(text).labels.known[label].values == frozenset(values)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("queue_length", True),
        ("rate(deploy_calls_total[5m])", False),
        ("last_over_time(queue_length[5m])", True),
        ("queue_length > 5", True),
        ("queue_length > bool 5", False),
        ("-queue_length", False),
        ("+queue_length", True),
        ("sum by (__name__) (queue_length)", True),
        ("sum by (job) (queue_length)", False),
        ("topk(1, queue_length)", True),
        ("queue_length > on (job) group_left () balance", True),
        ("balance > on (job) balance", False),
    ],
)
def test_the_metric_name_is_dropped_where_prometheus_drops_it(
    ask: Callable[[str], Value], text: str, shown: bool
) -> None:
    assert ask(text).labels.can_have("__name__") is shown


def test_info_adds_the_labels_of_the_info_metric(ask: Callable[[str], Value]) -> None:
    value = ask('info(busy_ratio, {__name__="build_info"})')
    assert set(value.labels.known) == {"job", "instance", "strategy", "version"}
    assert value.labels.certain == {"job", "instance"}


def test_a_join_with_an_open_side_is_open_only_where_that_side_keeps_its_labels(
    ask: Callable[[str], Value],
) -> None:
    assert ask("foreign * on (job) group_left () balance").labels.open
    assert not ask("foreign * on (job, pod) balance").labels.open
    assert not ask("foreign + balance").labels.open


@pytest.mark.parametrize(
    "text",
    [
        "sum by (strategy) (queue_length) / balance",
        'queue_length{strategy="ssh"} / queue_length{strategy="docker"}',
        "sum(queue_length) / on (job) balance",
        "queue_length and balance",
        'balance * on (job) (queue_length{job="a"} * on (job) queue_length{job="b"})',
    ],
)
def test_sides_that_can_never_match_are_void(ask: Callable[[str], Value], text: str) -> None:
    assert ask(text).void


@pytest.mark.parametrize(
    "text",
    [
        "queue_length unless balance",
        "queue_length or balance",
        "queue_length / on (job) group_left () balance",
        "somewhere / balance",
        "foreign / queue_length",
        "queue_length + fill(0) balance",
    ],
)
def test_sides_that_may_match_are_not_void(ask: Callable[[str], Value], text: str) -> None:
    assert not ask(text).void
