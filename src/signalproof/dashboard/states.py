"""Panel kinds that show which state held when."""

from __future__ import annotations

from dataclasses import dataclass, field

from signalproof.dashboard.panels import Colour, QueryPanel


@dataclass(frozen=True)
class State:
    """What one value means.

    Attributes:
        value: The value of a sample.
        text: What is shown for it.
        color: Its colour.
    """

    value: float
    text: str
    color: Colour


@dataclass(frozen=True, eq=False)
class StateTimeline(QueryPanel):
    """Which state held when, one band per series.

    Attributes:
        states: What the values mean; values that are not listed are coloured by the thresholds.
    """

    kind = "state-timeline"
    preferred_width = 12
    preferred_height = 6

    states: tuple[State, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True, eq=False)
class StatusHistory(QueryPanel):
    """The state at regular moments, one line per series.

    Attributes:
        states: What the values mean; values that are not listed are coloured by the thresholds.
    """

    kind = "status-history"
    preferred_width = 12
    preferred_height = 6

    states: tuple[State, ...] = field(default=(), kw_only=True)
