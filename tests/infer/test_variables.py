"""Grafana variables: nothing is known of what they stand for, and everything of what stands around them."""

from __future__ import annotations

from collections.abc import Callable

from signalproof.infer.value import UNKNOWN, Value


def test_a_variable_for_an_expression_is_unknown(ask: Callable[[str], Value]) -> None:
    assert ask("$query") == UNKNOWN


def test_a_variable_in_a_matcher_keeps_the_label_and_its_values(ask: Callable[[str], Value]) -> None:
    value = ask('deploy_calls_total{status=~"$status"}')
    assert value.labels.known["status"].values == frozenset({"success", "failure", "cancelled"})


def test_a_variable_as_metric_name_opens_the_labels(ask: Callable[[str], Value]) -> None:
    value = ask('${metric}_total{job="a"}')
    assert value.labels.open
    assert value.labels.certain == {"job"}
    assert not value.void


def test_a_variable_among_grouping_labels_makes_each_label_possible(ask: Callable[[str], Value]) -> None:
    value = ask("sum by (strategy, $by) (queue_length)")
    assert value.labels.certain == {"strategy"}
    assert set(value.labels.known) == {"strategy", "job", "instance"}
    assert not value.labels.open


def test_a_variable_among_the_labels_that_go_makes_none_certain(ask: Callable[[str], Value]) -> None:
    value = ask("sum without (job, $by) (queue_length)")
    assert value.labels.certain == frozenset()
    assert not value.labels.can_have("job")


def test_a_variable_in_on_proves_nothing_apart(ask: Callable[[str], Value]) -> None:
    assert not ask("sum by (strategy) (queue_length) / on ($by) balance").void


def test_a_variable_in_group_left_opens_the_labels(ask: Callable[[str], Value]) -> None:
    assert ask("queue_length * on (strategy) group_left ($extra) build_info").labels.open


def test_a_variable_as_parameter_leaves_the_rest_known(ask: Callable[[str], Value]) -> None:
    value = ask("topk($n, queue_length)")
    assert value.labels.certain == {"strategy", "job", "instance"}
    assert value.cardinality == 2


def test_a_variable_as_window_leaves_the_rest_known(ask: Callable[[str], Value]) -> None:
    value = ask("rate(received_bytes_total[$w])")
    assert (str(value.unit), value.window) == ("byte/second", None)


def test_a_variable_beside_an_operator_keeps_the_labels_of_the_vector(ask: Callable[[str], Value]) -> None:
    value = ask("queue_length > $limit")
    assert value.labels.certain == {"strategy", "job", "instance"}
    assert value.unit == ask("queue_length").unit


def test_a_variable_as_matcher_list_may_leave_nothing(ask: Callable[[str], Value]) -> None:
    value = ask("deploy_calls_total{$filters}")
    assert value.empty
    assert not value.void
    assert value.labels.certain == {"strategy", "status", "job", "instance"}


def test_a_variable_in_label_replace_loosens_every_label(ask: Callable[[str], Value]) -> None:
    value = ask('label_replace(queue_length, "$target", "x", "", "")')
    assert value.labels.open
    assert value.labels.known["strategy"].values is None
