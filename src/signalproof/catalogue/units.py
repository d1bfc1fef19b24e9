"""Units: one table from the Prometheus name suffix over the dimension to the Grafana unit.

A dimension is a product of powers of base units and a scale, ``scale · second^a · byte^b · event^c …``. *Event* is
whatever a counter counts. It keeps "calls per second" apart from "seconds per call" but is soft: a count is a plain
number, so it does not matter when two quantities are compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from signalproof.errors import Location, SignalproofError, caller, did_you_mean


@dataclass(frozen=True, slots=True)
class Dimension:
    """``scale · Π base^exponent``; the value of a series times this is a quantity in base units.

    Attributes:
        exponents: Sorted (base unit, exponent) pairs without zeros; empty for a plain number.
        scale: How many base units one is: 0.001 for milliseconds, 0.01 for percent.
    """

    exponents: tuple[tuple[str, int], ...] = ()
    scale: float = 1.0

    @classmethod
    def of(cls, exponents: Mapping[str, int], scale: float = 1.0) -> Dimension:
        """Return the dimension with these *exponents*; zeros are dropped."""
        return cls(tuple(sorted((base, power) for base, power in exponents.items() if power)), scale)

    def __mul__(self, other: Dimension) -> Dimension:
        powers = dict(self.exponents)
        for base, power in other.exponents:
            powers[base] = powers.get(base, 0) + power
        return Dimension.of(powers, self.scale * other.scale)

    def __truediv__(self, other: Dimension) -> Dimension:
        return self * other**-1

    def __pow__(self, power: int) -> Dimension:
        return Dimension.of({base: exponent * power for base, exponent in self.exponents}, self.scale**power)

    def comparable(self, other: Dimension) -> bool:
        """Whether adding or comparing the two makes sense: the same bases and scale, events aside."""
        return self.without_events() == other.without_events()

    def without_events(self) -> Dimension:
        """Return this dimension with whatever is counted taken as a plain number."""
        if not any(base == "event" for base, _ in self.exponents):
            return self
        return Dimension(tuple(pair for pair in self.exponents if pair[0] != "event"), self.scale)

    def __str__(self) -> str:
        above = [_power(base, n) for base, n in self.exponents if n > 0]
        below = [_power(base, -n) for base, n in self.exponents if n < 0]
        text = "·".join(above) or ("1" if below else "a plain number")
        text += "/" + "·".join(below) if below else ""
        return text if self.scale == 1 else f"{self.scale:g} × {text}"


def _power(base: str, exponent: int) -> str:
    return base if exponent == 1 else f"{base}^{exponent}"


ONE = Dimension()
SECOND = Dimension.of({"second": 1})
EVENT = Dimension.of({"event": 1})
PER_SECOND = Dimension.of({"second": -1})


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of the unit table.

    Attributes:
        suffix: What the metric name ends in before ``_total``, ``_bucket``…; empty for plain counts.
        dimension: What one of it is in base units.
    """

    suffix: str
    dimension: Dimension


def _base(name: str, suffix: str) -> Unit:
    return Unit(suffix, Dimension.of({name: 1}))


# Suffixes: https://prometheus.io/docs/practices/naming/#base-units. A timestamp is an instant, not a span: adding two
# makes no sense, so it has a base of its own; `infer` knows that an instant minus an instant is a span.
SECONDS = _base("second", "seconds")
TIMESTAMP_SECONDS = _base("instant", "timestamp_seconds")
BYTES = _base("byte", "bytes")
METERS = _base("meter", "meters")
GRAMS = _base("gram", "grams")
JOULES = _base("joule", "joules")
VOLTS = _base("volt", "volts")
AMPERES = _base("ampere", "amperes")
CELSIUS = _base("celsius", "celsius")
US_DOLLARS = _base("dollar", "dollars")
RATIO = Unit("ratio", ONE)
EVENTS = Unit("", EVENT)
COUNT = Unit("", ONE)
AS_NAMED = Unit("as named", ONE)
"""Stands for the unit that the name of the metric says; no metric has it once it is declared."""

NOT_KNOWN = Unit("", ONE)
"""Stands, on a metric that exists already, for a unit that nobody said: nothing is claimed of its numbers."""

