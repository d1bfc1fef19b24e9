"""What is put into the deployment queue: checked, so that what is carried out is what was asked for."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from hive.catalogue.labels import Strategy
from hive.storage.clock import now
from hive.storage.fitting import fit
from hive.storage.gate import check_name, check_orders
from hive.storage.records import DeploymentRequest
from hive.storage.schema import deployments
from signalproof.errors import SignalproofError, did_you_mean

ATTEMPTS = 3
"""How often a deployment is tried unless its submitter says otherwise."""

PLAN_KEY = "plan:"
"""How the key of a deployment begins that a plan brought."""


def check_submission(key: str | None, correlation_id: str | None, request: DeploymentRequest | None) -> None:
    """Raise unless what is put into a queue can be kept as it is, and a *request* with it be carried out.

    Raises:
        SignalproofError: It cannot.
    """
    check_name("the key", key, 200)
    check_name("the correlation id", correlation_id, 64)
    if request is not None:
        check(request)


def check(request: DeploymentRequest) -> None:
    """Raise unless the request names a strategy that there is, a target and a release, and can be kept as it is.

    Raises:
        SignalproofError: It does not.
    """
    known = [one.value for one in Strategy]
    if request.strategy not in known:
        raise SignalproofError(
            f"there is no strategy {request.strategy!r}",
            did_you_mean(request.strategy, known, f"strategies: {', '.join(known)}"),
        )
    for name in ("target", "release"):
        if not getattr(request, name).strip() or len(getattr(request, name)) > 200:
            raise SignalproofError(
                f"the {name} of a deployment has no name, or one of more than 200 characters", "name it"
            )
    try:
        _ = request.digest
    except ValueError as error:
        raise SignalproofError(
            f"the spec of a deployment holds what JSON has not: {error}", "write it as JSON has it"
        ) from None
    check_orders("what to deploy", request.as_json())


def insert_deployment(
    connection: Connection,
    request: DeploymentRequest,
    *,
    key: str | None,
    correlation_id: str,
    plan_id: int | None = None,
    priority: int = 0,
    max_attempts: int = ATTEMPTS,
    approved_by: str | None = None,
    approved_digest: str | None = None,
) -> int:
    """Put a deployment into the queue within a transaction, and return its number; one with the same *key* stays.

    Approved is what has the *approved_digest*, the *request* itself when that is left out: a deployer compares.
    """
    if key is not None:
        found = connection.execute(select(deployments.c.id).where(deployments.c.key == key)).scalar()
        if found is not None:
            return int(found)
    values = {
        **request.as_json(),
        "key": key,
        "correlation_id": correlation_id,
        "plan_id": plan_id,
        "priority": priority,
        "max_attempts": max_attempts,
        "digest": approved_digest or request.digest,
        "approved_by": approved_by,
        "approved_at": None if approved_by is None else now(),
        "available_at": now(),
        "created_at": now(),
        "updated_at": now(),
    }
    fit(deployments, values)
    return int(
        connection.execute(insert(deployments).values(values).returning(deployments.c.id)).scalar_one()
    )
