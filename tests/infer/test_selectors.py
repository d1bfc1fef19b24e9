"""Selectors: what the catalogue says, after the matchers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from signalproof.catalogue.exposition import Exposition
from signalproof.infer.inference import infer
from signalproof.infer.value import Kind, Shape, Value
from signalproof.promql.parser import parse


def test_a_counter_has_its_labels_and_those_of_the_target(ask: Callable[[str], Value]) -> None:
    value = ask("deploy_calls_total")
    assert value.labels.certain == {"status", "strategy", "job", "instance"}
    assert not value.labels.open


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("deploy_calls_total", Kind.COUNTER),
        ("deploy_duration_seconds_bucket", Kind.BUCKET),
        ("deploy_duration_seconds_sum", Kind.SUM),
        ("deploy_duration_seconds_count", Kind.COUNT),
        ("queue_length", Kind.GAUGE),
        ("build_info", Kind.INFO),
        ("native_seconds", Kind.NATIVE),
        ("ping_seconds", Kind.QUANTILE),
        ("foreign", Kind.ANY),
    ],
)
def test_the_kind_follows_the_role_in_the_family(ask: Callable[[str], Value], text: str, kind: Kind) -> None:
    assert ask(text).kind is kind


def test_an_equality_matcher_leaves_one_value(ask: Callable[[str], Value]) -> None:
    assert ask('deploy_calls_total{status="success"}').labels.known["status"].values == frozenset({"success"})


def test_a_negative_matcher_takes_one_value_away(ask: Callable[[str], Value]) -> None:
    assert ask('deploy_calls_total{status!="success"}').labels.known["status"].values == frozenset(
        {
            "failure",
            "cancelled",
        }
    )


def test_a_regular_expression_leaves_the_values_it_matches(ask: Callable[[str], Value]) -> None:
    assert ask('deploy_calls_total{status=~"s.*|cancelled"}').labels.known["status"].values == frozenset(
        {
            "success",
            "cancelled",
        }
    )


def test_a_value_that_is_never_written_makes_the_result_void(ask: Callable[[str], Value]) -> None:
    assert "status='sucess'" in ask('deploy_calls_total{status="sucess"}').void


def test_a_label_that_is_never_there_makes_the_result_void(ask: Callable[[str], Value]) -> None:
    assert ask('deploy_calls_total{stratgy="ssh"}').void


def test_a_label_that_is_never_there_may_be_asked_to_be_missing(ask: Callable[[str], Value]) -> None:
    assert not ask('deploy_calls_total{stratgy=""}').void


def test_contradicting_matchers_make_the_result_void(ask: Callable[[str], Value]) -> None:
    assert ask('foreign{a="x", a="y"}').void


def test_a_matcher_that_excludes_the_empty_text_makes_a_label_certain(ask: Callable[[str], Value]) -> None:
    assert "region" not in ask("somewhere").labels.certain
    assert "region" in ask('somewhere{region!=""}').labels.certain


def test_a_matcher_for_the_empty_text_takes_the_label_away(ask: Callable[[str], Value]) -> None:
    assert not ask('somewhere{region=""}').labels.can_have("region")


def test_an_unknown_name_is_void_where_the_catalogue_is_complete(ask: Callable[[str], Value]) -> None:
    value = ask("nothing_like_it")
    assert value.void
    assert value.labels.open


def test_an_unknown_name_says_nothing_where_the_catalogue_is_not_complete(exposition: Exposition) -> None:
    value = infer(parse('nothing_like_it{a="b"}'), replace(exposition, complete=False)).root
    assert not value.void
    assert value.labels.known["a"].values == frozenset({"b"})
    assert value.labels.can_have("anything")


@pytest.mark.parametrize(
    "text", ["nothing", 'nothing{job!="a"}', "nothing{job=~'.*'}", 'nothing{job="$job"}']
)
def test_of_an_unknown_name_the_labels_of_every_scrape_are_certain(exposition: Exposition, text: str) -> None:
    labels = infer(parse(text), replace(exposition, complete=False)).root.labels
    assert labels.certain == {"job", "instance"}
    assert labels.can_have("region")


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("job:nothing:sum", set()),
        ("ALERTS", {"alertname", "alertstate"}),
        ('nothing{job=""}', {"instance"}),
        ('nothing{job=~"|a"}', {"instance"}),
        ('{job="a"}', {"job"}),
    ],
)
def test_what_rules_make_and_what_is_asked_without_a_label_may_lack_it(
    exposition: Exposition, text: str, certain: set[str]
) -> None:
    assert infer(parse(text), replace(exposition, complete=False)).root.labels.certain == certain


def test_a_label_that_the_configuration_does_not_name_as_one_of_the_scrape_is_not_certain(
    exposition: Exposition,
) -> None:
    world = replace(exposition, complete=False, target_labels=frozenset({"job"}))
    assert infer(parse("nothing"), world).root.labels.certain == {"job"}


def test_an_aggregate_never_meets_an_unknown_series_with_all_its_labels(exposition: Exposition) -> None:
    value = infer(parse("sum by (job) (nothing) / other"), replace(exposition, complete=False)).root
    assert value.void


def test_a_selector_without_a_name_unites_what_matches(ask: Callable[[str], Value]) -> None:
    value = ask('{__name__=~"disk_bytes|disk_limit_bytes"}')
    assert value.labels.names == frozenset({"disk_bytes", "disk_limit_bytes"})
    assert value.labels.certain == {"job", "instance"}
    assert str(value.unit) == "byte"


def test_a_recorded_series_has_no_target_labels_but_its_own(ask: Callable[[str], Value]) -> None:
    assert ask("job:deploy:ratio").labels.certain == {"job"}


def test_the_number_of_series_is_counted_per_target(ask: Callable[[str], Value]) -> None:
    assert ask("deploy_calls_total").cardinality == 6
    assert ask("tokens_total").cardinality == 4  # three models and "other"
    assert ask("hits_total").cardinality is None


def test_a_range_selector_is_a_range_vector_with_its_window(ask: Callable[[str], Value]) -> None:
    value = ask("queue_length[5m]")
    assert (value.shape, value.window) == (Shape.RANGE, 300.0)
