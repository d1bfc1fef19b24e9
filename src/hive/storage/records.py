"""What the tables hold, as Python sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hive.storage.digest import digest_of
from hive.storage.schema import DeploymentStatus, PlanSource, TaskStatus


@dataclass(frozen=True)
class DeploymentRequest:
    """What is to be deployed where: the contract between planner and deployer.

    Attributes:
        strategy: How the release reaches its target; a value of `hive.catalogue.labels.Strategy`.
        target: Name of what is deployed to; two deployments to one target never run at the same time.
        release: Name of what is deployed.
        spec: Everything else that the strategy needs; the deployer validates it. Never a secret: secrets are named
            here and read by the deployer from its environment or files.
    """

    strategy: str
    target: str
    release: str
    spec: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it as a table of JSON values."""
        return {
            "strategy": self.strategy,
            "target": self.target,
            "release": self.release,
            "spec": dict(self.spec),
        }

    @property
    def digest(self) -> str:
        """The digest under which it is approved, over all of it.

        Raises:
            ValueError: The spec holds what JSON has not.
        """
        return digest_of(self.as_json())


@dataclass(frozen=True)
class Waiting:
    """What waits in a queue.

    Attributes:
        tasks: How many entries.
        seconds: How long the oldest of them has waited since its time came; 0 where there is none. An entry that is to
            be tried again begins anew: until then it waits for its time, and not for a worker.
    """

    tasks: int
    seconds: float


@dataclass(frozen=True)
class PlanningTask:
    """A planning task.

    Attributes:
        id: Its number.
        key: What the submitter called it, if it was to be submitted once only.
        correlation_id: Common to the task, its plan and its deployment, in tables and logs.
        priority: Higher is earlier.
        status: Where it stands.
        attempt: How often it was claimed.
        max_attempts: How often it may be claimed.
        lease_owner: The worker that holds it.
        error_type: Class name of the last error.
        error: What it said.
        created_at: Unix seconds, as all times here.
        finished_at: When it was planned or failed.
        description: What is to be planned.
        context: Facts for the planner.
        deployment: What to deploy once the plan is approved.
        approved_by: Who approved a plan of Claude's in advance.
        approved_digest: Digest of what was then to be deployed.
    """

    id: int
    key: str | None
    correlation_id: str
    priority: int
    status: TaskStatus
    attempt: int
    max_attempts: int
    lease_owner: str | None
    error_type: str | None
    error: str | None
    created_at: float
    finished_at: float | None
    description: str
    context: Mapping[str, Any]
    deployment: DeploymentRequest | None
    approved_by: str | None
    approved_digest: str | None

    @property
    def last_attempt(self) -> bool:
        """Whether it is given up if this attempt fails."""
        return self.attempt >= self.max_attempts


@dataclass(frozen=True)
class NewPlan:
    """A plan to be stored.

    Attributes:
        source: Who made it.
        model: The model that answered; None for a fallback.
        plan: The plan as JSON.
        input_tokens: Tokens the model read for it, cached ones included.
        output_tokens: Tokens the model wrote for it.
    """

    source: PlanSource
    plan: Mapping[str, Any]
    model: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True)
class StoredPlan(NewPlan):
    """A plan that is stored; the attributes of a new one, and these.

    Attributes:
        id: Its number.
        task_id: The task it is for.
        attempt: The attempt that it came of.
        approved_by: Who approved it, if somebody did.
        approved_at: When.
        approved_digest: Digest of what was then to be deployed; None when nothing was.
        created_at: When it was stored.
    """

    id: int = field(kw_only=True)
    task_id: int = field(kw_only=True)
    attempt: int = field(kw_only=True)
    approved_by: str | None = field(kw_only=True)
    approved_at: float | None = field(kw_only=True)
    approved_digest: str | None = field(kw_only=True)
    created_at: float = field(kw_only=True)


@dataclass(frozen=True)
class Deployment:
    """A deployment; attributes shared with `PlanningTask` mean the same.

    Attributes:
        plan_id: The plan it carries out, if it came from the planner.
        request: What is to be deployed where.
        result: What came of it.
        digest: Digest of the request as it was approved, or put into the queue without an approval.
        approved_by: Who approved it, if somebody did.
        approved_at: When.
    """

    id: int
    key: str | None
    correlation_id: str
    priority: int
    status: DeploymentStatus
    attempt: int
    max_attempts: int
    lease_owner: str | None
    error_type: str | None
    error: str | None
    created_at: float
    finished_at: float | None
    plan_id: int | None
    request: DeploymentRequest
    result: Mapping[str, Any] | None
    digest: str | None
    approved_by: str | None
    approved_at: float | None

    @property
    def last_attempt(self) -> bool:
        """Whether no further attempt is meant to start it anew."""
        return self.attempt >= self.max_attempts


@dataclass(frozen=True)
class BlockedTarget:
    """A target that nothing is deployed to until a person was there.

    Attributes:
        target: Its name.
        deployment_id: The deployment that needs a person.
        reason: Why.
        blocked_at: Since when.
    """

    target: str
    deployment_id: int
    reason: str
    blocked_at: float


@dataclass(frozen=True)
class DeploymentEvent:
    """Something that happened to a deployment.

    Attributes:
        id: Its number; events of a deployment are in this order.
        deployment_id: The deployment.
        attempt: The attempt it happened in.
        kind: What happened: ``uploaded``, ``switched``.
        detail: More about it; never a secret.
        at: When.
    """

    id: int
    deployment_id: int
    attempt: int
    kind: str
    detail: Mapping[str, Any]
    at: float
