"""Health checks against real servers."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from tests.conftest import free_port

from ai_deployer.errors import InvalidDeploymentError, UnhealthyError
from ai_deployer.health import until_healthy
from ai_deployer.specification import HealthCheck, Specification, read_specification

Answer = Callable[[BaseHTTPRequestHandler], None]


def check(kind: str, **more: Any) -> HealthCheck:
    made: HealthCheck = TypeAdapter(HealthCheck).validate_python(
        {"kind": kind, "attempts": 3, "interval_seconds": 0.01, **more}
    )
    return made


async def nowhere(command: Sequence[str]) -> int:
    raise AssertionError(command)


def tries(one: HealthCheck, ca: Path | None = None) -> int:
    return asyncio.run(until_healthy(one, nowhere, ca))


def status(*codes: int) -> Answer:
    """Answer with these codes, the last of them for ever."""
    left = list(codes)

    def answer(request: BaseHTTPRequestHandler) -> None:
        code = left.pop(0) if len(left) > 1 else left[0]
        request.send_response(code)
        request.end_headers()
        request.wfile.write(b"release 7")

    return answer


@contextmanager
def served(answer: Answer, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve on a port of the loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name in the base class
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up is part of the test
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_release_that_answers_is_healthy() -> None:
    with served(status(200)) as port:
        assert tries(check("http", url=f"http://127.0.0.1:{port}/x?y=z", contains="release 7")) == 1


def test_a_release_is_given_several_tries() -> None:
    with served(status(503, 503, 200)) as port:
        assert tries(check("http", url=f"http://127.0.0.1:{port}/")) == 3


def test_a_release_that_answers_something_else_is_unhealthy() -> None:
    with (
        served(status(500)) as port,
        pytest.raises(UnhealthyError, match=r"after 3 tries: http://127\.0\.0\.1:\d+/ answers 500"),
    ):
        tries(check("http", url=f"http://127.0.0.1:{port}/"))


def test_an_old_release_that_still_answers_is_not_the_new_one() -> None:
    with served(status(200)) as port, pytest.raises(UnhealthyError, match="without 'release 8'"):
        tries(check("http", url=f"http://127.0.0.1:{port}/", contains="release 8"))


def test_a_redirect_is_not_followed() -> None:
    with served(status(302)) as port, pytest.raises(UnhealthyError, match="answers 302"):
        tries(check("http", url=f"http://127.0.0.1:{port}/"))


def test_a_release_that_hangs_is_unhealthy_within_the_deadline() -> None:
    released = threading.Event()
    start = time.monotonic()

    def hang(_: BaseHTTPRequestHandler) -> None:
        released.wait(30)

    with served(hang) as port:
        try:
            with pytest.raises(UnhealthyError, match="no answer within"):
                tries(
                    check(
                        "http",
                        url=f"http://127.0.0.1:{port}/",
                        attempts=1000,
                        timeout_seconds=0.1,
                        deadline_seconds=0.5,
                    )
                )
        finally:
            released.set()
    assert time.monotonic() - start < 10


def test_nothing_listening_is_unhealthy() -> None:
    with pytest.raises(UnhealthyError, match="ConnectionRefusedError"):
        tries(check("http", url=f"http://127.0.0.1:{free_port()}/"))


def test_an_open_port_is_healthy() -> None:
    with served(status(200)) as port:
        assert tries(check("tcp", host="127.0.0.1", port=port)) == 1


def test_a_closed_port_is_unhealthy() -> None:
    with pytest.raises(UnhealthyError, match="after 3 tries"):
        tries(check("tcp", host="127.0.0.1", port=free_port()))


def test_a_command_is_healthy_when_it_exits_with_0() -> None:
    codes = [1, 0]

    async def execute(command: Sequence[str]) -> int:
        assert command == ("is", "it up")
        return codes.pop(0)

    assert asyncio.run(until_healthy(check("command", command=["is", "it up"]), execute, None)) == 2


@pytest.fixture(scope="session")
def certificate(component: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, signed by itself, with its key."""
    folder = tmp_path_factory.mktemp("certificate")
    options = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=one -keyout key.pem -out one.pem"
    subprocess.run(
        [component("openssl"), *options.split(), "-addext", "subjectAltName=IP:127.0.0.1"],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder / "one.pem"


def context_of(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    return context


def test_a_certificate_that_is_trusted_is_healthy(certificate: Path) -> None:
    with served(status(200), context_of(certificate)) as port:
        assert tries(check("http", url=f"https://127.0.0.1:{port}/"), certificate) == 1


def test_a_certificate_that_is_not_trusted_is_unhealthy(certificate: Path) -> None:
    with (
        served(status(200), context_of(certificate)) as port,
        pytest.raises(UnhealthyError, match="no secure connection"),
    ):
        tries(check("http", url=f"https://127.0.0.1:{port}/"))


@pytest.mark.parametrize(
    "url", ["ftp://host/", "http://user:secret@host/", "http:///path", "http://host/a b", "http://h/\r\nX: y"]
)
def test_an_address_that_is_none_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(InvalidDeploymentError) as caught:
        read_specification(Specification, {"health": {"kind": "http", "url": url}})
    assert str(caught.value).startswith("spec.health.http.url: ")
    assert url not in str(caught.value)


def test_an_answer_without_an_end_is_not_read_to_it() -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while True:
            request.wfile.write(b"release 7 " * 6554)

    with served(endless) as port:
        assert tries(check("http", url=f"http://127.0.0.1:{port}/", contains="release 7")) == 1
        with pytest.raises(UnhealthyError, match="without 'release 8' in its first 64 KiB"):
            tries(check("http", url=f"http://127.0.0.1:{port}/", contains="release 8"))


def test_a_redirect_to_another_host_is_not_followed() -> None:
    asked: list[str] = []

    def redirect(port: int) -> Answer:
        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(307)
            request.send_header("Location", f"http://127.0.0.2:{port}/")
            request.end_headers()

        return answer

    def other(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        status(200)(request)

    with (
        served(other) as elsewhere,
        served(redirect(elsewhere)) as port,
        pytest.raises(UnhealthyError, match="answers 307"),
    ):
        tries(check("http", url=f"http://127.0.0.1:{port}/"))
    assert asked == []
