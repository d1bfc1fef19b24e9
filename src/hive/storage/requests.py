"""What a deployment that is asked for must say before it gets into a queue."""

from __future__ import annotations

from hive.catalogue.labels import Strategy
from hive.storage.records import DeploymentRequest
from signalproof.errors import SignalproofError, did_you_mean


def check(request: DeploymentRequest) -> None:
    """Raise unless the request names a strategy that there is, a target and a release, and is JSON.

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
