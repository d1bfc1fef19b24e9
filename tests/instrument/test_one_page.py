"""What the numbers of one page have to do with each other while eight threads are counting."""

from __future__ import annotations

import itertools
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, labels
from signalproof.catalogue.metric import Counter
from signalproof.catalogue.operation import Request
from signalproof.instrument import count, serve, track_request
from signalproof.instrument.page import render
from signalproof.testing import Recorded, record

THREADS, PAGES = 8, 12


class Failure(ClosedLabel, name="error_type"):
    KEY = "KeyError"
    OTHER = "other"


class Customer(BoundedLabel, at_most=2000):
    pass


WORK = Request("work", "a piece of work", labels(), Failure, owner="app.work")
# between the families of the operation on the page, so that making it takes some time
FILLERS = [Counter(f"filler{number}_total", "Filler.", labels(Customer)) for number in range(2)]
CATALOGUE = Catalogue.of_entries([WORK, *FILLERS])
Page = dict[str, float]
_local = threading.local()


def _clock() -> float:
    """Every call takes one second: a clock for each thread, which goes on when it is looked at."""
    if not hasattr(_local, "seconds"):
        _local.seconds = itertools.count()
    return float(next(_local.seconds))


@contextmanager
def _load() -> Iterator[None]:
    """Let eight threads call tracked functions, one of three calls failing."""
    over = threading.Event()

    @track_request(WORK)
    def work(number: int) -> None:
        if number % 3 == 0:
            raise KeyError

    def run() -> None:
        for number in itertools.count():
            with suppress(KeyError):
                work(number)
            if over.is_set():
                return

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for thread in threads:
            thread.start()
        yield
    finally:
        sys.setswitchinterval(before)
        over.set()
        for thread in threads:
            thread.join()


def _read(text: str) -> Page:
    found: Page = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if not sample.name.startswith("filler"):
                found[sample.name + "".join(f" {value}" for value in sample.labels.values())] = sample.value
    return found


def _pages(backend: str, make: Callable[[Recorded], str] | None = None) -> list[Page]:
    """Return some pages, made one after the other while the numbers rise."""
    with record(CATALOGUE, backend, clock=_clock, max_series=5000) as recorded:  # type: ignore[arg-type]  # one of two
        for filler in FILLERS:
            for number in range(500):
                count(filler, Customer(str(number)))
        with serve(0) as server, _load():
            texts = [
                urllib.request.urlopen(server.url, timeout=60).read().decode()
                if make is None
                else make(recorded)
                for _ in range(PAGES)
            ]
    return [_read(text) for text in texts]  # beside eight threads this takes longer than making them


@pytest.fixture(scope="module")
def cells() -> list[Page]:
    return _pages("cells")


@pytest.fixture(scope="module")
def client() -> list[Page]:
    return _pages("client")


@pytest.fixture(scope="module", params=["cells", "client"])
def pages(request: pytest.FixtureRequest) -> list[Page]:
    found: list[Page] = request.getfixturevalue(request.param)
    return found


def _duration(page: Page, what: str) -> float:
    return page[f"work_duration_seconds_{what}"]


def test_the_count_of_a_histogram_is_that_of_its_last_bucket(pages: list[Page]) -> None:
    assert [one for one in pages if _duration(one, "count") != _duration(one, "bucket +Inf")] == []


def test_no_bucket_holds_less_than_one_below_it(pages: list[Page]) -> None:
    for page in pages:
        buckets = [value for name, value in page.items() if name.startswith("work_duration_seconds_bucket")]
        assert buckets == sorted(buckets)


def test_no_number_falls_from_one_page_to_the_next(pages: list[Page]) -> None:
    for before, after in itertools.pairwise(pages):
        assert [name for name in before if after[name] < before[name]] == []


def test_of_cells_the_sum_is_that_of_the_calls_that_are_counted(cells: list[Page]) -> None:
    assert [one for one in cells if _duration(one, "sum") != _duration(one, "count")] == []


def test_of_cells_the_calls_are_those_of_the_histogram(cells: list[Page]) -> None:
    ended = [one["work_calls_total success"] + one["work_calls_total failure"] for one in cells]
    assert ended == [_duration(one, "count") for one in cells]


def test_of_cells_the_errors_are_those_of_the_failed_calls(cells: list[Page]) -> None:
    errors = [one["work_errors_total KeyError"] + one["work_errors_total other"] for one in cells]
    assert errors == [one["work_calls_total failure"] for one in cells]


def test_of_cells_a_histogram_agrees_with_itself_on_pages_that_others_make() -> None:
    pages = _pages("cells", lambda recorded: generate_latest(recorded.registry).decode())
    assert [one for one in pages if _duration(one, "sum") != _duration(one, "count")] == []


def test_a_page_that_failed_half_way_leaves_nothing_for_the_next_one() -> None:
    class StopError(Exception):
        pass

    def stop(_: object) -> bytes:
        raise StopError

    with record(CATALOGUE, "cells", clock=_clock) as recorded:
        with suppress(StopError):
            render(recorded.registry, stop)
        track_request(WORK)(lambda: 1)()
        assert _read(render(recorded.registry, generate_latest).decode())["work_calls_total success"] == 1.0
