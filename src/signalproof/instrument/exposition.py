"""Serving ``/metrics`` from a thread of its own, so that a scrape never waits for the program, nor it for a scrape."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable
from copy import copy
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

from prometheus_client.exposition import choose_encoder, gzip_accepted
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector, CollectorRegistry
from prometheus_client.samples import Sample

from signalproof.errors import SignalproofError, caller
from signalproof.instrument.faults import LOGGER
from signalproof.instrument.installation import latest
from signalproof.instrument.multiprocess import in_multiprocess_mode, of_all_processes

PATH = "/metrics"
_SLOWEST_CLIENT_SECONDS = 10.0
_SAMPLES_PER_PART, _PAUSE_SECONDS = 100, 0.0005
_END = b"# EOF\n"


class Server:
    """Answers ``GET /metrics`` until it is closed; made by `serve`.

    Attributes:
        address: Interface it is bound to.
        port: Port it is bound to.
        url: Where the metrics are.
    """

    def __init__(self, http: ThreadingHTTPServer) -> None:
        self._http = http
        self.address, self.port = str(http.server_address[0]), int(http.server_address[1])
        self.url = f"http://{self.address}:{self.port}{PATH}"
        self._thread = threading.Thread(
            target=http.serve_forever,
            kwargs={"poll_interval": 0.1},
            name="signalproof-exposition",
            daemon=True,
        )
        self._thread.start()

    def close(self) -> None:
        """Answer no more, and give the port back."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep it to the log: a scraper that hangs up is no business of the program's standard error."""
        LOGGER.debug("a scrape from %s failed", client_address, exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    timeout = _SLOWEST_CLIENT_SECONDS
    server_version = "signalproof"
    sys_version = ""
    registry: CollectorRegistry

    def do_GET(self) -> None:  # the name that http.server calls
        path, _, query = self.path.partition("?")
        if path != PATH:
            self.send_error(HTTPStatus.NOT_FOUND, explain=f"the metrics are at {PATH}")
            return
        names = parse_qs(query).get("name[]")
        registry: Any = self.registry.restricted_registry(names) if names else self.registry
        encode, content_type = choose_encoder(self.headers.get("Accept", ""))
        page = render(registry, encode)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        if gzip_accepted(self.headers.get("Accept-Encoding", "")):
            page = gzip.compress(page)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name that http.server gives it
        """Say nothing: a scrape comes every few seconds."""


class _Nothing:
    """An empty registry: its page is only what a page ends with."""

    def collect(self) -> list[Metric]:
        return []


class _Part:
    """A registry with some samples of one family."""

    def __init__(self, family: Metric, samples: list[Sample]) -> None:
        self._family = copy(family)
        self._family.samples = samples

    def collect(self) -> list[Metric]:
        return [self._family]


def render(registry: Collector, encode: Callable[[Collector], bytes]) -> bytes:
    """Return the page of *registry*, made in small parts with a pause after each.

    Whoever renders holds the interpreter's lock, and gives it up only every five milliseconds. The pauses let the
    program's other threads, an event loop above all, have it sooner.
    """
    parts: list[bytes] = []
    end = b""
    for family in registry.collect():
        for first in range(0, len(family.samples) or 1, _SAMPLES_PER_PART):
            part = encode(_Part(family, family.samples[first : first + _SAMPLES_PER_PART]))
            if part.endswith(_END):
                part, end = part.removesuffix(_END), _END
            while first and part.startswith(b"# "):  # the head of the family is there already
                part = part.partition(b"\n")[2]
            parts.append(part)
            time.sleep(_PAUSE_SECONDS)
    return b"".join(parts) + (end or encode(_Nothing()))


def serve(port: int, *, address: str = "127.0.0.1", registry: CollectorRegistry | None = None) -> Server:
    """Serve the metrics of the installed catalogue on *port*, as text or OpenMetrics, whichever is asked for.

    Under ``PROMETHEUS_MULTIPROC_DIR`` the metrics of every process that writes there are served.

    Args:
        port: 0 takes a free one; see `Server.port`.
        address: Interface to bind to; reachable from this machine only when left out.
        registry: What to expose; the registry of the latest installation when left out.

    Raises:
        SignalproofError: No catalogue is installed, or the port is taken.
    """
    installation = latest()
    if registry is None and installation is None:
        raise SignalproofError(
            "there is nothing to serve: no catalogue is installed",
            "call signalproof.instrument.install(CATALOGUE) before serve()",
            where=caller(),
        )
    if registry is None and in_multiprocess_mode():
        registry = of_all_processes()
    elif registry is None and installation is not None:
        registry = installation.registry
    handler = type("_HandlerOfARegistry", (_Handler,), {"registry": registry})
    try:
        http = _Server((address, port), handler)
    except OSError as error:
        raise SignalproofError(
            f"cannot serve on {address}:{port}: {error.strerror or error}",
            "choose another port; 0 takes a free one",
            where=caller(),
        ) from None
    return Server(http)
