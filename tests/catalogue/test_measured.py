"""What a metric measures is said once: by its name, its unit and its buckets, which cannot contradict each other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from signalproof.catalogue.buckets import HTTP, PRESETS, SIZE, Buckets
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.metric import Counter, Gauge, Histogram, Metric
from signalproof.catalogue.operation import Request
from signalproof.catalogue.units import (
    BYTES,
    CELSIUS,
    COUNT,
    EVENTS,
    GRAMS,
    METERS,
    RATIO,
    SECONDS,
    TIMESTAMP_SECONDS,
    UNITS,
    US_DOLLARS,
    Unit,
)  # fmt: skip
from signalproof.errors import SignalproofError


class Failure(ClosedLabel, name="error_type"):
    OTHER = "other"


@pytest.mark.parametrize(
    ("metric", "unit"),
    [
        (Counter("claude_cost_dollars_total", "Price.", labels()), US_DOLLARS),
        (Counter("sent_bytes_total", "Sent.", labels()), BYTES),
        (Counter("cpu_seconds_total", "Spent.", labels()), SECONDS),
        (Counter("requests_total", "Requests.", labels()), EVENTS),
        (Gauge("memory_bytes", "Used.", labels()), BYTES),
        (Gauge("last_run_timestamp_seconds", "When.", labels()), TIMESTAMP_SECONDS),
        (Gauge("hit_ratio", "Hits.", labels()), RATIO),
        (Gauge("bytes_in_flight", "Requests with bytes.", labels()), EVENTS),
        (Gauge("histograms", "Grams are none of it.", labels()), EVENTS),
        (Histogram("wait_seconds", "Wait.", labels()), SECONDS),
        (Histogram("answer_bytes", "Size.", labels()), BYTES),
        (Histogram("batch_size", "Items.", labels(), buckets=Buckets("items", (1.0, 10.0))), COUNT),
    ],
    ids=lambda one: one.name if isinstance(one, Metric) else "",
)
def test_the_name_gives_the_unit(metric: Metric[Any], unit: Unit) -> None:
    assert metric.unit == unit
    assert metric.family.unit == unit.dimension


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_a_preset_belongs_to_a_unit(preset: Buckets) -> None:
    assert preset.unit in UNITS.values()


@pytest.mark.parametrize(
    ("histogram", "preset"),
    [
        (Histogram("answer_bytes", "Size.", labels(), BYTES), "bytes"),
        (Histogram("answer_bytes", "Size.", labels()), "bytes"),
        (Histogram("answer_seconds", "Time.", labels()), "http"),
        (Histogram("answer_dollars", "Price.", labels()), "dollars"),
        (Histogram("answer_ratio", "Share.", labels()), "ratio"),
    ],
)
def test_a_histogram_has_the_buckets_of_its_unit(histogram: Histogram[Any], preset: str) -> None:
    assert histogram.buckets == PRESETS[preset]


@pytest.mark.parametrize(
    ("declare", "message", "remedy"),
    [
        (
            lambda: Histogram("answer_bytes", "Size.", labels(), SECONDS),
            "the name says bytes and the unit is seconds",
            "leave the unit out, or write 'answer_seconds'",
        ),
        (
            lambda: Counter("sent_bytes_total", "Sent.", labels(), EVENTS),
            "the name says bytes and the unit is a plain number",
            "leave the unit out, or write 'sent_total'",
        ),
        (
            lambda: Gauge("run_timestamp_seconds", "When.", labels(), SECONDS),
            "the name says timestamp_seconds and the unit is seconds",
            "leave the unit out, or write 'run_seconds'",
        ),
        (
            lambda: Gauge("oven_celsius", "Heat.", labels(), COUNT),
            "the name says celsius and the unit is a plain number",
            "'oven'",
        ),
        (
            lambda: Histogram("answer_bytes", "Size.", labels(), BYTES, buckets=HTTP),
            "the buckets 'http' are in seconds and the unit is bytes",
            "leave buckets out for those of 'bytes', or give its own: Buckets('answer_bytes', (…))",
        ),
        (
            lambda: Histogram("answer_seconds", "Time.", labels(), buckets=SIZE),
            "the buckets 'bytes' are in bytes and the unit is seconds",
            "leave buckets out for those of 'http'",
        ),
        (
            lambda: Histogram("bag_grams", "Weight.", labels(), GRAMS, buckets=HTTP),
            "the buckets 'http' are in seconds and the unit is grams",
            "give its own: Buckets('bag_grams', (…))",
        ),
        (
            lambda: Histogram("bag_grams", "Weight.", labels()),
            "there are no usual buckets for grams",
            "give its own: buckets=Buckets('bag', ",
        ),
        (
            lambda: Histogram("batch_size", "Items.", labels(), COUNT),
            "there are no usual buckets for a plain number",
            "buckets=Buckets('batch_size', ",
        ),
        (
            lambda: Histogram("answer_bytes", "Size.", labels(), buckets=Buckets("mine", (0.005, 1.0, 30.0))),
            "the bounds 'mine' look like seconds",
            "leave buckets out for those of 'bytes', or give bounds in bytes",
        ),
        (
            lambda: Request("ask", "a question", labels(), Failure, owner="app.ask", buckets="bytes"),
            "ask_duration_seconds: the buckets 'bytes' are in bytes",
            "leave buckets out",
        ),
        (lambda: Histogram("queue_length", "Jobs.", labels()), "the name does not say so", "_seconds"),
    ],
)
def test_a_contradiction_is_refused_where_it_is_declared(declare: Any, message: str, remedy: str) -> None:
    with pytest.raises(SignalproofError) as caught:
        declare()
    assert message in str(caught.value)
    assert remedy in caught.value.help
    assert caught.value.where is not None
    assert caught.value.where.file == __file__


def test_meters_may_be_things_that_are_counted() -> None:
    assert Gauge("gas_meters", "Meters installed.", labels(), COUNT).unit == COUNT


@pytest.mark.parametrize("unit", [CELSIUS, METERS])
def test_a_unit_that_the_name_says_may_be_said_again(unit: Unit) -> None:
    assert Gauge(f"oven_{unit.suffix}", "Oven.", labels(), unit).unit == unit


def test_the_error_is_three_lines_with_the_place_and_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "sizes.py").write_text(
        "from signalproof.catalogue.buckets import HTTP\n"
        "from signalproof.catalogue.labels import labels\n"
        "from signalproof.catalogue.metric import Histogram\n"
        'SIZE = Histogram("answer_bytes", "Bytes per answer.", labels(), buckets=HTTP)\n'
    )
    done = subprocess.run(
        [sys.executable, "-c", "import sizes"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stderr.splitlines()[-3:] == [
        "signalproof.errors.SignalproofError: answer_bytes: the buckets 'http' are in seconds and the unit is bytes",
        "  --> sizes.py:4",
        "  help: leave buckets out for those of 'bytes', or give its own: Buckets('answer_bytes', (…))",
    ]


def test_buckets_of_bytes_are_exposed_for_bytes() -> None:
    families = {
        one.name: one for one in Catalogue.of_entries([Histogram("a_bytes", "A.", labels())]).families
    }
    bounds = list(families["a_bytes"].buckets or ())
    assert bounds[:1] + bounds[-1:] == ["128.0", "6.7108864e+07"]
