"""Serving ``/metrics`` from a thread of its own, so that a scrape never waits for the program, nor it for a scrape."""

from __future__ import annotations

import threading
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Self

import prometheus_client
from prometheus_client.exposition import MetricsHandler
from prometheus_client.registry import CollectorRegistry

from signalproof.errors import SignalproofError, caller
from signalproof.instrument.installation import latest
from signalproof.instrument.multiprocess import in_multiprocess_mode, of_all_processes

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


class _Handler(MetricsHandler):
    timeout = _SLOWEST_CLIENT_SECONDS
    server_version = "signalproof"
    sys_version = ""

    def do_GET(self) -> None:  # noqa: N802  # the name that http.server calls
        if self.path.partition("?")[0] == PATH:
            super().do_GET()
        else:
            self.send_error(HTTPStatus.NOT_FOUND, explain=f"the metrics are at {PATH}")


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
    handler = _Handler.factory(registry or prometheus_client.REGISTRY)
    try:
        http = ThreadingHTTPServer((address, port), handler)
    except OSError as error:
        raise SignalproofError(
            f"cannot serve on {address}:{port}: {error.strerror or error}",
            "choose another port; 0 takes a free one",
            where=caller(),
        ) from None
    http.daemon_threads = True
    return Server(http)
