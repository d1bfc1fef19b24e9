"""The page is served from a thread, on this machine only unless told otherwise, in the format that is asked for."""

from __future__ import annotations

import gzip
import os
import socket
import struct
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.registry import Collector, CollectorRegistry

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, labels
from signalproof.catalogue.metric import Counter
from signalproof.catalogue.operation import Request
from signalproof.errors import SignalproofError
from signalproof.instrument import count, install, serve, track_request
from signalproof.instrument.exposition import Server
from signalproof.instrument.page import render
from signalproof.testing import assert_exposition_matches, record


class Failure(ClosedLabel, name="error_type"):
    OTHER = "other"


class Customer(BoundedLabel, at_most=300):
    pass


WORK = Request("work", "a piece of work", labels(), Failure, owner="app.work")
CATALOGUE = Catalogue.of_entries([WORK])


@pytest.fixture
def server() -> Iterator[Server]:
    with record(CATALOGUE), serve(0) as found:
        yield found


def _get(url: str, **headers: str) -> tuple[str, bytes]:
    request = urllib.request.Request(url, headers={k.replace("_", "-"): v for k, v in headers.items()})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(answer.headers["Content-Type"]), bytes(answer.read())


def test_the_page_is_that_of_the_catalogue(server: Server) -> None:
    assert_exposition_matches(CATALOGUE, _get(server.url)[1].decode())


def test_the_page_follows_the_calls(server: Server) -> None:
    track_request(WORK)(lambda: 1)()
    assert b'work_calls_total{status="success"} 1.0' in _get(server.url)[1]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/plain", "text/plain"),
        ("*/*", "text/plain"),
        ("application/openmetrics-text; version=1.0.0", "application/openmetrics-text"),
    ],
)
def test_the_format_is_the_one_that_is_asked_for(server: Server, accept: str, kind: str) -> None:
    assert _get(server.url, Accept=accept)[0].startswith(kind)


def test_the_page_is_compressed_for_whoever_can_read_it(server: Server) -> None:
    packed = _get(server.url, Accept_Encoding="gzip")[1]
    assert gzip.decompress(packed) == _get(server.url)[1]


def test_some_names_may_be_asked_for(server: Server) -> None:
    page = _get(f"{server.url}?name[]=work_calls_total")[1].decode()
    assert {line.partition("{")[0] for line in page.splitlines() if line[0] != "#"} == {"work_calls_total"}


@pytest.mark.parametrize("encode", [generate_latest, generate_openmetrics])
def test_a_page_made_in_parts_is_the_page_made_at_once(encode: Callable[[Collector], bytes]) -> None:
    questions = Counter("questions_total", "Questions.", labels(Customer))
    catalogue = Catalogue.of_entries([WORK, questions])
    with record(catalogue) as recorded:
        for number in range(250):
            count(questions, Customer(f"# {number}\n# TYPE"))
        assert render(recorded.registry, encode) == encode(recorded.registry)


@pytest.mark.parametrize("encode", [generate_latest, generate_openmetrics])
def test_the_page_of_an_empty_registry_is_right_too(encode: Callable[[Collector], bytes]) -> None:
    assert render(CollectorRegistry(), encode) == encode(CollectorRegistry())