UNITS: Mapping[str, Unit] = {
    "seconds": SECONDS,
    "timestamp_seconds": TIMESTAMP_SECONDS,
    "bytes": BYTES,
    "meters": METERS,
    "grams": GRAMS,
    "joules": JOULES,
    "volts": VOLTS,
    "amperes": AMPERES,
    "celsius": CELSIUS,
    "dollars": US_DOLLARS,
    "ratio": RATIO,
    "events": EVENTS,
    "count": COUNT,
}
"""Every unit by the name that `unit` takes."""

_LONGEST_FIRST = tuple(
    sorted((one for one in UNITS.values() if one.suffix), key=lambda one: len(one.suffix), reverse=True)
)
_THINGS = frozenset({METERS})
"""Units whose word is also that of things that are counted: gas meters."""


def unit_in(name: str) -> Unit | None:
    """Return the unit that the *name* of a metric says, ``_total`` aside; None where it says none."""
    stem = name.removesuffix("_total")
    return next((one for one in _LONGEST_FIRST if stem.endswith(f"_{one.suffix}")), None)


def check_unit(name: str, given: Unit, where: Location) -> None:
    """Raise when the *name* of a metric says another unit than the one it was *given*.

    Raises:
        SignalproofError: With both of them.
    """
    said = unit_in(name)
    if said is None or said == given or (said in _THINGS and not given.suffix):
        return
    total = "_total" if name.endswith("_total") else ""
    bare = name.removesuffix("_total").removesuffix(f"_{said.suffix}")
    fitting = bare + (f"_{given.suffix}" if given.suffix else "") + total
    raise SignalproofError(
        f"{name}: the name says {said.suffix} and the unit is {given.suffix or 'a plain number'}",
        f"leave the unit out, or write {fitting!r}",
        where=where,
    )


# Grafana unit ids: packages/grafana-data/src/valueFormats/categories.ts. Each maps to the dimension of the number it
# formats, so that the table reads in both directions: dimension → id to derive, id → dimension to check (U002).
GRAFANA: Mapping[str, Dimension] = {
    "s": SECOND,
    "ms": Dimension.of({"second": 1}, 1e-3),
    "µs": Dimension.of({"second": 1}, 1e-6),
    "ns": Dimension.of({"second": 1}, 1e-9),
    "m": Dimension.of({"second": 1}, 60.0),
    "h": Dimension.of({"second": 1}, 3600.0),
    "d": Dimension.of({"second": 1}, 86400.0),
    "bytes": Dimension.of({"byte": 1}),
    "decbytes": Dimension.of({"byte": 1}),
    "kbytes": Dimension.of({"byte": 1}, 1024.0),
    "deckbytes": Dimension.of({"byte": 1}, 1e3),
    "mbytes": Dimension.of({"byte": 1}, 1024.0**2),
    "decmbytes": Dimension.of({"byte": 1}, 1e6),
    "gbytes": Dimension.of({"byte": 1}, 1024.0**3),
    "decgbytes": Dimension.of({"byte": 1}, 1e9),
    "bits": Dimension.of({"byte": 1}, 0.125),
    "decbits": Dimension.of({"byte": 1}, 0.125),
    "binBps": Dimension.of({"byte": 1, "second": -1}),
    "Bps": Dimension.of({"byte": 1, "second": -1}),
    "binbps": Dimension.of({"byte": 1, "second": -1}, 0.125),
    "bps": Dimension.of({"byte": 1, "second": -1}, 0.125),
    "KBs": Dimension.of({"byte": 1, "second": -1}, 1e3),
    "KiBs": Dimension.of({"byte": 1, "second": -1}, 1024.0),
    "MBs": Dimension.of({"byte": 1, "second": -1}, 1e6),
    "MiBs": Dimension.of({"byte": 1, "second": -1}, 1024.0**2),
    "Mbits": Dimension.of({"byte": 1, "second": -1}, 1.25e5),
    "Kbits": Dimension.of({"byte": 1, "second": -1}, 125.0),
    "cps": Dimension.of({"event": 1, "second": -1}),
    "ops": Dimension.of({"event": 1, "second": -1}),
    "reqps": Dimension.of({"event": 1, "second": -1}),
    "rps": Dimension.of({"event": 1, "second": -1}),
    "wps": Dimension.of({"event": 1, "second": -1}),
    "iops": Dimension.of({"event": 1, "second": -1}),
    "eps": Dimension.of({"event": 1, "second": -1}),
    "mps": Dimension.of({"event": 1, "second": -1}),
    "recps": Dimension.of({"event": 1, "second": -1}),
    "pps": Dimension.of({"event": 1, "second": -1}),
    "cpm": Dimension.of({"event": 1, "second": -1}, 1 / 60),
    "opm": Dimension.of({"event": 1, "second": -1}, 1 / 60),
    "reqpm": Dimension.of({"event": 1, "second": -1}, 1 / 60),
    "rpm": Dimension.of({"event": 1, "second": -1}, 1 / 60),
    "short": EVENT,
    "locale": EVENT,
    "none": ONE,
    "percentunit": ONE,
    "percent": Dimension((), 0.01),
    "hertz": PER_SECOND,
    "dateTimeAsIso": Dimension.of({"instant": 1}, 1e-3),
    "dateTimeFromNow": Dimension.of({"instant": 1}, 1e-3),
    "joule": Dimension.of({"joule": 1}),
    "watt": Dimension.of({"joule": 1, "second": -1}),
    "volt": Dimension.of({"volt": 1}),
    "amp": Dimension.of({"ampere": 1}),
    "celsius": Dimension.of({"celsius": 1}),
    "lengthm": Dimension.of({"meter": 1}),
    "massg": Dimension.of({"gram": 1}),
    "currencyUSD": Dimension.of({"dollar": 1}),
}

