"""A small world to ask in: an operation, gauges, a foreign metric with labels that may be missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.exposition import Exposition, Role, Series
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, LabelDomain, OpenLabel, labels
from signalproof.catalogue.metric import Counter, Gauge, Histogram
from signalproof.catalogue.operation import Request
from signalproof.catalogue.units import BYTES, COUNT, EVENT, ONE, PER_SECOND, RATIO, SECOND, TIMESTAMP_SECONDS
from signalproof.infer.inference import infer
from signalproof.infer.value import Value
from signalproof.promql.parser import parse


class Strategy(ClosedLabel):
    SSH = "ssh"
    DOCKER = "docker"


class Failure(ClosedLabel, name="error_type"):
    TIMEOUT = "timeout"
    OTHER = "other"


class Model(BoundedLabel, at_most=3):
    pass


class Path(OpenLabel):
    pass


def series() -> list[Series]:
    """Series that no typed metric describes."""
    region = {"region": LabelDomain("region", frozenset({"eu", "us"}), 2, optional=True)}
    strategy = {"strategy": LabelDomain("strategy", frozenset({"ssh", "docker"}), 2)}
    return [
        Series("build_info", "build_info", Role.INFO, {**strategy, "version": LabelDomain("version")}, ONE, low=1.0, high=1.0),
        Series("somewhere", "somewhere", Role.GAUGE, region, initialised=True),
        Series("native_seconds", "native_seconds", Role.NATIVE, strategy, SECOND, initialised=True),
        Series("ping_seconds", "ping_seconds", Role.SUMMARY, {"quantile": LabelDomain("quantile")}, SECOND),
        Series("foreign", "foreign", Role.UNKNOWN, open=True),
        Series("job:deploy:ratio", "job:deploy:ratio", Role.RECORDED, {"job": LabelDomain("job")}, ONE, low=0.0, high=1.0, initialised=True),
        Series("speed", "speed", Role.GAUGE, unit=PER_SECOND, low=0.0, initialised=True),
        Series("lazy_total", "lazy_total", Role.COUNTER, strategy, EVENT, low=0.0, monotonic=True),
    ]  # fmt: skip


@pytest.fixture(scope="session")
def exposition() -> Exposition:
    """Everything that exists in the small world."""
    deploy = Request(
        "deploy", "one deployment", labels(Strategy), Failure, owner="a.b.deploy", buckets="deployment"
    )
    catalogue = Catalogue.of_entries(
        [
            deploy,
            Gauge("queue_length", "Waiting.", labels(Strategy), COUNT, low=0),
            Gauge("balance", "Above or below.", labels(), COUNT, low=-10, high=10),
            Gauge("disk_bytes", "Used.", labels(), BYTES, low=0),
            Gauge("disk_limit_bytes", "There.", labels(), BYTES, low=0),
            Gauge("busy_ratio", "Share of workers at work.", labels(), RATIO, low=0, high=1),
            Gauge("last_run_timestamp_seconds", "When it last ran.", labels(), TIMESTAMP_SECONDS, low=0),
            Counter("tokens_total", "Tokens.", labels(Model)),
            Counter("hits_total", "Hits.", labels(Path)),
            Counter("received_bytes_total", "Received.", labels(), BYTES),
            Histogram("size_bytes", "Sizes.", labels(), BYTES),
        ]
    )
    return catalogue.exposition().with_series(series())


@pytest.fixture(scope="session")
def ask(exposition: Exposition) -> Callable[[str], Value]:
    """Infers what is known of the result of an expression in the small world."""
    return lambda text: infer(parse(text), exposition).root
