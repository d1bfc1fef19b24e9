"""Serving ``/metrics`` from a thread of its own, so that a scrape never waits for the program, nor it for a scrape."""

from __future__ import annotations

import gzip
import os
import socket
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

from prometheus_client.exposition import choose_encoder, gzip_accepted
from prometheus_client.registry import CollectorRegistry

from signalproof.errors import SignalproofError, caller
from signalproof.instrument import forks
from signalproof.instrument.faults import LOGGER
from signalproof.instrument.installation import latest
from signalproof.instrument.multiprocess import in_multiprocess_mode, of_all_processes
from signalproof.instrument.page import render

PATH = "/metrics"
_SLOWEST_CLIENT_SECONDS = 10.0


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
        host = f"[{self.address}]" if ":" in self.address else self.address
        self.url = f"http://{host}:{self.port}{PATH}"
        self._process = os.getpid()
        self._thread = threading.Thread(
            target=http.serve_forever,
            kwargs={"poll_interval": 0.1},
            name="signalproof-exposition",
            daemon=True,
        )
        self._thread.start()

    def close(self) -> None:
        """Answer no more, and give the port back."""
        if os.getpid() == self._process:  # a forked child has the socket, but no thread to wait for
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()

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


class _IPv6Server(_Server):
    address_family = socket.AF_INET6


class _Handler(BaseHTTPRequestHandler):
    timeout = _SLOWEST_CLIENT_SECONDS
    server_version = "signalproof"
    sys_version = ""
    registry: CollectorRegistry
    complained = False

    def do_GET(self) -> None:  # the name that http.server calls
        path, _, query = self.path.partition("?")
        if path != PATH:
            self.send_error(HTTPStatus.NOT_FOUND, explain=f"the metrics are at {PATH}")
            return
        names = parse_qs(query).get("name[]")
        registry: Any = self.registry.restricted_registry(names) if names else self.registry
        encode, content_type = choose_encoder(self.headers.get("Accept", ""))
        try:
            page = render(registry, encode)
        except Exception:  # noqa: BLE001  # any collector may be in the registry, and the scraper is owed an answer
            if not self.complained:
                type(self).complained = True
                LOGGER.warning("the page cannot be made (logged once)", exc_info=True)
            self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR, explain="a collector is broken; see the log")
            return
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


def serve(port: int, *, address: str = "127.0.0.1", registry: CollectorRegistry | None = None) -> Server:
    """Serve the metrics of the installed catalogue on *port*, as text or OpenMetrics, whichever is asked for.

    Under ``PROMETHEUS_MULTIPROC_DIR`` the metrics of every process that writes there are served.

    Args:
        port: 0 takes a free one; see `Server.port`.
        address: Interface to bind to, IPv4 or IPv6; reachable from this machine only when left out.
        registry: What to expose; the registry of the latest installation when left out.

    Raises:
        SignalproofError: No catalogue is installed, or the port is taken.
    """
    forks.is_known()
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
    server = _IPv6Server if ":" in address else _Server
    try:
        http = server((address, port), handler)
    except OSError as error:
        raise SignalproofError(
            f"cannot serve on {address}:{port}: {error.strerror or error}",
            "choose another port; 0 takes a free one",
            where=caller(),
        ) from None
    return Server(http)