_PREFERRED = ("s", "bytes", "binBps", "ops", "short", "none", "hertz", "joule", "watt", "currencyUSD")


@lru_cache(maxsize=256)
def grafana_unit(dimension: Dimension | None, *, ratio: bool = False) -> str:
    """Return the Grafana unit id for numbers of this *dimension*; ``""`` where Grafana has none.

    Args:
        dimension: What the number is, or None where it is not known.
        ratio: Whether a plain number is known to lie in 0..1, and so is best read in percent.
    """
    if dimension is None:
        return ""
    if dimension == ONE:
        return "percentunit" if ratio else "none"
    names = (*_PREFERRED, *GRAFANA)
    exact = next((name for name in names if GRAFANA[name] == dimension), "")
    soft = dimension.without_events()
    return exact or next((name for name in names if GRAFANA[name] == soft), "")


_PACES: Mapping[Dimension, str] = {
    EVENT: "",
    EVENT * PER_SECOND: "/s",
    Dimension((EVENT * PER_SECOND).exponents, 1 / 60): "/min",
    Dimension((EVENT * PER_SECOND).exponents, 1 / 3600): "/h",
    Dimension((EVENT * PER_SECOND).exponents, 1 / 86400): "/d",
}
"""What is counted, at once or in a time → what stands behind its name."""


def counted_unit(dimension: Dimension | None, noun: str) -> str:
    """Return Grafana's custom unit for what is counted, ``suffix:plans/h``; ``""`` for what is no count.

    Without a *noun* a pace is still said: ``suffix:/h``. Grafana itself puts a space before it.
    """
    pace = _PACES.get(dimension) if dimension is not None else None
    return f"suffix:{noun}{pace}" if pace is not None and noun + pace else ""


def grafana_dimension(unit_id: str) -> Dimension | None:
    """Return what numbers of a Grafana unit are, custom ones for what is counted included; None where it says nothing."""
    if not unit_id.startswith("suffix:"):
        return GRAFANA.get(unit_id)
    pace = unit_id.rpartition("/")[2] if "/" in unit_id else ""
    return next((one for one, text in _PACES.items() if pace and text == f"/{pace}"), None)


def unit(name: str) -> Unit:
    """Return the unit of that *name*.

    Raises:
        SignalproofError: No unit is called so; the message names the closest one.
    """
    if name not in UNITS:
        raise SignalproofError(
            f"unknown unit {name!r}", did_you_mean(name, UNITS, f"units: {', '.join(UNITS)}"), where=caller()
        )
    return UNITS[name]
