"""Clients that never finish cost neither the program nor other scrapes: time, threads and files stay bounded."""

from __future__ import annotations

import shutil
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from prometheus_client.registry import CollectorRegistry
from tests.conftest import StartPrometheus
from tests.instrument.certificates import self_signed

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import BoundedLabel, labels
from signalproof.catalogue.metric import Counter
from signalproof.instrument import connections, count, serve
from signalproof.instrument.exposition import Server
from signalproof.testing import record

SLOW_CLIENTS = 200
SECONDS = 3.0
"""Within which a scrape has to be answered all the same; alone it takes some hundredths."""


class Customer(BoundedLabel, at_most=20_000):
    pass


QUESTIONS = Counter("questions_total", "Questions.", labels(Customer))
CATALOGUE = Catalogue.of_entries([QUESTIONS])
Slow = Callable[[Server], list[socket.socket]]


def _connected(server: Server) -> socket.socket:
    one = socket.create_connection((server.address, server.port), timeout=20)
    # what the server cannot write is all but a little of a page
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    return one


def _many(server: Server, first: bytes) -> list[socket.socket]:
    found = []
    for _ in range(SLOW_CLIENTS):
        one = _connected(server)
        with suppress(OSError):
            one.sendall(first)
        found.append(one)
    return found


def silent(server: Server) -> list[socket.socket]:
    """Clients that connect and say nothing."""
    return _many(server, b"")


def trickling(server: Server) -> list[socket.socket]:
    """Clients that send a header, and then a byte now and then."""
    return _many(server, b"GET /metrics HTTP/1.1\r\nX: ")


def deaf(server: Server) -> list[socket.socket]:
    """Clients that ask for the page and do not read it."""
    return _many(server, b"GET /metrics HTTP/1.1\r\n\r\n")


