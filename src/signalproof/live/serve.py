"""The model as a live ``/metrics``: what one process of each job exposes at this moment."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time as wall_clock
from typing import Any, cast
from urllib.parse import urlsplit

from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric as ExposedMetric
from prometheus_client.registry import Collector

from signalproof.errors import SignalproofError
from signalproof.live.model import Model
from signalproof.live.source import Source

_CONNECTIONS = 16
"""Most requests served at a time; further ones are turned away."""


def parse_address(text: str) -> tuple[str, int]:
    """Return host and port of ``HOST:PORT``; without a host, the loopback.

    Raises:
        SignalproofError: It is neither ``HOST:PORT`` nor ``:PORT`` nor ``PORT``.
    """
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise SignalproofError(f"{text!r} is no HOST:PORT", "write 127.0.0.1:9100, or :9100 for the same")
    return host.strip("[]") or "127.0.0.1", int(port)


class Exposed(Collector):
    """What one process of each job exposes, or one process of one job; advances with the clock when it is asked."""

    def __init__(
        self, model: Model, *, start: float, job: str = "", clock: Callable[[], float] = wall_clock
    ) -> None:
        """Begin a model at Unix time *start*; without *job*, the jobs are taken together."""
        self._clock, self._now, self._lock = clock, start, threading.Lock()
        self._sources: list[Source] = []
        for part in model.parts(start, scrapes=False):
            firsts = {source.process.job: source for source in reversed(part)}
            self._sources += [source for name, source in firsts.items() if job in ("", name)]

    def collect(self) -> Iterator[ExposedMetric]:
        """Yield every family with the values of this moment."""
        with self._lock:
            self._now = max(self._now, self._clock())
            values = [source.sample(self._now) for source in self._sources]
        families: dict[str, ExposedMetric] = {}
        for source, row in zip(self._sources, values, strict=True):
            for line, value in zip(source.lines, row, strict=True):
                family = line.family
                if family.name not in families:
                    families[family.name] = ExposedMetric(family.name, family.help, family.kind)
                labels = {**line.labels, **({"le": line.le} if line.le else {})}
                families[family.name].add_sample(line.name, labels, value)
        yield from families.values()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = _CONNECTIONS

    def __init__(self, place: tuple[str, int], exposed: dict[str, Exposed]) -> None:
        self.address_family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
        self.exposed = exposed
        self._free = threading.BoundedSemaphore(_CONNECTIONS)
        super().__init__(place, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that went away."""


class _Handler(BaseHTTPRequestHandler):
    timeout = 5.0
    """Seconds that a client may take for its request."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path.rstrip("/")
        exposed = cast(_Server, self.server).exposed
        if path in exposed:
            encode, content_type = choose_encoder(self.headers.get("Accept", ""))
            self._answer(200, encode(exposed[path]), content_type)
        else:
            known = "".join(f"{one}\n" for one in exposed)
            self._answer(200 if not path else 404, known.encode(), "text/plain; charset=utf-8")

    def _answer(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name that BaseHTTPRequestHandler gives it
        """Say nothing: a scrape every few seconds is no news."""


def serve(model: Model, host: str = "127.0.0.1", port: int = 0, *, ready: Callable[[str], None]) -> None:
    """Serve ``/metrics``, and ``/metrics/JOB`` for each job alone, until interrupted (Ctrl-C).

    Args:
        model: What to expose; its processes start now.
        host: Address to listen on.
        port: TCP port; 0 for any that is free.
        ready: Told the URL as soon as it answers.

    Raises:
        SignalproofError: The address cannot be listened on.
    """
    now = wall_clock()
    exposed = {"/metrics": Exposed(model, start=now)}
    exposed |= {f"/metrics/{job}": Exposed(model, start=now, job=job) for job in model.processes(now)}
    try:
        server = _Server((host, port), exposed)
    except OSError as error:
        raise SignalproofError(
            f"cannot listen on {host}:{port}: {error.strerror}",
            "choose another port, or 0 for any that is free",
        ) from None
    with server:
        name = f"[{host}]" if ":" in host else host
        try:
            ready(f"http://{name}:{server.server_address[1]}/metrics")
            server.serve_forever(poll_interval=0.2)
        except KeyboardInterrupt:
            return
