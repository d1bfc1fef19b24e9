"""What operators and functions make of dimensions.

A literal carries no dimension: ``2 * x`` is twice as many of whatever x is. A few literals are conversions, because
nobody multiplies by them for another reason; there the *number* grows and what one of it stands for shrinks, so
``x_seconds * 1000`` is a number of ``0.001 second``:

- 100 (percent), powers of 1000 and of 1024, and their reciprocals: always;
- 8, where bytes are counted;
- 60, 3600, 86400 and 604800, where they lead somewhere: a span of time divided by them is in minutes, hours, days or
  weeks, a rate multiplied by them is per minute, hour and so on, and either way back. A count times 60 is sixty times
  the count. Anything else makes the unit unknown;
- the window itself: an increase over five minutes divided by 300 is a rate, a rate times 300 an increase.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from signalproof.catalogue.units import EVENT, ONE, PER_SECOND, SECOND, Dimension

INSTANT: Final = Dimension.of({"instant": 1})

_POWERS: Final = frozenset(
    round(base**n, 18) for base in (1000.0, 1024.0) for n in (-4, -3, -2, -1, 1, 2, 3, 4)
) | {100.0, 0.01}
_TIMES: Final[tuple[float, ...]] = (60.0, 3600.0, 86400.0, 604800.0)  # of any length: see intervals.ALL
_NEAR: Final = 1e-9
_HIGHEST_POWER: Final = 64
_LARGEST: Final = 1e30


@lru_cache(maxsize=4096)
def product(a: Dimension, b: Dimension) -> Dimension | None:
    """Return the dimension of ``x * y``."""
    return _rounded(a * b)


@lru_cache(maxsize=4096)
def quotient(a: Dimension, b: Dimension) -> Dimension | None:
    """Return the dimension of ``x / y``."""
    return _rounded(a / b)


@lru_cache(maxsize=4096)
def per_second(a: Dimension | None) -> Dimension | None:
    """Return the dimension of a rate; that of an instant is a plain number."""
    return None if a is None else _rounded(difference(a) * PER_SECOND)


@lru_cache(maxsize=4096)
def times_second(a: Dimension | None) -> Dimension | None:
    """Return the dimension of an integral over time."""
    return None if a is None else _rounded(a * SECOND)


@lru_cache(maxsize=4096)
def difference(a: Dimension) -> Dimension:
    """Return the dimension of the difference of two of them: two instants are a span apart."""
    return Dimension(SECOND.exponents, a.scale) if a.exponents == INSTANT.exponents else a


@lru_cache(maxsize=4096)
def square(a: Dimension | None) -> Dimension | None:
    """Return the dimension of a variance."""
    return None if a is None else _rounded(difference(a) ** 2)


@lru_cache(maxsize=4096)
def root(a: Dimension | None) -> Dimension | None:
    """Return the dimension of a square root, where it has one."""
    if a is None or any(power % 2 for _, power in a.exponents):
        return None
    return Dimension.of({base: power // 2 for base, power in a.exponents}, a.scale**0.5)


@lru_cache(maxsize=4096)
def raised(a: Dimension, exponent: float) -> Dimension | None:
    """Return the dimension of ``x ^ exponent``, where it has one."""
    if a == ONE:
        return ONE
    if not exponent.is_integer() or abs(exponent) >= 16:
        return None
    try:
        return _rounded(a ** int(exponent))
    except OverflowError:
        return None


@lru_cache(maxsize=4096)
def total(a: Dimension | None) -> Dimension | None:
    """Return the dimension of a sum of several; a sum of instants means nothing."""
    return None if a is not None and a.exponents == INSTANT.exponents else a


@lru_cache(maxsize=4096)
def added(a: Dimension | None, b: Dimension | None) -> Dimension | None:
    """Return the dimension of ``x + y``: an instant and a span make an instant."""
    if a is None or b is None:
        return None
    if a.scale == b.scale and {a.exponents, b.exponents} == {INSTANT.exponents, SECOND.exponents}:
        return Dimension(INSTANT.exponents, a.scale)
    return total(alike(a, b))


@lru_cache(maxsize=4096)
def subtracted(a: Dimension | None, b: Dimension | None) -> Dimension | None:
    """Return the dimension of ``x - y``: two instants are a span apart, a span before an instant is an instant."""
    if a is None or b is None:
        return None
    if a.exponents == INSTANT.exponents and a.scale == b.scale:
        if b.exponents == INSTANT.exponents:
            return Dimension(SECOND.exponents, a.scale)
        return a if b.exponents == SECOND.exponents else None
    return alike(a, b)


@lru_cache(maxsize=4096)
def alike(a: Dimension | None, b: Dimension | None) -> Dimension | None:
    """Return the dimension that two have in common, events aside; None when they have none."""
    if a is None or b is None or a == b:
        return a if a == b else None
    if not a.comparable(b):
        return None
    return a if EVENT.exponents[0] in a.exponents else b


@lru_cache(maxsize=4096)
def scaled(unit: Dimension, factor: float, window: float | None = None) -> Dimension | None:
    """Return the dimension of ``factor * x``; the module says when a factor is a conversion.

    Args:
        unit: Dimension of x.
        factor: The literal; below 1 for a division.
        window: Seconds over which x is a rate or an increase, when it is one.
    """
    if factor <= 0:
        return unit
    powers = dict(unit.exponents)
    second = powers.get("second", 0)
    if window is not None and second == -1 and abs(factor / window - 1) < _NEAR and unit.scale == 1:
        return _rounded(unit * SECOND)
    if window is not None and second == 0 and powers and abs(factor * window - 1) < _NEAR:
        return _rounded(unit * PER_SECOND)
    if any(abs(factor / one - 1) < _NEAR for one in _POWERS):
        return _rounded(Dimension(unit.exponents, unit.scale / factor))
    if "byte" in powers and any(abs(factor / one - 1) < _NEAR for one in (8.0, 0.125)):
        return _rounded(Dimension(unit.exponents, unit.scale / factor))
    return _in_time(unit, factor, second)


def _in_time(unit: Dimension, factor: float, second: int) -> Dimension | None:
    known = any(abs(factor / one - 1) < _NEAR or abs(factor * one - 1) < _NEAR for one in _TIMES)
    if not known or second == 0:
        return unit
    there = factor < 1 if second > 0 else factor > 1
    back = unit.scale >= _TIMES[0] * (1 - _NEAR) if second > 0 else unit.scale <= (1 + _NEAR) / _TIMES[0]
    return _rounded(Dimension(unit.exponents, unit.scale / factor)) if there or back else None


def _rounded(a: Dimension) -> Dimension | None:
    """Return *a* with the noise of floating point taken off its scale; None where it is beyond all sense."""
    if any(abs(power) > _HIGHEST_POWER for _, power in a.exponents):
        return None
    scale = a.scale
    if scale == 1:
        return a
    if not 1 / _LARGEST < scale < _LARGEST:
        return None
    for whole, exact in ((scale, round(scale)), (1 / scale, 1 / round(1 / scale) if scale <= 1 else 0.0)):
        if abs(whole - round(whole)) < _NEAR * whole:
            return Dimension(a.exponents, float(exact))
    return Dimension(a.exponents, float(f"{scale:.12g}"))
