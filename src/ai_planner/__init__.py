"""The planner: takes tasks from a durable queue, plans them with Claude, and hands approved plans to the deployer."""

from hive.application.config import instrumented
from hive.catalogue import CATALOGUE
from signalproof.instrument import use

use(CATALOGUE, enabled=instrumented())
