"""The web side: metrics of a module."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

from prometheus_client import Counter, Gauge, Histogram, make_wsgi_app

from .names import COMMON, HTTP, LATENCY_BUCKETS, NAMESPACE

REQUESTS = Counter(
    "requests", "Requests answered, by how.", (*COMMON, "status_code"), namespace=NAMESPACE, subsystem=HTTP
)
LATENCY = Histogram(
    "request_duration",
    "Time to answer a request.",
    COMMON,
    namespace=NAMESPACE,
    subsystem=HTTP,
    unit="seconds",
    buckets=LATENCY_BUCKETS,
)
IN_PROGRESS = Gauge("shop_requests_in_progress", "Requests being answered at this moment.")

StartResponse = Callable[[str, list[tuple[str, str]]], Any]
metrics_page: Callable[[dict[str, Any], StartResponse], list[bytes]] = make_wsgi_app()


def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Answer ``/``, ``/carts`` and ``/metrics``."""
    route = environ["PATH_INFO"]
    if route == "/metrics":
        return metrics_page(environ, start_response)
    method, begun = environ["REQUEST_METHOD"], perf_counter()
    with IN_PROGRESS.track_inprogress():
        found = route in ("/", "/carts")
        start_response("200 OK" if found else "404 Not Found", [("Content-Type", "text/plain")])
    known = route if found else "unknown"
    LATENCY.labels(method, known).observe(perf_counter() - begun)
    REQUESTS.labels(method=method, route=known, status_code="200" if found else "404").inc()
    return [b"hello\n"]
