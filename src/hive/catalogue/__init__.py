"""Every metric of the Hive: one entry for each of the 23 tracked functions, and what they do not say."""

from hive.catalogue import deployer, planner, queues
from signalproof.catalogue.catalogue import Catalogue

CATALOGUE = Catalogue.of(planner, deployer, queues)

__all__ = ["CATALOGUE"]