def mixed(server: Server) -> list[socket.socket]:
    """Some of each."""
    return [one for make in (silent, trickling, deaf) for one in make(server)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    self_signed(folder, "server")
    (folder / "web.yml").write_text("tls_server_config: {cert_file: server.pem, key_file: server.key}\n")
    return folder


@pytest.fixture(params=["plain", "tls"])
def server(request: pytest.FixtureRequest, folder: Path) -> Iterator[Server]:
    """A server whose page does not fit into what the system keeps for a client."""
    with record(CATALOGUE, max_series=30_000) as recorded:
        for number in range(2_000):
            count(QUESTIONS, Customer(f"customer {number} {'x' * 60}"))
        web_config = folder / "web.yml" if request.param == "tls" else None
        with serve(0, registry=recorded.registry, web_config=web_config) as found:
            # which the clients' sockets inherit: the system keeps but a little of a page for them
            found._http.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            # whoever finds the queue of the system full tries again after a second, which nothing here is about
            found._http.socket.listen(4 * SLOW_CLIENTS)
            yield found


def _context(server: Server, folder: Path) -> ssl.SSLContext | None:
    return (
        ssl.create_default_context(cafile=folder / "server.pem") if server.url.startswith("https") else None
    )


def _scrape(server: Server, folder: Path) -> float:
    """Return how many seconds a small part of the page took."""
    start = time.monotonic()
    url = f"{server.url}?name[]=nothing"
    with urllib.request.urlopen(url, timeout=20, context=_context(server, folder)) as answer:
        answer.read()
    return time.monotonic() - start


def _files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _threads() -> int:
    return sum(one.name == "signalproof-scrape" for one in threading.enumerate())


@pytest.fixture(params=[silent, trickling, deaf, mixed])
def slow(request: pytest.FixtureRequest, server: Server) -> Iterator[list[socket.socket]]:
    """Two hundred slow clients, which go on sending a byte whenever they are asked to."""
    make: Slow = request.param
    clients = make(server)
    try:
        yield clients
    finally:
        for one in clients:
            one.close()


def _trickle(clients: list[socket.socket]) -> None:
    for one in clients:
        with suppress(OSError):
            one.send(b"x")


def test_a_scrape_is_answered_in_time_beside_slow_clients(
    server: Server, folder: Path, slow: list[socket.socket]
) -> None:
    took = []
    for _ in range(5):
        _trickle(slow)
        took.append(_scrape(server, folder))
    assert max(took) < SECONDS


def test_slow_clients_take_a_bounded_number_of_threads(
    server: Server, folder: Path, slow: list[socket.socket]
) -> None:
    _scrape(server, folder)
    # those who were cut off may still be on their way out; those who were not would be there for longer than this
    until = time.monotonic() + connections.READ_SECONDS / 2
    while (threads := _threads()) > connections.MOST_CONNECTIONS + 8 and time.monotonic() < until:
        pass
    assert threads <= connections.MOST_CONNECTIONS + 8


def test_slow_clients_take_a_bounded_number_of_files(
    server: Server, folder: Path, slow: list[socket.socket]
) -> None:
    _scrape(server, folder)
    assert _files() - len(slow) < connections.MOST_CONNECTIONS + 60


def _is_cut_off(client: socket.socket) -> bool:
    """Wait until the server hangs up."""
    client.settimeout(20)
    try:
        while client.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that waits for nobody."""
    monkeypatch.setattr(connections, "READ_SECONDS", 0.2)
    monkeypatch.setattr(connections, "WRITE_SECONDS", 0.2)


@pytest.mark.usefixtures("hasty")
def test_a_client_that_sends_a_byte_now_and_then_is_cut_off_all_the_same(server: Server) -> None:
    with _connected(server) as client:
        client.sendall(b"GET /metrics HTTP/1.1\r\nX: ")
        over = threading.Event()

        def trickle() -> None:
            while not over.wait(0.02):
                _trickle([client])

        thread = threading.Thread(target=trickle)
        thread.start()
        try:
            assert _is_cut_off(client)
        finally:
            over.set()
            thread.join()


@pytest.mark.usefixtures("hasty")
def test_a_client_that_takes_a_byte_now_and_then_is_cut_off_all_the_same(
    server: Server, folder: Path
) -> None:
    with _connected(server) as client:
        context = _context(server, folder)
        speaking = context.wrap_socket(client, server_hostname="localhost") if context else client
        with speaking:
            speaking.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
            got, pause = 0, threading.Event()
            with suppress(OSError):
                while some := speaking.recv(100):
                    got += len(some)
                    if server._http._connections:  # once it is cut off, there is only left what is on its way
                        pause.wait(0.005)
            assert 0 < got < 100_000


@pytest.mark.parametrize("server", ["plain"], indirect=True)
def test_what_is_longer_than_a_request_is_not_read(server: Server) -> None:
    with _connected(server) as client:
        sent = 0
        with suppress(OSError):
            client.sendall(b"GET /metrics HTTP/1.1\r\n")
            while sent < 50_000_000:
                sent += client.send(b"X: " + b"y" * 60_000 + b"\r\n")
        assert sent < 50_000_000


@pytest.mark.parametrize("server", ["plain"], indirect=True)
def test_an_answer_that_is_being_made_is_not_given_up_for_newcomers(server: Server, folder: Path) -> None:
    answers: list[bytes] = []

    def scrape() -> None:
        with urllib.request.urlopen(server.url, timeout=20) as answer:
            answers.append(answer.read())

    thread = threading.Thread(target=scrape)
    # two pages are made at once at most, so this scrape has to wait until it is let in
    turns = server._http.pages.turns
    with turns, turns:
        thread.start()
        while not any(one.until is None for one in list(server._http._connections)):
            pass
        clients = silent(server)
    thread.join()
    for one in clients:
        one.close()
    assert answers[0].endswith(b"\n")


@pytest.mark.parametrize("server", ["plain"], indirect=True)
def test_closing_the_server_hangs_up(server: Server) -> None:
    with _connected(server) as client, serve(0, registry=CollectorRegistry()) as other:
        with socket.create_connection((other.address, other.port), timeout=20) as second:
            while not other._http._connections:
                pass
            other.close()
            assert _is_cut_off(second)
        assert client.fileno() >= 0


def test_a_real_prometheus_scrapes_beside_slow_clients(
    server: Server, folder: Path, start_prometheus: StartPrometheus
) -> None:
    over = threading.Event()

    def attack() -> None:
        while not over.is_set():
            clients = mixed(server)
            _trickle(clients)
            over.wait(4)  # waves that leave the program, which they share with the server, time for scrapes
            for one in clients:
                one.close()

    thread = threading.Thread(target=attack)
    thread.start()
    shutil.copy(folder / "server.pem", folder / "ca.pem")
    scheme = server.url.partition(":")[0]
    prometheus = start_prometheus(
        f"""
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
- job_name: work
  scheme: {scheme}
  params: {{"name[]": [nothing]}}
  tls_config: {{ca_file: {folder / "ca.pem"}}}
  static_configs: [{{targets: ["127.0.0.1:{server.port}"]}}]
"""
    )
    try:
        prometheus.until('sum_over_time(up{job="work"}[30s]) >= 3')
        assert thread.is_alive()  # the waves were still coming
    finally:
        over.set()
        thread.join()
