"""Recording rules and alerts of the Hive: in GROUPS, in the order in which they are written."""

from hive.rules import deployer, planner

GROUPS = (*planner.GROUPS, *deployer.GROUPS)

__all__ = ["GROUPS"]
