"""The unit that the name of a metric promises, where no ``# UNIT`` line says it.

Base units are those of https://prometheus.io/docs/practices/naming/#base-units; strangers' programs use others, too, so
scaled ones are read as well: ``_milliseconds``, ``_percent``, ``_kb``. A name promises less than a declaration: where
the help text speaks of another unit, or where the word may mean several things, nothing is claimed: ``speed`` and ``rate``
are per second, whatever they end in, and a counter of which the help text says "total milliseconds" counts no events.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from signalproof.catalogue.exposition import Role
from signalproof.catalogue.units import EVENT, ONE, SECOND, UNITS, Dimension

_BYTE: Final = UNITS["bytes"].dimension
_INSTANT: Final = UNITS["timestamp_seconds"].dimension


def _times(dimension: Dimension, scale: float) -> Dimension:
    return Dimension(dimension.exponents, dimension.scale * scale)


# A kilobyte is 1000 bytes to some and 1024 to others: the table takes the first, and rule U002 forgives the second.
_SCALED: Final[Mapping[str, Dimension]] = {
    **dict.fromkeys(("milliseconds", "milli_seconds", "millis", "msecs", "msec", "ms"), _times(SECOND, 1e-3)),
    **dict.fromkeys(("microseconds", "micro_seconds", "micros", "usecs", "usec", "us"), _times(SECOND, 1e-6)),
    **dict.fromkeys(("nanoseconds", "nano_seconds", "nanos", "nsecs", "nsec", "ns"), _times(SECOND, 1e-9)),
    **dict.fromkeys(("secs", "sec"), SECOND),
    **dict.fromkeys(("minutes", "mins"), _times(SECOND, 60.0)),
    "hours": _times(SECOND, 3600.0),
    "days": _times(SECOND, 86400.0),
    **dict.fromkeys(("timestamp_milliseconds", "timestamp_millis", "timestamp_ms"), _times(_INSTANT, 1e-3)),
    **dict.fromkeys(("percent", "percentage", "pct"), Dimension((), 0.01)),
    **dict.fromkeys(("kilobytes", "kbytes", "kb"), _times(_BYTE, 1e3)),
    **dict.fromkeys(("megabytes", "mbytes", "mb"), _times(_BYTE, 1e6)),
    **dict.fromkeys(("gigabytes", "gbytes", "gb"), _times(_BYTE, 1e9)),
    **dict.fromkeys(("kibibytes", "kib"), _times(_BYTE, 1024.0)),
    **dict.fromkeys(("mebibytes", "mib"), _times(_BYTE, 1024.0**2)),
    **dict.fromkeys(("gibibytes", "gib"), _times(_BYTE, 1024.0**3)),
    "bits": _times(_BYTE, 0.125),
    "ratio": ONE,
    **{name: one.dimension for name, one in UNITS.items() if name not in ("events", "count")},
}
"""The last words of a name, ``_total`` aside → what one of it is."""

SUFFIXES: Final = tuple(sorted(_SCALED, key=len, reverse=True))
"""Every suffix that promises a unit, the longest first."""

_HELP_UNIT: Final = re.compile(
    r"\b(?:in|as|of|total|cumulative|accumulated|elapsed)\s+(?:the\s+)?(milliseconds|millis|ms|microseconds|us|nanoseconds|ns|seconds|minutes|hours|percent|bytes|kilobytes"
    r"|kib|kb|megabytes|mib|mb)\b",
    re.IGNORECASE,
)
_UNSURE: Final = re.compile(
    r"(?:^|_)(?:(?:milli|micro|nano)?seconds?|minutes|hours|days|[mun]s|secs?|times?|durations?|latency|age|delay|elapsed|uptime"
    r"|(?:kilo|mega|giga|kibi|mebi|gibi)?bytes?|[kmg]i?b|bits|memory|size|percent(?:age)?|ratio|(?:kilo|milli|micro)?joules|energy"
    r"|watts?|volts?|amperes?|celsius|fahrenheit|temperature|(?:kilo|milli)?meters|(?:kilo)?grams|dollars|cost|price|currency"
    r"|timestamp|pages|sectors|cycles|hertz|hz|speed|rate)(?:_|$)"
)
"""Words after which a counter may count something else than events."""
_PER_SECOND: Final = re.compile(r"(?:^|_)(?:speed|rate|bandwidth|throughput)(?:_|$)")
"""Words that make a quantity one per second, whether the unit behind them says so or not."""


def promised(family: str, role: Role, unit: str, help_text: str) -> Dimension | None:
    """Return what one of a metric is; None where nothing certain is said.

    Args:
        family: Name of the family.
        role: What its samples mean.
        unit: Of its ``# UNIT`` line, or empty.
        help_text: Of its ``# HELP`` line, or empty.
    """
    if unit:
        known = _SCALED.get(unit)
        return known if known is not None else None
    stem = family.removesuffix("_total")
    if stem.endswith("_time_seconds") and role is Role.GAUGE:
        return None  # process_start_time_seconds is an instant, gc_time_seconds a span
    said = {_SCALED[one.lower()] for one in _HELP_UNIT.findall(help_text) if one.lower() in _SCALED}
    suffix = next((one for one in SUFFIXES if stem.endswith("_" + one)), "")
    if suffix:
        found = _SCALED[suffix]
        if found.exponents and _PER_SECOND.search(stem) is not None:
            return None
        if "timestamp" in stem and found.exponents == SECOND.exponents:
            found = _times(_INSTANT, found.scale)
        return None if said - {found, _times(SECOND, found.scale)} else found
    return EVENT if role is Role.COUNTER and not said and _UNSURE.search(stem) is None else None


UNIT_NAMES: Final[Mapping[str, Dimension]] = {
    **{name: one.dimension for name, one in UNITS.items()},
    **_SCALED,
}
"""Every unit that a person may name, in a configuration: those of the catalogue, and the scaled ones."""


def speaks_of_a_measure(name: str) -> bool:
    """Whether the *name* of a metric has a word of something measured, in whatever unit: ``latency``, ``cost``."""
    return _UNSURE.search(name.removesuffix("_total")) is not None
