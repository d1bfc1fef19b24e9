"""The deployer: takes deployments from a durable queue, carries them out, verifies them, and rolls back what is broken."""

from hive.application.config import instrumented
from hive.catalogue import CATALOGUE
from signalproof.instrument import use

use(CATALOGUE, enabled=instrumented())
