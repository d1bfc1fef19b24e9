"""What a program can say of a metric before anything has happened."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from typing import Any

from signalproof.catalogue.build import BuildInfo
from signalproof.catalogue.metric import Gauge, Metric
from signalproof.instrument.cardinality import Values, combinations

UNKNOWN = "unknown"
"""What a `BuildInfo` says where nobody can tell."""


def known(metric: Metric[Any]) -> Iterable[Values]:
    """Return the label values of the series that are there from the start, at 0, or of a `BuildInfo` at 1.

    Of a gauge that tells of something shared nothing is known before somebody has looked.
    """
    if isinstance(metric, BuildInfo):
        return [_what_runs(metric)]
    return () if isinstance(metric, Gauge) and metric.shared else combinations(metric.labels)


def _what_runs(info: BuildInfo) -> Values:
    revision = os.environ.get(info.revision, "").strip()
    return _version(info.package), revision or UNKNOWN, platform.python_version()


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return UNKNOWN
