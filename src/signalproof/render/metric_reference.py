"""The metric reference: every metric of the catalogue, from the catalogue alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.exposition import escaped, format_bound
from signalproof.catalogue.family import Family, Type, series_of
from signalproof.catalogue.labels import BoundedLabel, LabelSet
from signalproof.catalogue.metric import Histogram, Metric
from signalproof.catalogue.operation import Operation
from signalproof.catalogue.units import UNITS
from signalproof.render.markdown import cell, code
from signalproof.text import shown


def metric_reference(catalogue: Catalogue, *, source: str) -> str:
    """Return the metric reference in Markdown.

    Args:
        catalogue: What it describes.
        source: Where the catalogue is declared, for the header that says where to edit.
    """
    return "\n".join(_page(catalogue, source)) + "\n"


def openmetrics_metadata(families: Iterable[Family]) -> str:
    """Return the ``# TYPE``, ``# UNIT`` and ``# HELP`` lines of *families* in OpenMetrics text, without samples."""
    lines: list[str] = []
    for one in sorted(families, key=lambda one: one.name):
        name = one.name.removesuffix("_total") if one.type is Type.COUNTER else one.name
        lines.append(f"# TYPE {name} {one.type if one.type is not Type.RECORDED else Type.UNKNOWN}")
        unit = next(
            (
                suffix
                for suffix, of in UNITS.items()
                if of.dimension == one.unit and name.endswith("_" + suffix)
            ),
            "",
        )
        if unit:
            lines.append(f"# UNIT {name} {unit.rsplit('_', 1)[-1]}")
        if one.help:
            lines.append(f"# HELP {name} {escaped(shown(one.help, lines=True))}")
    return "\n".join([*lines, "# EOF"]) + "\n"


def _page(catalogue: Catalogue, source: str) -> Iterator[str]:
    operations = catalogue.operations.values()
    owned = {metric.name for operation in operations for metric in operation.metrics}
    rest = [metric for metric in catalogue.metrics.values() if metric.name not in owned]
    total = sum(filter(None, map(_budget, catalogue.metrics.values())))
    yield f"<!-- Written by `make dashboards` from {source}; edit there. -->\n"
    yield "# Metric reference\n"
    yield (
        f"{len(catalogue.operations)} operations and {len(rest)} other metrics: {len(catalogue.metrics)} metric families, "
        f"at most {total:,} series per process.\n"
    )
    yield "| operation | priority | kind | tracked function | objective |"
    yield "|---|---|---|---|---|"
    for operation in operations:
        name = operation.prefix + operation.name
        yield f"| [{name}](#{name}) | {operation.priority} | {operation.kind} | `{operation.owner}` | {_promise(operation)} |"
    for operation in operations:
        yield f"\n## {operation.prefix}{operation.name}\n"
        yield f"{cell(operation.help[0].upper() + operation.help[1:])}. Emitted by `{operation.owner}`.\n"
        yield from _table(operation.metrics)
    if rest:
        yield "\n## Other metrics\n"
        yield from _table(rest)


def _table(metrics: Iterable[Metric[Any]]) -> Iterator[str]:
    yield "| metric | type | unit | labels | series at most | meaning |"
    yield "|---|---|---|---|---|---|"
    for metric in metrics:
        budget = _budget(metric)
        size = "unbounded" if budget is None else f"{budget:,}"
        unit = metric.unit.suffix.replace("_", " ")
        yield f"| `{metric.name}` | {metric.kind} | {unit} | {_labels(metric.labels)} | {size} | {cell(metric.help)} |"
        if isinstance(metric, Histogram):
            bounds = " ".join(format_bound(bound) for bound in metric.buckets.bounds)
            yield f"| | | | `le` | | buckets *{metric.buckets.name}*: {bounds} +Inf |"


def _labels(labels: LabelSet[Any]) -> str:
    parts = []
    for name, domain in labels.domains.items():
        if name in labels.fixed:
            parts.append(f"{code(name)}={code(labels.fixed[name])}")
        elif domain.values is not None:
            parts.append(f"`{name}`: {', '.join(map(code, sorted(domain.values)))}")
        else:
            cls = labels.classes[name]
            bounded = f"at most {cls.at_most} values and `other`" if issubclass(cls, BoundedLabel) else "open"
            parts.append(f"`{name}`: {bounded}")
    return "; ".join(parts) or "none"


def _promise(operation: Operation[Any, Any]) -> str:
    promise = operation.objective
    if promise is None:
        return ""
    parts = []
    if promise.latency is not None:
        parts.append(f"p{promise.quantile * 100:g} ≤ {promise.latency:g} s")
    if promise.success is not None:
        parts.append(f"{promise.success:.4g} succeed")
    return ", ".join(parts)


def _budget(metric: Metric[Any]) -> int | None:
    """Return the largest number of series of the family in one process, or None where nothing bounds it."""
    total = 0
    for series in series_of(metric.family):
        size = 1
        for domain in series.labels.values():
            if domain.at_most is None:
                return None
            size *= domain.at_most
        total += size
    return total
