"""The seam from end to end: a program of its own, its catalogue, and what its ``/metrics`` page shows."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.exposition import SCRAPE_SERIES, format_bound
from signalproof.catalogue.instrumentation import FAULTS
from signalproof.testing import assert_exposition_matches

PROGRAM = Path(__file__).with_name("sample_program.py")


@pytest.fixture(scope="module")
def program() -> ModuleType:
    """The program's module, imported but not run."""
    specification = importlib.util.spec_from_file_location("sample_program", PROGRAM)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=["client", "cells"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the running program serves its metrics, after it has done its work."""
    command = [sys.executable, str(PROGRAM), request.param]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield process.stdout.readline().strip()
        process.stdin.close()
        assert process.wait(timeout=20) == 0


def _page(url: str, accept: str = "text/plain") -> str:
    request = urllib.request.Request(url, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(answer.read().decode())


def _value(page: str, name: str, **labels: str) -> float:
    (value,) = (
        sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name == name and sample.labels == labels
    )
    return float(value)


def test_the_page_shows_every_series_of_the_catalogue_and_none_other(program: ModuleType, url: str) -> None:
    catalogue: Catalogue = program.CATALOGUE
    declared = set(catalogue.exposition().series) - set(SCRAPE_SERIES)
    shown = {
        sample.name for family in text_string_to_metric_families(_page(url)) for sample in family.samples
    }
    assert shown == declared | {FAULTS.name}


def test_the_page_has_the_labels_values_types_and_bounds_of_the_catalogue(
    program: ModuleType, url: str
) -> None:
    assert_exposition_matches(program.CATALOGUE, _page(url))


def test_what_the_inference_believes_of_each_series_is_what_the_page_shows(
    program: ModuleType, url: str
) -> None:
    series = program.CATALOGUE.exposition().series
    for family in text_string_to_metric_families(_page(url)):
        for sample in family.samples:
            if sample.name == FAULTS.name:
                continue
            known = series[sample.name]
            assert set(sample.labels) == set(known.labels)
            assert known.low <= sample.value <= known.high
            if "le" in sample.labels:
                assert sample.labels["le"] in {*map(format_bound, known.bounds), "+Inf"}


@pytest.mark.parametrize(
    ("name", "labels", "value"),
    [
        ("bake_calls_total", {"component": "baker", "bread": "rye", "status": "success"}, 2),
        ("bake_calls_total", {"component": "baker", "bread": "other", "status": "success"}, 2),
        ("bake_errors_total", {"component": "baker", "bread": "wheat", "error_type": "BurntError"}, 2),
        ("bake_duration_seconds_count", {"component": "baker", "bread": "wheat"}, 2),
        ("adapter_mill_calls_total", {"status": "success"}, 2),
        ("slice_calls_total", {"status": "success"}, 2),
        ("deliver_calls_total", {"status": "success"}, 2),
        ("bakery_day_calls_total", {"component": "baker", "status": "success"}, 2),
        ("bakery_day_running", {"component": "baker"}, 0),
        ("oven_loaves", {}, 0),
        ("loaves_sold_total", {"bread": "rye", "customer": "ann"}, 2),
    ],
)
def test_the_page_shows_what_the_program_did(
    url: str, name: str, labels: dict[str, str], value: float
) -> None:
    assert _value(_page(url), name, **labels) == value


def test_a_loop_that_turned_shows_when(url: str) -> None:
    assert _value(_page(url), "bakery_day_last_iteration_timestamp_seconds", component="baker") > 1.7e9


def test_the_page_is_valid_openmetrics_for_whoever_asks_for_it(url: str) -> None:
    page = _page(url, "application/openmetrics-text; version=1.0.0")
    families = {family.name for family in read_openmetrics(page)}  # type: ignore[no-untyped-call]  # prometheus_client left it untyped
    assert {"bake_calls", "bake_duration_seconds", "oven_loaves"} <= families


def test_no_fault_was_counted(url: str) -> None:
    assert {
        sample.value
        for family in text_string_to_metric_families(_page(url))
        for sample in family.samples
        if sample.name == FAULTS.name
    } == {0}


def test_promtool_finds_nothing_to_say_about_the_page(url: str, promtool: str) -> None:
    done = subprocess.run(
        [promtool, "check", "metrics"], input=_page(url), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
