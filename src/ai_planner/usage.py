"""Tokens and what they cost: added up over every call of a plan, whatever came of it, and counted in the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog

from hive.catalogue.labels import Direction, Model
from hive.catalogue.planner import CLAUDE_COST, CLAUDE_TOKENS
from signalproof.instrument import count

_LOG: Any = structlog.get_logger(__name__)
_MILLION = 1_000_000


@dataclass(frozen=True)
class Price:
    """List price of a model, in US dollars for a million tokens.

    Attributes:
        read: Of what it reads.
        written: Of what it writes.
        cache_read: Of what it reads from its cache.
        cache_kept: Of what it writes to its cache for five minutes.
        cache_kept_long: Of what it writes to its cache for an hour.
    """

    read: float
    written: float
    cache_read: float
    cache_kept: float
    cache_kept_long: float


PRICES = {
    "claude-sonnet-5-5": Price(2.0, 10.0, 0.20, 2.50, 4.0),
    "claude-sonnet-5": Price(2.0, 10.0, 0.20, 2.50, 4.0),
}
"""Model → list price; source: the pages of the models at platform.claude.com/docs, October 2026."""


@dataclass(frozen=True)
class Usage:
    """Tokens of one call.

    Attributes:
        fresh: Read, and not from the cache.
        cache_read: Read from the cache.
        cache_kept: Read, and written to the cache for five minutes.
        cache_kept_long: Read, and written to the cache for an hour.
        written: Written; thinking included.
    """

    fresh: int = 0
    cache_read: int = 0
    cache_kept: int = 0
    cache_kept_long: int = 0
    written: int = 0

    @property
    def read(self) -> int:
        """All tokens that were read."""
        return self.fresh + self.cache_read + self.cache_kept + self.cache_kept_long

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.fresh + other.fresh,
            self.cache_read + other.cache_read,
            self.cache_kept + other.cache_kept,
            self.cache_kept_long + other.cache_kept_long,
            self.written + other.written,
        )


_unpriced: set[str] = set()


def count_usage(usage: Usage, model: str) -> None:
    """Count the tokens of a call, and their price; a model without a known price is logged once and costs nothing."""
    if not usage.read and not usage.written:
        return
    count(CLAUDE_TOKENS, Direction.INPUT, Model(model), by=usage.read)
    count(CLAUDE_TOKENS, Direction.OUTPUT, Model(model), by=usage.written)
    price = PRICES.get(model)
    if price is None:
        if model not in _unpriced:
            _unpriced.add(model)
            _LOG.warning("no list price is known: tokens are counted, their cost is not", model=model)
        return
    reading = (
        usage.fresh * price.read
        + usage.cache_read * price.cache_read
        + usage.cache_kept * price.cache_kept
        + usage.cache_kept_long * price.cache_kept_long
    )
    count(CLAUDE_COST, Direction.INPUT, Model(model), by=reading / _MILLION)
    count(CLAUDE_COST, Direction.OUTPUT, Model(model), by=usage.written * price.written / _MILLION)
