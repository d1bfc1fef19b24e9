"""Filters: one matcher per filter in every selector that can have the label, and nothing else changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from signalproof.catalogue.exposition import SCRAPE_SERIES, Exposition, Role, Series
from signalproof.catalogue.family import Family, Type, series_of
from signalproof.catalogue.labels import LabelDomain
from signalproof.dashboard.filters import filtered
from signalproof.promql.parser import parse
from signalproof.promql.printer import to_text

EXPOSITION = Exposition(
    {
        **SCRAPE_SERIES,
        "x_total": Series("x_total", "x_total", Role.COUNTER),
        "job:x:rate5m": Series("job:x:rate5m", "job:x:rate5m", Role.RECORDED, {"job": LabelDomain("job")}),
        "x:rate5m": Series("x:rate5m", "x:rate5m", Role.RECORDED),
        "open:x:rate5m": Series("open:x:rate5m", "open:x:rate5m", Role.RECORDED, open=True),
    }
)
JOB = (("job", "job"),)
BOTH = (("job", "job"), ("instance", "instance"))


@pytest.mark.parametrize(
    ("written", "rendered"),
    [
        ("x_total", 'x_total{job=~"$job"}'),
        ('x_total{a="b"}', 'x_total{a="b",job=~"$job"}'),
        ("rate(x_total[5m])", 'rate(x_total{job=~"$job"}[5m])'),
        ("max_over_time(rate(x_total[5m])[1h:1m])", 'max_over_time(rate(x_total{job=~"$job"}[5m])[1h:1m])'),
        ("sum by (a) (x_total)", 'sum by (a) (x_total{job=~"$job"})'),
        ("topk(scalar(x_total), x_total)", 'topk(scalar(x_total{job=~"$job"}), x_total{job=~"$job"})'),
        ("x_total / x_total", 'x_total{job=~"$job"} / x_total{job=~"$job"}'),
        ("-x_total", '-x_total{job=~"$job"}'),
        ("x_total offset 5m", 'x_total{job=~"$job"} offset 5m'),
        ('label_replace(x_total, "a", "$1", "b", "(.*)")', None),
        ("vector(1)", "vector(1)"),
        ("time()", "time()"),
    ],
)
def test_every_selector_is_filtered(written: str, rendered: str | None) -> None:
    expected = rendered or written.replace("x_total", 'x_total{job=~"$job"}')
    assert to_text(filtered(parse(written), JOB, EXPOSITION)) == expected


def test_several_filters_keep_their_order() -> None:
    assert to_text(filtered(parse("up"), BOTH, EXPOSITION)) == 'up{job=~"$job",instance=~"$instance"}'


@pytest.mark.parametrize("matcher", ['job="a"', 'job!="a"', 'job=~"a|b"', 'job=~"$job"'])
def test_a_selector_with_a_matcher_of_its_own_is_left_alone(matcher: str) -> None:
    assert to_text(filtered(parse(f"up{{{matcher}}}"), JOB, EXPOSITION)) == f"up{{{matcher}}}"


def test_a_variable_is_called_as_declared() -> None:
    assert to_text(filtered(parse("up"), (("job", "app"),), EXPOSITION)) == 'up{job=~"$app"}'


def test_a_recorded_series_without_the_label_is_left_alone() -> None:
    assert to_text(filtered(parse("x:rate5m"), JOB, EXPOSITION)) == "x:rate5m"


def test_a_recorded_series_with_the_label_is_filtered() -> None:
    assert to_text(filtered(parse("job:x:rate5m"), BOTH, EXPOSITION)) == 'job:x:rate5m{job=~"$job"}'


def test_a_recorded_series_of_unknown_labels_is_filtered() -> None:
    assert to_text(filtered(parse("open:x:rate5m"), JOB, EXPOSITION)) == 'open:x:rate5m{job=~"$job"}'


def test_alerts_have_no_target_to_filter_by() -> None:
    assert to_text(filtered(parse("ALERTS"), JOB, EXPOSITION)) == "ALERTS"


def test_the_label_selector_of_info_is_left_alone() -> None:
    text = 'info(x_total, {version=~".+"})'
    assert to_text(filtered(parse(text), JOB, EXPOSITION)) == 'info(x_total{job=~"$job"}, {version=~".+"})'


def test_without_filters_nothing_changes() -> None:
    node = parse("rate(x_total[5m])")
    assert filtered(node, (), EXPOSITION) is node


def test_a_sum_of_thousands_of_terms_is_filtered() -> None:
    text = to_text(filtered(parse(" + ".join(["x_total"] * 5000)), JOB, EXPOSITION))
    assert text.count('x_total{job=~"$job"}') == 5000


def test_what_an_exporter_exposes_is_not_filtered_by_the_targets_of_the_applications() -> None:
    node = Family(name="node_load1", type=Type.GAUGE, help="Load.", open=True, source="node_exporter 1.12.1")
    with_node = replace(
        EXPOSITION,
        series={**EXPOSITION.series, **{one.name: one for one in series_of(node)}},
        families={**EXPOSITION.families, node.name: node},
    )
    tree = parse("sum(node_load1) / sum(up)")
    assert to_text(filtered(tree, [("job", "job")], with_node)) == 'sum(node_load1) / sum(up{job=~"$job"})'
