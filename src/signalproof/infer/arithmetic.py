"""What arithmetic makes of units, kinds and ranges."""

from __future__ import annotations

from typing import Final

from signalproof.catalogue.units import ONE, Dimension
from signalproof.infer import dimensions, intervals
from signalproof.infer.intervals import ARITHMETIC, Interval
from signalproof.infer.value import COUNTING, NATIVES, Kind, Value

TRIMS: Final = frozenset({"</", ">/"})
_NUMBER: Final = Kind.NUMBER
_NEUTRAL: Final = frozenset({Kind.NUMBER, Kind.BOOL, Kind.INFO})

_BUCKETS: Final = frozenset({Kind.BUCKET, Kind.RATED_BUCKET})

DROPPED: Final = "the operator leaves out native histograms, or everything else"


def drops_samples(operator: str, left: Value, right: Value) -> bool:
    """Whether the operator may leave samples out because of what they are: floats or native histograms.

    https://prometheus.io/docs/prometheus/latest/querying/operators/#arithmetic-binary-operators
    """
    if operator in TRIMS:
        return True
    a, b = left.kind in NATIVES, right.kind in NATIVES
    if a and b:
        return operator not in ("+", "-")
    return (a and operator not in ("*", "/")) or (b and operator != "*")


def window_of(left: Value, right: Value) -> float | None:
    """Return the window that both sides look back, or the only one there is; None where they differ."""
    if left.window is None or right.window is None:
        return left.window if right.window is None else right.window
    return left.window if left.window == right.window else None


def range_of(operator: str, left: Value, right: Value) -> Interval:
    """Return the range of arithmetic; of trimmed histograms nothing is known."""
    operation = ARITHMETIC.get(operator)
    if operation is None:
        return intervals.ALL
    return operation((left.low, left.high), (right.low, right.high))


def unit_of(operator: str, left: Value, right: Value) -> Dimension | None:
    """Return the unit of arithmetic; a literal takes that of its partner, and a few of them convert."""
    if operator in TRIMS:
        return left.unit
    if operator == "atan2":
        return ONE
    if left.kind is _NUMBER and right.kind is _NUMBER:
        return None
    if right.kind is _NUMBER:
        return _with_literal(operator, left, right.constant)
    if left.kind is _NUMBER:
        return _from_literal(operator, left.constant, right)
    a, b = left.unit, right.unit
    if a is None or b is None:
        return None
    if operator == "+":
        return dimensions.added(a, b)
    if operator == "-":
        return dimensions.subtracted(a, b)
    if operator == "*":
        return dimensions.product(a, b)
    if operator == "/":
        return dimensions.quotient(a, b)
    if operator == "%":
        return dimensions.alike(a, b)
    return ONE if a == ONE and b == ONE else None


def _with_literal(operator: str, vector: Value, number: float | None) -> Dimension | None:
    unit = vector.unit
    if unit is None or operator in "+-%":
        return unit
    if number is None or number == 0:
        return unit if operator == "*" and number == 0 else None
    if operator == "^":
        return dimensions.raised(unit, number)
    window = vector.window if vector.kind in (Kind.RATE, Kind.RATED_BUCKET) else None
    return dimensions.scaled(unit, number if operator == "*" else 1 / number, window)


def _from_literal(operator: str, number: float | None, vector: Value) -> Dimension | None:
    unit = vector.unit
    if unit is None or number is None:
        return None
    if operator == "*":
        return _with_literal(operator, vector, number)
    if operator == "/":
        inverse = dimensions.quotient(ONE, unit)
        return inverse if inverse is None or number == 0 else dimensions.scaled(inverse, number)
    if operator == "+":
        return unit
    if operator == "-":
        return None if unit.exponents == dimensions.INSTANT.exponents else unit
    if operator == "%":
        return unit
    return ONE if unit == ONE else None


def kind_of(operator: str, left: Value, right: Value) -> Kind:
    """Return what arithmetic makes of two kinds."""
    a, b = left.kind, right.kind
    if a is _NUMBER and b is _NUMBER:
        return _NUMBER
    if operator in ("%", "^", "atan2"):
        return Kind.GAUGE
    if b in _NEUTRAL and a not in _NEUTRAL:
        return moved(a) if operator == "-" and b is not _NUMBER else a
    if a in _NEUTRAL and b not in _NEUTRAL:
        if operator == "/":
            return Kind.ANY if b is Kind.ANY or b in NATIVES else Kind.GAUGE
        return b if operator in "*+" else moved(b)
    if a is Kind.ANY or b is Kind.ANY:
        return Kind.ANY
    if a in _BUCKETS and b is Kind.GAUGE and operator in "*/":
        return a  # weighted: joined to another label, or turned into another unit
    if b in _BUCKETS and a is Kind.GAUGE and operator == "*":
        return b
    if a is b and operator == "+":
        return a
    if a is b and operator == "-" and a in (Kind.RATE, Kind.RATED_BUCKET):
        return a
    if a in COUNTING and b in COUNTING and operator == "+":
        return Kind.COUNTER
    return Kind.GAUGE if a not in NATIVES and b not in NATIVES else Kind.ANY


def moved(kind: Kind) -> Kind:
    """Return the kind of what no longer counts upwards."""
    if kind in NATIVES:
        return Kind.ANY
    return Kind.GAUGE if kind in COUNTING or kind is Kind.INFO else kind