def test_a_scraper_that_hangs_up_writes_nothing_to_the_programs_standard_error(
    server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection((server.address, server.port), timeout=20) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(b"GET /metrics HTTP/1.1\r\n")
    _get(server.url)
    assert capfd.readouterr().err == ""


def test_the_server_listens_on_this_machine_only(server: Server) -> None:
    assert server.address == "127.0.0.1"


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 on this machine")
def test_the_server_can_listen_on_ipv6() -> None:
    with record(CATALOGUE):
        try:
            server = serve(0, address="::1")
        except SignalproofError as error:
            pytest.skip(str(error))
        with server:
            assert_exposition_matches(CATALOGUE, _get(server.url)[1].decode())


def test_the_server_runs_in_a_thread_that_does_not_keep_the_program_alive(server: Server) -> None:
    (thread,) = (one for one in threading.enumerate() if one.name == "signalproof-exposition")
    assert thread.daemon


def test_there_is_nothing_but_the_page(server: Server) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        _get(server.url.replace("/metrics", "/etc"))


class _BrokenCollector(Collector):
    broken = True

    def collect(self) -> list[Metric]:
        if self.broken:
            raise RuntimeError("no numbers")
        return []


def test_a_broken_collector_is_answered_with_an_error_and_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with record(CATALOGUE) as recorded, serve(0) as server:
        collector = _BrokenCollector()
        collector.broken = False
        recorded.registry.register(collector)
        collector.broken = True
        for _ in range(2):
            with pytest.raises(urllib.error.HTTPError, match="500"):
                _get(server.url)
        collector.broken = False
        assert_exposition_matches(CATALOGUE, _get(server.url)[1].decode())
    assert [one.message for one in caplog.records if one.name == "signalproof.instrument"] == [
        "the page cannot be made (logged once)"
    ]


def test_a_port_that_is_taken_is_a_mistake_with_a_remedy(server: Server) -> None:
    with pytest.raises(SignalproofError, match="cannot serve on") as caught:
        serve(server.port)
    assert "another port" in caught.value.help


def test_a_closed_server_gives_its_port_back() -> None:
    with record(CATALOGUE):
        with serve(0) as first:
            pass
        with serve(first.port) as second:
            assert second.port == first.port


def test_serving_before_anything_is_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signalproof.instrument.installation._INSTALLED", [])
    with pytest.raises(SignalproofError, match="no catalogue is installed") as caught:
        serve(0)
    assert "install(CATALOGUE)" in caught.value.help


def test_a_registry_may_be_served_without_a_catalogue() -> None:
    with serve(0, registry=CollectorRegistry()) as server:
        assert _get(server.url)[1] == b""


def test_a_scrape_is_answered_while_the_program_is_busy(server: Server) -> None:
    answers: list[bytes] = []
    thread = threading.Thread(target=lambda: answers.append(_get(server.url)[1]))
    thread.start()
    while thread.is_alive():
        sum(range(1000))
    assert answers[0].endswith(b"\n")


WORKER = """
import sys
from prometheus_client.registry import CollectorRegistry
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, labels
from signalproof.catalogue.metric import Counter
from signalproof.catalogue.metric import Gauge
from signalproof.catalogue.operation import Loop, Request
from signalproof.catalogue.units import COUNT
from signalproof.instrument import install, iteration, serve, set_gauge, track_request

class Failure(ClosedLabel, name="error_type"):
    OTHER = "other"

class Customer(BoundedLabel, at_most=300):
    pass


WORK = Request("work", "a piece of work", labels(), Failure, owner="app.work")
TURN = Loop("turn", "a turn", labels(), Failure, owner="app.run")
LENGTH = Gauge("queue_length", "Tasks in the queue.", labels(), COUNT)
CATALOGUE = Catalogue.of_entries([WORK, TURN, LENGTH])
install(CATALOGUE, CollectorRegistry(), backend="cells", now=lambda: float(sys.argv[1]))

@track_request(WORK)
def work():
    pass

for _ in range(int(sys.argv[1])):
    work()
with iteration(TURN):
    set_gauge(LENGTH, 2)
"""

COLLECTOR = """
import urllib.request
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from signalproof.instrument import serve
from signalproof.testing import assert_exposition_matches
with serve(0) as server:
    page = urllib.request.urlopen(server.url).read().decode()
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
    other = urllib.request.urlopen(urllib.request.Request(server.url, headers=accept)).read().decode()
assert_exposition_matches(CATALOGUE, page)
assert "work_calls" in {family.name for family in text_string_to_metric_families(other)}
print(page)
"""


def test_several_processes_show_one_page(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    workers = [
        subprocess.Popen([sys.executable, "-c", WORKER, count], env=environment) for count in ("10", "32")
    ]
    assert [worker.wait(timeout=60) for worker in workers] == [0, 0]
    collector = WORKER.replace("with iteration(TURN):\n    set_gauge(LENGTH, 2)\n", "") + COLLECTOR
    done = subprocess.run(
        [sys.executable, "-c", collector, "0"],
        env=environment, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert 'work_calls_total{status="success"} 42.0' in lines
    assert "work_duration_seconds_count 42.0" in lines
    assert "turn_last_iteration_timestamp_seconds 32.0" in lines
    assert "queue_length 4.0" in lines


def test_installing_cells_for_several_processes_says_that_it_does_not(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("signalproof.instrument.installation.in_multiprocess_mode", lambda: True)
    with caplog.at_level("INFO"), install(CATALOGUE, CollectorRegistry(), backend="cells"):
        pass
    assert "the 'client' backend stands in for 'cells'" in caplog.text
