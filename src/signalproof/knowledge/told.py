"""What the configuration says of metrics that other programs emit: ``external`` and ``[tool.signalproof.metrics]``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from signalproof.catalogue.family import Family, Type
from signalproof.catalogue.labels import LabelDomain
from signalproof.config import Config, MetricConfig
from signalproof.documents import is_number
from signalproof.errors import Location, SignalproofError, did_you_mean

_SOURCE = "pyproject.toml"
_STEMS = ("_bucket", "_sum", "_count")


class Told:
    """The user's own word on foreign metrics, checked once.

    Attributes:
        external: Names and globs of metrics of which nothing else is said.
        metrics: Names and globs with what is said of them.

    Raises:
        SignalproofError: A type, a unit or a bucket bound is none.
    """

    def __init__(self, config: Config) -> None:
        self.external = config.external
        self.metrics = config.metrics
        for pattern, one in self.metrics.items():
            _check(pattern, one, config.root / _SOURCE)

    def families(self) -> Iterator[Family]:
        """Yield the families that are named without a glob."""
        yield from (_made(name, one) for name, one in self.metrics.items() if not _is_glob(name))
        named = (one for one in self.external if not _is_glob(one) and one not in self.metrics)
        yield from (Family(name=one, type=Type.UNKNOWN, open=True, source=_SOURCE) for one in named)

    def refined(self, family: Family) -> Family:
        """Return *family* with what the configuration says of it instead."""
        for pattern, one in self.metrics.items():
            if fnmatchcase(family.name, pattern):
                return _with(family, one)
        return family

    def family(self, series: str) -> Family | None:
        """Return the family of a *series* that a glob means; None where none does."""
        stems = (series, *(series.removesuffix(one) for one in _STEMS if series.endswith(one)))
        for pattern, one in self.metrics.items():
            for name in stems:
                if fnmatchcase(name, pattern) and series in (made := _made(name, one)).names:
                    return made
        if any(fnmatchcase(series, one) for one in self.external):
            return Family(name=series, type=Type.UNKNOWN, open=True, source=_SOURCE)
        return None


def _is_glob(name: str) -> bool:
    return any(one in name for one in "*?[")


def _check(pattern: str, one: MetricConfig, file: Path) -> None:
    from signalproof.knowledge.suffixes import UNIT_NAMES

    types = [str(kind) for kind in Type if kind is not Type.RECORDED]
    problem = remedy = ""
    if one.type and one.type not in types:
        problem, remedy = f"no type {one.type!r}", did_you_mean(one.type, types, f"types: {', '.join(types)}")
    elif one.unit and one.unit not in UNIT_NAMES:
        problem, remedy = (
            f"no unit {one.unit!r}",
            did_you_mean(one.unit, UNIT_NAMES, f"units: {', '.join(UNIT_NAMES)}"),
        )
    elif wrong := [bound for bound in one.buckets if not is_number(bound)]:
        problem, remedy = f"no bound {wrong[0]!r}", 'write bounds as they stand in le: "0.5"'
    if problem:
        raise SignalproofError(f"metrics.{pattern!r}: {problem}", remedy, where=Location(str(file), one.line))


def _made(name: str, one: MetricConfig) -> Family:
    return _with(Family(name=name, type=Type.UNKNOWN, open=True, source=_SOURCE), one)


def _with(family: Family, one: MetricConfig) -> Family:
    labels = family.labels if one.labels is None else {
        name.rstrip("?"): LabelDomain(name.rstrip("?"), optional=name.endswith("?")) for name in one.labels
    }  # fmt: skip
    for name, values in one.values.items():
        before = labels.get(name) or LabelDomain(name)
        domain = LabelDomain(name, frozenset(values), len(values), before.optional)
        labels = {**labels, name: domain}
    from signalproof.knowledge.suffixes import UNIT_NAMES

    said: Mapping[str, object] = {
        "type": Type(one.type) if one.type else None,
        "unit": UNIT_NAMES[one.unit] if one.unit else None,
        "totals": frozenset(one.totals) or None,
        "buckets": one.buckets or None,
        "jobs": frozenset(one.job) or None,
        "monotonic": one.monotonic or None,
        "low": one.low,
        "zero": one.low == 0 or None,
        "high": one.high,
    }
    kept = {key: value for key, value in said.items() if value is not None}
    return replace(family, labels=labels, open=family.open and one.labels is None, **kept)  # type: ignore[arg-type]  # each value has the type of its field
