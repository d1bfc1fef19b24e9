"""Serving ``/metrics`` from a thread of its own, so that a scrape never waits for the program, nor it for a scrape."""

from __future__ import annotations

import gzip
import os
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs

from prometheus_client.exposition import choose_encoder, gzip_accepted
from prometheus_client.registry import Collector, CollectorRegistry

from signalproof.errors import SignalproofError, caller
from signalproof.instrument import forks
from signalproof.instrument.connections import BoundedHandler, BoundedServer
from signalproof.instrument.faults import LOGGER
from signalproof.instrument.installation import latest
from signalproof.instrument.multiprocess import in_multiprocess_mode, of_all_processes
from signalproof.instrument.page import render

if TYPE_CHECKING:
    from signalproof.instrument.access import Gate

PATH = "/metrics"


class Server:
    """Answers ``GET /metrics`` until it is closed; made by `serve`.

    A page is what `signalproof.instrument.page` says, and no snapshot of all numbers at one moment.

    Attributes:
        address: Interface it is bound to.
        port: Port it is bound to.
        url: Where the metrics are.
    """

    def __init__(self, http: BoundedServer, scheme: str = "http") -> None:
        self._http = http
        self.address, self.port = str(http.server_address[0]), int(http.server_address[1])
        host = f"[{self.address}]" if ":" in self.address else self.address
        self.url = f"{scheme}://{host}:{self.port}{PATH}"
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
            self._http.closing = True
            self._http.shutdown()
            self._thread.join()
            self._http.hang_up()
        self._http.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()


def _made(registry: Collector, encode: Callable[[Collector], bytes], *, packed: bool) -> bytes:
    page = render(registry, encode)
    return gzip.compress(page) if packed else page


class _Handler(BoundedHandler):
    registry: CollectorRegistry
    gate: Gate | None = None
    complained = False

    def do_GET(self) -> None:  # noqa: N802  # the name that http.server calls
        self.asked()
        answer = self._answer()
        self.answered()
        answer()

    def _answer(self) -> Callable[[], None]:
        """Return what sends the answer, which is made by then."""
        path, _, query = self.path.partition("?")
        if not self._is_admitted():
            return lambda: self.send_error(
                HTTPStatus.UNAUTHORIZED, explain="a name and a password are needed"
            )
        if path != PATH:
            return lambda: self.send_error(HTTPStatus.NOT_FOUND, explain=f"the metrics are at {PATH}")
        names = parse_qs(query).get("name[]")
        registry: Any = self.registry.restricted_registry(names) if names else self.registry
        encode, content_type = choose_encoder(self.headers.get("Accept", ""))
        packed = gzip_accepted(self.headers.get("Accept-Encoding", ""))
        try:
            page = self.bounded.pages.get(
                (tuple(names or ()), content_type, packed), lambda: _made(registry, encode, packed=packed)
            )
        except Exception:  # noqa: BLE001  # any collector may be in the registry, and the scraper is owed an answer
            if not self.complained:
                type(self).complained = True
                LOGGER.warning("the page cannot be made (logged once)", exc_info=True)
            broken = "a collector is broken; see the log"
            return lambda: self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR, explain=broken)
        return lambda: self._send(page, content_type, packed=packed)

    def _send(self, page: bytes, content_type: str, *, packed: bool) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def _is_admitted(self) -> bool:
        self._unauthorised = False
        if self.gate is None:
            return True
        access = self.gate.access()
        self.gate.check_name(access, self.connection)
        self._more_headers = access.config.headers
        self._unauthorised = not self.gate.admits(access, self.headers.get("Authorization", ""))
        return not self._unauthorised

    _more_headers: Mapping[str, str] = MappingProxyType({})
    _unauthorised = False

    def end_headers(self) -> None:
        """Send the headers, with those of the web configuration."""
        for name, text in self._more_headers.items():
            self.send_header(name, text)
        if self._unauthorised:
            self.send_header("WWW-Authenticate", 'Basic realm="metrics", charset="UTF-8"')
        super().end_headers()


def serve(
    port: int,
    *,
    address: str = "127.0.0.1",
    registry: CollectorRegistry | None = None,
    web_config: Path | str | None = None,
) -> Server:
    """Serve the metrics of the installed catalogue on *port*, as text or OpenMetrics, whichever is asked for.

    Under ``PROMETHEUS_MULTIPROC_DIR`` the metrics of every process that writes there are served. At most so many clients
    are served at once, and a slow one is cut off; see `signalproof.instrument.connections`.

    Args:
        port: 0 takes a free one; see `Server.port`.
        address: Interface to bind to, IPv4 or IPv6; reachable from this machine only when left out.
        registry: What to expose; the registry of the latest installation when left out.
        web_config: Prometheus' web configuration: TLS, and who may ask; everybody in plain text when left out.

    Raises:
        SignalproofError: No catalogue is installed, the port is taken, or the web configuration is wrong.
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
    gate = None if web_config is None else _gate(Path(web_config))
    handler = type("_HandlerOfARegistry", (_Handler,), {"registry": registry, "gate": gate})
    try:
        http = BoundedServer(
            (address, port), handler, (lambda: None) if gate is None else lambda: gate.access().context
        )
    except OSError as error:
        raise SignalproofError(
            f"cannot serve on {address}:{port}: {error.strerror or error}",
            "choose another port; 0 takes a free one",
            where=caller(),
        ) from None
    return Server(http, "https" if gate is not None and gate.access().context is not None else "http")


def _gate(file: Path) -> Gate:
    from signalproof.instrument.access import Gate  # late: it needs ssl and YAML, and most servers neither

    return Gate(file)
