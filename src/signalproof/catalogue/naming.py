"""What Prometheus' own linter asks of a metric's name, asked when the metric is declared.

Source: prometheus/client_golang, prometheus/testutil/promlint (the eight checks of ``promtool check metrics``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from signalproof.errors import Location, SignalproofError
from signalproof.text import storable

# word in a name → the base unit that belongs there
_NON_BASE_UNITS = {
    "milliseconds": "seconds", "microseconds": "seconds", "nanoseconds": "seconds", "minutes": "seconds",
    "hours": "seconds", "days": "seconds", "weeks": "seconds", "kilobytes": "bytes", "megabytes": "bytes",
    "gigabytes": "bytes", "kibibytes": "bytes", "mebibytes": "bytes", "gibibytes": "bytes", "bits": "bytes",
    "percent": "ratio", "percentage": "ratio", "fahrenheit": "celsius", "kelvins": "celsius", "kilometers": "meters",
    "centimeters": "meters", "millimeters": "meters", "inches": "meters", "miles": "meters", "kilograms": "grams",
    "milliamperes": "amperes", "millivolts": "volts", "kilojoules": "joules", "calories": "joules",
}  # fmt: skip
_ABBREVIATIONS = frozenset(
    {
        "s",
        "sec",
        "secs",
        "ms",
        "us",
        "ns",
        "min",
        "mins",
        "hr",
        "hrs",
        "b",
        "kb",
        "mb",
        "gb",
        "kib",
        "mib",
        "gib",
    }
)
_TYPES = frozenset({"counter", "gauge", "histogram", "summary", "untyped"})


def check_name(
    name: str, kind: str, help_text: str, label_names: Iterable[str], suffix: str, where: Location
) -> None:
    """Raise for the first thing that is wrong with a metric's name, help or labels.

    Args:
        name: Full exposed name: with ``_total`` for a counter, without ``_bucket`` for a histogram.
        kind: ``counter``, ``gauge``, ``histogram`` or ``info``.
        help_text: One sentence.
        label_names: Names of its own labels.
        suffix: What its unit writes into the name; empty for plain counts.
        where: The declaration.

    Raises:
        SignalproofError: With the remedy.
    """
    for message, remedy in _problems(name, kind, help_text, frozenset(label_names), suffix):
        raise SignalproofError(f"{name}: {message}", remedy, where=where)


def _problems(
    name: str, kind: str, help_text: str, labels: frozenset[str], suffix: str
) -> Iterator[tuple[str, str]]:
    words = name.split("_")
    stem = name.removesuffix("_total") if kind == "counter" else name
    if ":" in name:
        yield "a colon is for recording rules", f"write {name.replace(':', '_')!r}"
    if re.search(r"[a-z][A-Z]", name):
        yield "the name is camelCase", f"write {re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', name).lower()!r}"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        yield "the name is not snake_case", "write lower-case letters, digits and underscores, a letter first"
    if not help_text.strip():
        yield "no help text", "say in one sentence what it measures"
    if not storable(help_text):
        yield (
            "no page can carry the help text: half a character is no text, and NUL none",
            "write whole characters",
        )
    if kind == "counter" and not name.endswith("_total"):
        yield "a counter's name ends in _total", f"write {name + '_total'!r}"
    if kind != "counter" and name.endswith("_total"):
        yield (
            f"only a counter's name ends in _total, and this is a {kind}",
            f"write {name.removesuffix('_total')!r}",
        )
    for ending in ("_bucket", "_count", "_sum", "_created", "_info"):
        if stem.endswith(ending) and (kind, ending) != ("info", "_info"):
            yield f"{ending} is written by the exposition", f"write {stem.removesuffix(ending)!r}"
    for label in sorted(labels):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", label):
            yield (
                f"label {label!r} is not snake_case",
                "write lower-case letters, digits and underscores, a letter first",
            )
    for label in labels & {"le", "quantile"}:
        yield f"label {label!r} belongs to histograms and summaries", "choose another label name"
    for word in words:
        if word in _TYPES:
            yield f"the name says its type {word!r}", f"write {'_'.join(w for w in words if w != word)!r}"
        if word in _NON_BASE_UNITS and word != suffix:
            yield f"{word!r} is no base unit", f"measure in {_NON_BASE_UNITS[word]} and write so"
        if word in _ABBREVIATIONS and word == stem.rsplit("_", 1)[-1]:
            yield f"the unit {word!r} is abbreviated", "write the base unit in full: seconds, bytes"
    if suffix and not stem.endswith("_" + suffix):
        wanted = f"{stem}_{suffix}" + ("_total" if kind == "counter" else "")
        yield f"the unit is {suffix} and the name does not say so", f"write {wanted!r}"


def check_pace(name: str, noun: str, per_hour: float, where: Location) -> None:
    """Raise unless *noun* can stand behind a number and *per_hour* is a pace.

    Raises:
        SignalproofError: With what to write instead.
    """
    if noun and not re.fullmatch(r"[^\W\d_][^\n/:{}]{0,39}", noun):
        raise SignalproofError(
            f"{name} counts {noun!r}", 'name what is counted in the plural, noun="plans"', where=where
        )
    if not 0 <= per_hour < float("inf"):
        raise SignalproofError(
            f"{name} happens per_hour={per_hour:g}",
            "say how many an hour of a normal day brings, or leave it out",
            where=where,
        )
