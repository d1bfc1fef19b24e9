"""Numbers that look random and are a pure function of what they are for, so that two runs write the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from math import exp, log, sqrt
from statistics import NormalDist

_NORMAL = NormalDist()
_EDGE = 1e-12
"""Keeps a share away from 0 and 1, where the inverse of the normal distribution is infinite."""

# Additive recurrence with the powers of 1/g, g**(d+1) = g + 1: of all simple sequences the one that fills d dimensions
# most evenly, so that a few hundred calls already show the shares and quantiles they were drawn from.
# Source: Martin Roberts, "The Unreasonable Effectiveness of Quasirandom Sequences", 2018; here d = 3.
_G3 = 1.2207440846057596
STEPS = (1 / _G3, 1 / _G3**2, 1 / _G3**3)
"""What one call adds to its arrival, its duration and its outcome, modulo 1."""
GOLDEN = (sqrt(5) - 1) / 2
"""The same in one dimension."""


def chance(*names: object) -> float:
    """Return a number in [0, 1) that depends on *names* alone."""
    digest = blake2b("\0".join(map(str, names)).encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") / 2**48


def shares(count: int, steep: float = 0.6) -> tuple[float, ...]:
    """Return *count* shares that sum up to 1, each *steep* times the one before."""
    weights = [steep**place for place in range(count)]
    return tuple(weight / sum(weights) for weight in weights)


@dataclass(frozen=True, slots=True)
class Lognormal:
    """How long calls take: many a little under the median, a few far above it.

    Attributes:
        median: The value that half of them exceed.
        sigma: Standard deviation of the logarithm; 0.5 puts the p95 at 2.3 medians.
    """

    median: float
    sigma: float = 0.5

    @classmethod
    def through(cls, value: float, share: float, sigma: float = 0.5) -> Lognormal:
        """Return the distribution of which *share* (0..1) lies below *value*."""
        return cls(value / cls(1.0, sigma).quantile(share), sigma)

    def quantile(self, share: float) -> float:
        """Return the value below which *share* (0..1) of them lie."""
        return self.median * exp(self.sigma * _NORMAL.inv_cdf(min(max(share, _EDGE), 1 - _EDGE)))

    def below(self, value: float) -> float:
        """Return the share (0..1) of them that lie below *value*."""
        return _NORMAL.cdf(log(value / self.median) / self.sigma) if value > 0 else 0.0

    @property
    def mean(self) -> float:
        """The arithmetic mean."""
        return self.median * exp(self.sigma**2 / 2)

    def times(self, factor: float) -> Lognormal:
        """Return the same shape, *factor* times as long."""
        return Lognormal(self.median * factor, self.sigma)
