"""The world in which the examples of the rules are right or wrong: a small web service."""

from __future__ import annotations

from functools import lru_cache

from signalproof.catalogue.buckets import Buckets
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.exposition import Exposition, Role, Series
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, LabelDomain, OpenLabel, labels
from signalproof.catalogue.metric import Counter, Gauge, Histogram
from signalproof.catalogue.units import BYTES, COUNT, ONE, RATIO, SECOND, SECONDS, TIMESTAMP_SECONDS


class Status(ClosedLabel):
    """How a request ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    CANCELLED = "cancelled"


class Method(ClosedLabel):
    """HTTP method."""

    GET = "GET"
    POST = "POST"


class Region(ClosedLabel):
    """Where a worker runs."""

    EU = "eu"
    US = "us"


class Handler(BoundedLabel, at_most=20):
    """Route of a request."""


class Reason(OpenLabel):
    """Why a payment failed."""


class Queue(OpenLabel):
    """Name of a queue."""


_LATENCY = Buckets("examples", (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0))
_SIZE = Buckets("sizes", (100.0, 1000.0, 10000.0, 100000.0))
_SLOW = Buckets("slow", (1.0, 5.0, 30.0, 60.0, 300.0))

_METRICS = (
    Counter("http_requests_total", "Requests that ended.", labels(Status, Method, Handler)),
    Histogram(
        "http_request_duration_seconds", "Seconds per request.", labels(Method, Handler), buckets=_LATENCY
    ),
    Histogram("http_response_size_bytes", "Bytes per answer.", labels(Handler), BYTES, buckets=_SIZE),
    Counter("jobs_total", "Jobs that ended.", labels(Status, Queue)),
    Histogram("job_duration_seconds", "Seconds per job.", labels(Queue), buckets=_SLOW),
    Counter("payments_total", "Payments that ended.", labels(Status)),
    Counter("payment_errors_total", "Payments that failed.", labels(Reason)),
    Counter("job_cpu_seconds_total", "Seconds of CPU that jobs took.", labels(Queue), SECONDS),
    Counter("backups_total", "Backups that ended.", labels(Status), noun="backups", per_hour=4),
    Histogram(
        "backup_duration_seconds", "Seconds per backup.", labels(), buckets=_SLOW, noun="backups", per_hour=4
    ),
    Gauge("queue_length", "Jobs that wait.", labels(Queue), COUNT, low=0),
    Gauge("workers", "Workers that are running.", labels(Region), COUNT, low=0),
    Gauge("memory_used_bytes", "Memory in use.", labels(), BYTES, low=0),
    Gauge("memory_limit_bytes", "Memory that may be used.", labels(), BYTES, low=0),
    Gauge("cache_hit_ratio", "Share of lookups that hit.", labels(), RATIO, low=0, high=1),
    Gauge("last_run_timestamp_seconds", "When the last job ended.", labels(Queue), TIMESTAMP_SECONDS, low=0),
)


@lru_cache(maxsize=1)
def exposition() -> Exposition:
    """Return the series of the examples."""
    open_version = {"version": LabelDomain("version")}
    region = {"region": Region.domain()}
    volume = {"volume": LabelDomain("volume", optional=True)}
    return (
        Catalogue.of_entries(_METRICS)
        .exposition()
        .with_series(
            (
                Series(
                    "disk_used_bytes",
                    "disk_used_bytes",
                    Role.GAUGE,
                    volume,
                    BYTES.dimension,
                    low=0.0,
                    totals=frozenset(volume),
                ),
                Series("build_info", "build_info", Role.INFO, open_version, ONE, low=1.0, high=1.0),
                Series(
                    "rpc_duration_seconds",
                    "rpc_duration_seconds",
                    Role.NATIVE,
                    region,
                    SECOND,
                    monotonic=True,
                ),
                Series(
                    "gc_pause_seconds_sum", "gc_pause_seconds", Role.SUM, unit=SECOND, low=0.0, monotonic=True
                ),
                Series("gc_pause_seconds_count", "gc_pause_seconds", Role.COUNT, low=0.0, monotonic=True),
            )
        )
    )
