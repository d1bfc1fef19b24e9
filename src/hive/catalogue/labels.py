"""The labels of the Hive's metrics and the values they can take."""

from __future__ import annotations

from signalproof.catalogue.labels import BoundedLabel, ClosedLabel


class Component(ClosedLabel):
    """The part of an application that does the work."""

    AI_PLANNER = "ai_planner"
    ASYNC_AI_PLANNER = "async_ai_planner"
    DEPLOYER = "deployer"
    DEPLOYMENT_AGENT = "deployment_agent"


class Strategy(ClosedLabel):
    """How a release reaches its target: one module in ``ai_deployer/strategies`` each."""

    SSH = "ssh"
    DOCKER = "docker"
    KUBERNETES = "kubernetes"


class Queue(ClosedLabel):
    """What waits in it: each application has one."""

    PLANNING = "planning"
    DEPLOYMENT = "deployment"


class Direction(ClosedLabel):
    """Which way tokens went."""

    INPUT = "input"
    OUTPUT = "output"


class Model(BoundedLabel, at_most=8):
    """The Claude model that answered."""


class PlanningError(ClosedLabel, name="error_type"):
    """Why no plan came of a task: exception class names."""

    TIMEOUT = "APITimeoutError"
    CONNECTION = "APIConnectionError"
    RATE_LIMIT = "RateLimitError"
    OVERLOADED = "OverloadedError"
    SERVER = "InternalServerError"
    AUTHENTICATION = "AuthenticationError"
    INVALID_PLAN = "InvalidPlanError"
    DEADLINE = "TimeoutError"
    CIRCUIT_OPEN = "CircuitOpenError"
    MISSING_KEY = "MissingKeyError"
    OTHER = "other"


class DatabaseError(ClosedLabel, name="error_type"):
    """Why the database did not answer: exception class names."""

    UNREACHABLE = "OperationalError"
    CONFLICT = "IntegrityError"
    TIMEOUT = "TimeoutError"
    OTHER = "other"


class DeploymentError(ClosedLabel, name="error_type"):
    """Why a deployment step failed: exception class names."""

    CONNECTION = "ConnectionError"
    TIMEOUT = "TimeoutError"
    PERMISSION = "PermissionError"
    BUILD = "BuildError"
    ROLLOUT = "RolloutError"
    UNHEALTHY = "UnhealthyError"
    INVALID = "ValueError"
    OTHER = "other"
