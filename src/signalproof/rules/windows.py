"""How fast an error budget may be spent before somebody is told: windows and factors as data."""

from __future__ import annotations

from dataclasses import dataclass

from signalproof.rules.severity import Severity


@dataclass(frozen=True, slots=True)
class BurnWindow:
    """One row of a burn-rate table: tell when both windows burn *factor* times as fast as the budget allows.

    Attributes:
        long: Window that makes sure enough of the budget is gone to matter.
        short: Window that makes the alert end soon after the cause has.
        factor: How many times faster than evenly the budget is being spent.
        severity: Whom it wakes.
    """

    long: str
    short: str
    factor: float
    severity: Severity


# Google, "The Site Reliability Workbook" (O'Reilly 2018), chapter 5 "Alerting on SLOs", section "6: Multiwindow,
# Multi-Burn-Rate Alerts", with the additional 1d/2h row of its listing. For a period of 30 days: 14.4 spends 2 % of
# the budget in 1 h, 6 spends 5 % in 6 h, 3 spends 10 % in 1 d, 1 spends 10 % in 3 d.
THIRTY_DAYS: tuple[BurnWindow, ...] = (
    BurnWindow("1h", "5m", 14.4, Severity.PAGE),
    BurnWindow("6h", "30m", 6.0, Severity.PAGE),
    BurnWindow("1d", "2h", 3.0, Severity.TICKET),
    BurnWindow("3d", "6h", 1.0, Severity.TICKET),
)
"""Burn rates for the 30 days over which an `Objective` promises."""
