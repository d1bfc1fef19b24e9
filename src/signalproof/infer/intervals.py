"""Interval arithmetic over what samples can be, NaN aside.

A bound may be infinite. A lower bound of ``0.0`` says that no negative zero occurs either, so that a division by the
interval stays positive; ``-0.0`` says that it may.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from math import copysign, inf, isnan
from typing import Final, TypeAlias

Interval: TypeAlias = tuple[float, float]

# not Final: mypyc 2.4 takes a constant pair of floats for one that was never set
ALL: Interval = (-inf, inf)
RATIO: Interval = (0.0, 1.0)
POSITIVE: Interval = (0.0, inf)
AT_LEAST_ONE: Interval = (1.0, inf)
ONE: Interval = (1.0, 1.0)


def is_positive(bound: float) -> bool:
    """Whether nothing at or above *bound* is negative, a negative zero included."""
    return bound > 0 or (bound == 0 and copysign(1.0, bound) > 0)


def hull(a: Interval, b: Interval) -> Interval:
    """Return the smallest interval that holds both."""
    return _least(a[0], b[0]), max(a[1], b[1])


def _least(*bounds: float) -> float:
    low = min(bounds)
    if low == 0 and any(one == 0 and copysign(1.0, one) < 0 for one in bounds):
        return -0.0
    return low


def _hull_of(corners: list[float]) -> Interval:
    return _least(*corners), max(corners)


def add(a: Interval, b: Interval) -> Interval:
    """Return the interval of ``x + y``."""
    low, high = a[0] + b[0], a[1] + b[1]
    return (-inf if isnan(low) else low), (inf if isnan(high) else high)


def subtract(a: Interval, b: Interval) -> Interval:
    """Return the interval of ``x - y``."""
    low, high = a[0] - b[1], a[1] - b[0]
    return (-inf if isnan(low) else low), (inf if isnan(high) else high)


def multiply(a: Interval, b: Interval) -> Interval:
    """Return the interval of ``x * y``; zero times infinity is NaN, and what comes near it is near zero."""
    products = [x * y for x in a for y in b]
    low, high = _hull_of([0.0 if isnan(one) else one for one in products])
    if low == 0 and not (is_positive(a[0]) and is_positive(b[0])):
        low = -0.0
    return low, high


def divide(a: Interval, b: Interval) -> Interval:
    """Return the interval of ``x / y``."""
    if b[0] > 0 or b[1] < 0:
        quotients = [x / y for x in a for y in b]
        return _hull_of([0.0 if isnan(one) else one for one in quotients])
    if not is_positive(b[0]) or b[1] == 0:
        return ALL
    if is_positive(a[0]):
        return (a[0] / b[1] if a[0] < inf else inf), inf
    if a[1] < 0:
        return -inf, (a[1] / b[1] if a[1] > -inf else -inf)
    return ALL


def modulo(a: Interval, b: Interval) -> Interval:
    """Return the interval of ``x % y``, which has the sign of x and lies nearer to zero than both."""
    most = min(max(abs(a[0]), abs(a[1])), max(abs(b[0]), abs(b[1])))
    return (0.0 if is_positive(a[0]) else -most), (most if a[1] >= 0 else 0.0)


def power(a: Interval, b: Interval) -> Interval:
    """Return the interval of ``x ^ y``; bounds are known only for a base that is not negative."""
    if not is_positive(a[0]):
        even = b[0] == b[1] and b[0] % 2 == 0
        return POSITIVE if even else ALL
    corners = [_pow(x, y) for x in a for y in b]
    if b[0] <= 0 <= b[1] or a[0] <= 1 <= a[1]:
        corners.append(1.0)
    return _hull_of(corners)


def _pow(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except (OverflowError, ValueError):
        return inf


def angle(a: Interval, b: Interval) -> Interval:
    """Return the interval of ``x atan2 y``."""
    del a, b
    return -math.pi, math.pi


ARITHMETIC: Final[Mapping[str, Callable[[Interval, Interval], Interval]]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": modulo,
    "^": power,
    "atan2": angle,
}
"""What each arithmetic operator makes of two intervals."""


def negate(a: Interval) -> Interval:
    """Return the interval of ``-x``."""
    return -a[1], -a[0]


def compared(operator: str, a: Interval, b: Interval) -> Interval | None:
    """Return what is left of *a* after ``a operator b`` has filtered it; None when nothing can be left.

    NaN passes ``!=`` only, so ``!=`` filters nothing for sure.
    """
    low, high = a
    if operator == "==":
        low, high = max(low, b[0]), min(high, b[1])
    elif operator in (">", ">="):
        low = max(low, b[0])
        if operator == ">" and high <= b[0]:
            return None
    elif operator in ("<", "<="):
        high = min(high, b[1])
        if operator == "<" and low >= b[1]:
            return None
    return None if low > high else (low, high)


def absolute(a: Interval) -> Interval:
    """Return the interval of ``abs(x)``."""
    low, high = a
    if low >= 0:
        return abs(low), high
    return (0.0 if high >= 0 else -high), max(-low, high)


def total(a: Interval) -> Interval:
    """Return the interval of the sum of one or more values."""
    return (a[0] if a[0] >= 0 else -inf), (a[1] if a[1] <= 0 else inf)


def spread(a: Interval) -> Interval:
    """Return the interval of the standard deviation: half the width at most."""
    return 0.0, (a[1] - a[0]) / 2 if a[0] > -inf and a[1] < inf else inf


def quantile(a: Interval, share: float | None) -> Interval:
    """Return the interval of the *share*-quantile; below 0 it is -Inf, above 1 +Inf, as Prometheus says."""
    if share is None:
        return ALL
    if isnan(share):
        return a
    if share < 0:
        return -inf, -inf
    return a if share <= 1 else (inf, inf)


def clamp(a: Interval, low: Interval, high: Interval) -> Interval:
    """Return the interval of ``clamp(x, low, high)``: the greater of low and the lesser of high and x."""
    return _least(max(low[0], min(high[0], a[0]))), max(low[1], min(high[1], a[1]))


def stepwise(function: Callable[[float], float]) -> Callable[[Interval], Interval]:
    """Return what a function that never falls makes of an interval; values it cannot take become NaN there too."""

    def transfer(a: Interval) -> Interval:
        return _at(function, a[0], -inf), _at(function, a[1], inf)

    return transfer


def _at(function: Callable[[float], float], bound: float, otherwise: float) -> float:
    try:
        found = function(bound)
    except (OverflowError, ValueError):
        return otherwise
    return otherwise if isnan(found) else found


def whole(function: Callable[[float], int]) -> Callable[[Interval], Interval]:
    """Return what rounding makes of an interval; from below zero it may give a negative zero."""

    def transfer(a: Interval) -> Interval:
        low = float(function(a[0])) if abs(a[0]) < inf else a[0]
        high = float(function(a[1])) if abs(a[1]) < inf else a[1]
        return (-0.0 if low == 0 and not is_positive(a[0]) else low), high

    return transfer
