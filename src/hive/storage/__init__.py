"""The durable queues that planner and deployer share, on SQLite or PostgreSQL."""

from hive.storage.database import Database, open_database
from hive.storage.deployments import DeploymentQueue
from hive.storage.errors import LostClaimError, UnstorableError
from hive.storage.heartbeat import Heartbeat, Hold
from hive.storage.migrate import migrate
from hive.storage.planning import PlanningQueue
from hive.storage.queue import Held, Queue
from hive.storage.records import (
    BlockedTarget,
    Deployment,
    DeploymentEvent,
    DeploymentRequest,
    NewPlan,
    PlanningTask,
    StoredPlan,
    Waiting,
)
from hive.storage.schema import DeploymentStatus, PlanSource, TaskStatus

__all__ = [
    "BlockedTarget",
    "Database",
    "Deployment",
    "DeploymentEvent",
    "DeploymentQueue",
    "DeploymentRequest",
    "DeploymentStatus",
    "Heartbeat",
    "Held",
    "Hold",
    "LostClaimError",
    "NewPlan",
    "PlanSource",
    "PlanningQueue",
    "PlanningTask",
    "Queue",
    "StoredPlan",
    "TaskStatus",
    "UnstorableError",
    "Waiting",
    "migrate",
    "open_database",
]
