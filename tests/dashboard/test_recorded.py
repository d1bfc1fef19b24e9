"""Recorded rates in queries: asked while all instances are shown, and the rates themselves while some are chosen."""

from __future__ import annotations

import pytest

from signalproof.catalogue.exposition import SCRAPE_SERIES, Exposition, Role, Series
from signalproof.catalogue.labels import LabelDomain
from signalproof.dashboard.filters import filtered
from signalproof.dashboard.recorded import recorded
from signalproof.promql.grafana import substitute
from signalproof.promql.parser import parse
from signalproof.promql.printer import to_text
from signalproof.promql.ways import answering

LABELS = {name: LabelDomain(name) for name in ("job", "status")}
RATE = Series("job_status:x:rate2m", "job_status:x:rate2m", Role.RECORDED, LABELS, rate_of="x_total")
EXPOSITION = Exposition(
    {**SCRAPE_SERIES, "x_total": Series("x_total", "x_total", Role.COUNTER), RATE.name: RATE}
)
JOB = (("job", "job"),)
BOTH = (("job", "job"), ("instance", "instance"))


def asked(text: str, labels: tuple[tuple[str, str], ...]) -> str:
    return to_text(recorded(filtered(parse(text), labels, EXPOSITION), labels, EXPOSITION))


@pytest.mark.parametrize(
    ("written", "rendered"),
    [
        ("sum(rate(x_total[5m]))", "sum(avg_over_time(job_status:x:rate2m[5m]))"),
        ("sum(increase(x_total[5m]))", "sum(avg_over_time(job_status:x:rate2m[5m]) * 300)"),
        (
            "sum(increase(x_total[$__rate_interval]))",
            "sum(avg_over_time(job_status:x:rate2m[$__rate_interval]) * $__rate_interval_ms / 1000)",
        ),
        (
            'sum by (status) (rate(x_total{status!="a"}[$__range] @ end()))',
            'sum by (status) (avg_over_time(job_status:x:rate2m{status!="a"}[$__range] @ end()))',
        ),
    ],
)
def test_a_sum_of_rates_is_a_sum_of_recorded_ones(written: str, rendered: str) -> None:
    assert asked(written, ()) == rendered


@pytest.mark.parametrize(
    "text",
    [
        "sum by (instance) (rate(x_total[5m]))",
        'sum(rate(x_total{instance="a"}[5m]))',
        "max(rate(x_total[5m]))",
        "sum without (instance) (rate(x_total[5m]))",
        "sum(rate(x_total[$window]))",
        "rate(x_total[5m])",
        "sum(rate(y_total[5m]))",
        "sum(x_total)",
    ],
)
def test_what_the_recorded_series_cannot_answer_stays(text: str) -> None:
    assert asked(text, ()) == text


def test_a_filter_that_the_recorded_series_has_is_all_that_is_asked() -> None:
    assert asked("sum(rate(x_total[5m]))", JOB) == 'sum(avg_over_time(job_status:x:rate2m{job=~"$job"}[5m]))'


def test_a_filter_that_it_lacks_leaves_both_ways() -> None:
    assert asked("sum(rate(x_total[5m])) > 0", BOTH) == (
        'sum(avg_over_time(job_status:x:rate2m{job=~"$job",instance=~"$instance"}[5m])) > 0'
        ' or sum(rate(x_total{job=~"$job",instance=~"$instance",instance!~"$instance$instance"}[5m])) > 0'
    )


@pytest.mark.parametrize(("chosen", "reads"), [(".*", RATE.name), ("(a|b)", "x_total"), ("a", "x_total")])
def test_only_one_of_the_ways_can_answer(chosen: str, reads: str) -> None:
    values = {"job": ".*", "instance": chosen}
    text = substitute(asked("sum(rate(x_total[5m]))", BOTH), values)
    assert reads in to_text(answering(parse(text)))
