"""Recording rules and alerts of the Hive: in GROUPS, in the order in which they are written; RATES for a fleet."""

from hive.rules import deployer, planner

GROUPS = (*planner.GROUPS, *deployer.GROUPS)

RATES = (planner.RATES, deployer.RATES)
"""Rates of what all instances do together. They pay from some dozen instances on (docs/guides/scale.md): put them into
GROUPS, and the dashboards ask them by themselves."""

__all__ = ["GROUPS", "RATES"]
