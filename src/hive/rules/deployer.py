"""What wakes whoever runs ai_deployer."""

from __future__ import annotations

from hive.catalogue.deployer import (
    BUILD_IMAGE,
    DEPLOYER_LOOP,
    DEPLOYMENT_EXECUTION,
    DEPLOYMENT_QUEUE_POLL,
    DOCKER_DEPLOYMENT,
    HANDLE_TASK,
    HEALTH_CHECK,
    KUBERNETES_DEPLOYMENT,
    PROCESS_QUEUE,
    ROLLBACK,
    SSH_DEPLOYMENT,
    STORE_RESULT,
    UPDATE_STATUS,
    VALIDATE_CONNECTION,
)
from hive.catalogue.labels import Queue
from hive.catalogue.queues import QUEUE_OLDEST, QUEUE_WAITING
from signalproof.catalogue.instrumentation import FAULTS, Stage, Tracked
from signalproof.catalogue.labels import Job
from signalproof.rules.duty import Duty
from signalproof.rules.jobs import instrumentation_group, job_group
from signalproof.rules.loops import loop_group, running_group
from signalproof.rules.objectives import error_budget
from signalproof.rules.queues import poll_group, stuck_group
from signalproof.rules.rates import rate_group
from signalproof.rules.waiting import waiting_group

DEPLOYER = Duty(Job("ai_deployer"), owner="deployment", runbook="src/hive/rules/README.md", file="deployer")

GROUPS = (
    job_group(DEPLOYER),
    running_group((DEPLOYER_LOOP,), DEPLOYER),
    # One turn lasts until a deployment ends, which the buckets follow up to 30 minutes; meanwhile the queue is looked into.
    loop_group(DEPLOYER_LOOP, DEPLOYER, limit="45m"),
    poll_group(DEPLOYMENT_QUEUE_POLL, DEPLOYER_LOOP, DEPLOYER, limit="15m"),
    stuck_group(HANDLE_TASK, DEPLOYER, window="1h", poll=DEPLOYMENT_QUEUE_POLL),
    # A deployment lasts up to 30 minutes, and the next one to the same target waits for it.
    waiting_group(
        QUEUE_WAITING, QUEUE_OLDEST, Queue.DEPLOYMENT, (HANDLE_TASK,), DEPLOYER, window="1h", limit="1h"
    ),
    error_budget(DEPLOYMENT_EXECUTION, DEPLOYER),
    error_budget(SSH_DEPLOYMENT, DEPLOYER),
    error_budget(DOCKER_DEPLOYMENT, DEPLOYER),
    error_budget(HEALTH_CHECK, DEPLOYER),
    # A rollback that fails leaves a broken release in front of users: the first one is one too many.
    error_budget(ROLLBACK, DEPLOYER, at_least=1),
    instrumentation_group(FAULTS, DEPLOYER, Tracked("deployment_execution"), Stage.RECORD),
)

RATES = rate_group(
    DEPLOYER,
    DEPLOYMENT_EXECUTION,
    HEALTH_CHECK,
    ROLLBACK.failures,  # how many there are is counted exactly
    ROLLBACK.duration,
    SSH_DEPLOYMENT,
    VALIDATE_CONNECTION,
    DOCKER_DEPLOYMENT,
    BUILD_IMAGE,
    KUBERNETES_DEPLOYMENT,
    DEPLOYER_LOOP,
    HANDLE_TASK,
    PROCESS_QUEUE,
    DEPLOYMENT_QUEUE_POLL,
    UPDATE_STATUS,
    STORE_RESULT,
)
"""What all instances do together, for a fleet: add it to `GROUPS`, and the dashboards ask it instead of each process."""
