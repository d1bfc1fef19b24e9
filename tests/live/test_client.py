"""The HTTP client."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from signalproof.errors import SignalproofError
from signalproof.live import client as module
from signalproof.live.address import address
from signalproof.live.client import Client

EXAMPLE = "http://127.0.0.1:9090"


@contextmanager
def answering(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """Serve every POST with *answer*; yield the URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            answer(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in http.server
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def reply(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def client_of(url: str, timeout: float = 10.0) -> Iterator[Client]:
    client = Client(address(url, EXAMPLE), timeout)
    try:
        yield client
    finally:
        client.close()


def test_a_request_reaches_its_path() -> None:
    with (
        answering(lambda one: reply(one, one.path.encode())) as url,
        client_of(f"{url}/prometheus/") as client,
    ):
        assert client.request("POST", "/api/v1/query", b"", {}).body == b"/prometheus/api/v1/query"


def test_the_query_of_the_url_is_kept() -> None:
    with (
        answering(lambda one: reply(one, one.path.encode())) as url,
        client_of(f"{url}/p?tenant=a") as client,
    ):
        assert client.request("POST", "/query?step=1", b"", {}).body == b"/p/query?step=1&tenant=a"


def test_a_user_in_the_url_is_sent_as_basic_authorization() -> None:
    with (
        answering(lambda one: reply(one, one.headers["Authorization"].encode())) as url,
        client_of(url.replace("//", "//anna:p%40ss@")) as client,
    ):
        assert client.request("POST", "/", b"", {}).body == b"Basic YW5uYTpwQHNz"


def test_a_password_is_never_shown() -> None:
    assert address("http://anna:secret@host:9090/p", EXAMPLE).shown == "http://host:9090/p"


def test_an_address_of_version_6_keeps_its_brackets() -> None:
    one = address("http://[::1]:9090", EXAMPLE)
    assert (one.host, one.shown) == ("::1", "http://[::1]:9090")


@pytest.mark.parametrize(
    "url", ["", "localhost:9090", "ftp://host", "http://", "http://host:port", "http://[::1"]
)
def test_what_is_no_url_is_a_clear_error(url: str) -> None:
    with pytest.raises(SignalproofError) as caught:
        address(url, EXAMPLE)
    assert caught.value.help == "write it like http://127.0.0.1:9090"


def test_a_refused_connection_names_the_url() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        with (
            client_of(url) as client,
            pytest.raises(SignalproofError, match=f"{url} does not answer") as caught,
        ):
            client.request("POST", "/", b"", {})
    assert caught.value.help


def test_a_server_that_says_nothing_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with client_of(url, 0.05) as client, pytest.raises(SignalproofError, match="no answer in time"):
            client.request("POST", "/", b"", {})


def test_a_server_that_speaks_no_http_is_a_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as strange:

        def speak() -> None:
            for _ in range(2):
                connection, _ = strange.accept()
                with connection:
                    connection.recv(1000)
                    connection.sendall(b"SSH-2.0-OpenSSH\r\n\r\n")

        thread = threading.Thread(target=speak)
        thread.start()
        url = f"http://127.0.0.1:{strange.getsockname()[1]}"
        with client_of(url) as client, pytest.raises(SignalproofError, match="does not answer"):
            client.request("POST", "/", b"", {})
        thread.join()


def test_a_kept_connection_that_was_closed_is_opened_again() -> None:
    def once(handler: BaseHTTPRequestHandler) -> None:
        reply(handler, b"yes")
        handler.close_connection = True  # without a header that says so

    with answering(once) as url, client_of(url) as client:
        assert [client.request("POST", "/", b"", {}).body for _ in range(3)] == [b"yes"] * 3


def test_an_answer_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 2**20)
    with (
        answering(lambda one: reply(one, bytes(2**20 + 1))) as url,
        client_of(url) as client,
        pytest.raises(SignalproofError, match="more than 1 MiB"),
    ):
        client.request("POST", "/", b"", {})


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("http://elsewhere.test/api?token=secret", "'http://elsewhere.test/api'"),
        ("https://user:secret@elsewhere.test/", "'https://elsewhere.test/'"),
        ("/login", "/login'"),
        ("//elsewhere.test", "'http://elsewhere.test'"),
        ("http://[x", "which is not followed"),
        ("x" * 9000, "which is not followed"),
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_is_named_without_its_secrets(
    place: str, said: str, status: int
) -> None:
    asked: list[str] = []

    def send_on(one: BaseHTTPRequestHandler) -> None:
        asked.append(one.path)
        one.send_response(status)
        one.send_header("Location", place)
        one.send_header("Content-Length", "0")
        one.end_headers()

    with answering(send_on) as url, client_of(url) as client, pytest.raises(SignalproofError) as caught:
        client.request("POST", "/api", b"", {"Authorization": "Basic secret"})
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)
    assert len(str(caught.value)) < 400
    assert asked == ["/api"]


def test_closing_ends_a_request_that_waits() -> None:
    asked = threading.Event()
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        client_of(f"http://127.0.0.1:{silent.getsockname()[1]}", 60) as client,
    ):

        def accept() -> None:
            connection, _ = silent.accept()
            with connection:
                connection.recv(1000)
                asked.set()
                connection.recv(1000)

        accepting = threading.Thread(target=accept)
        accepting.start()
        caught: list[SignalproofError] = []

        def ask() -> None:
            try:
                client.request("POST", "/", b"", {})
            except SignalproofError as error:
                caught.append(error)

        asking = threading.Thread(target=ask)
        asking.start()
        assert asked.wait(10)
        client.close()
        asking.join(10)
        accepting.join(10)
        assert [str(error).endswith("interrupted") for error in caught] == [True]
