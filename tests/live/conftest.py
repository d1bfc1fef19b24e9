"""A small catalogue with something of every kind, and its history in a real Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, labels
from signalproof.catalogue.metric import Counter, Gauge, Histogram
from signalproof.catalogue.operation import Adapter, Loop, Objective, Operation, Request
from signalproof.catalogue.units import BYTES, COUNT, RATIO
from signalproof.live.chance import Lognormal
from signalproof.live.model import Model
from signalproof.live.truth import Profile

if TYPE_CHECKING:
    from tests.conftest import Backfilled, History


class Strategy(ClosedLabel):
    SSH = "ssh"
    DOCKER = "docker"


class Failure(ClosedLabel, name="error_type"):
    TIMEOUT = "TimeoutError"
    REFUSED = "ConnectionRefusedError"
    OTHER = "other"


class Size(BoundedLabel, at_most=3):
    """The size of a model."""


PLANNING = Adapter(
    "planning", "a plan", labels(), Failure,
    owner="planner.sync.Planner.plan", buckets="llm", objective=Objective(latency=60.0, success=0.95),
)  # fmt: skip
ASYNC_PLANNING = Adapter(
    "async_planning", "a plan", labels(), Failure,
    owner="planner.concurrent.Planner.plan", buckets="llm", objective=Objective(latency=60.0, success=0.95),
)  # fmt: skip
IN_PROGRESS = Gauge("deployments_in_progress", "Deployments in progress.", labels(), COUNT, low=0, high=12)
DEPLOYMENT = Request(
    "deployment", "a deployment", labels(Strategy), Failure,
    owner="deployer.agent.Agent.deploy", buckets="deployment", in_flight=IN_PROGRESS,
)  # fmt: skip
LOOP = Loop("deployer_loop", "one turn", labels(), Failure, owner="deployer.agent.Agent.run")
TOKENS = Counter("read_tokens_total", "Tokens that were read.", labels(Size))
LOAD = Gauge("pool_load_ratio", "Load of the pool.", labels(), RATIO, low=0, high=1)
PAYLOAD = Histogram("payload_bytes", "Size of a payload.", labels(), BYTES)

CATALOGUE = Catalogue.of_entries((PLANNING, ASYNC_PLANNING, DEPLOYMENT, LOOP, TOKENS, LOAD, PAYLOAD))

BUSY = {
    "adapter_planning": Profile(1.5, Lognormal.through(40.0, 0.95), failure=0.04, cancelled=0.02),
    "adapter_async_planning": Profile(1.5, Lognormal.through(14.0, 0.95), failure=0.04, cancelled=0.02),
    "deployment": Profile(0.2, Lognormal.through(50.0, 0.95), failure=0.1, cancelled=0.0),
}


@dataclass(frozen=True)
class Shop:
    """The small catalogue.

    Attributes:
        catalogue: All of it.
        planning: A sync adapter operation.
        async_planning: Its async pair.
        deployment: A request operation with a label and an in-flight gauge.
        loop: A loop.
        in_progress: The in-flight gauge of *deployment*.
        payload: A histogram of no operation.
        busy: Profiles with so many calls that half an hour shows what is true of them.
    """

    catalogue: Catalogue = CATALOGUE
    planning: Operation[Any, Any] = PLANNING
    async_planning: Operation[Any, Any] = ASYNC_PLANNING
    deployment: Operation[Any, Any] = DEPLOYMENT
    loop: Operation[Any, Any] = LOOP
    in_progress: Gauge[Any] = IN_PROGRESS
    payload: Histogram[Any] = PAYLOAD
    busy: Mapping[str, Profile] = field(default_factory=lambda: BUSY)


@pytest.fixture(scope="session")
def shop() -> Shop:
    """The small catalogue."""
    return Shop()


@pytest.fixture(scope="session")
def history(shop: Shop, backfilled: Backfilled) -> History:
    """Forty minutes of the small catalogue, without restarts, in a real Prometheus."""
    return backfilled(
        Model.of(shop.catalogue, profiles=shop.busy, restart_every=0, incident_every=0), hours=40 / 60
    )
