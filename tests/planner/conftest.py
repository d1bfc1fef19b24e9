"""The planner in this process: settings for the local Messages API, one run over the queue, and the metrics it left."""

from __future__ import annotations

import asyncio
import signal
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import update
from tests.messages_api.control import LocalClaude

from ai_planner import claude as claude_module
from ai_planner.agent import AIPlanner
from ai_planner.async_agent import AsyncAIPlanner, AsyncClaudeService
from ai_planner.claude import Claude
from ai_planner.claude_bridge import RobustClaudePlannerBridge
from ai_planner.config import PlannerSettings
from hive.application.config import instrumented, load
from hive.application.shutdown import AsyncDrain, Drain
from hive.catalogue import planner as catalogue
from hive.catalogue import queues
from hive.storage import Heartbeat, PlanningQueue, open_database
from hive.storage.schema import planning_tasks
from signalproof.catalogue.catalogue import Catalogue
from signalproof.instrument import install

KEY = "sk-ant-test-not-a-real-key-0001"
STOPS = (signal.SIGTERM, signal.SIGINT)
Kind = Literal["sync", "async"]

INSTRUMENTED = instrumented()


class Configure(Protocol):
    """Makes settings; see the fixture of that name."""

    def __call__(self, **environment: object) -> PlannerSettings: ...


@pytest.fixture
def configure(sqlite_url: str, claude: LocalClaude) -> Configure:
    """Makes the settings of a planner on SQLite that asks the local Messages API; variables may be given."""

    def made(**environment: object) -> PlannerSettings:
        own = {
            "HIVE_DATABASE_URL": sqlite_url,
            "HIVE_WORKER": "test-worker",
            "HIVE_POLL_SECONDS": 0.02,
            "HIVE_PLANNER_RETRY_SECONDS": 0.001,
            "ANTHROPIC_API_KEY": KEY,
            "ANTHROPIC_BASE_URL": claude.url,
            **environment,
        }
        return load(PlannerSettings, {name: str(value) for name, value in own.items() if value is not None})

    return made


@pytest.fixture(autouse=True)
def _no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip what takes a new client longest, and the local Messages API, which speaks plain HTTP, never asks for."""
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda *_, **__: None)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait between two tries of an answer that broke off."""
    monkeypatch.setattr(claude_module, "_PAUSE_SECONDS", 0.005)


@contextmanager
def opened(settings: PlannerSettings) -> Iterator[PlanningQueue]:
    """Open the queue of the *settings*."""
    with open_database(settings.database_url.get_secret_value()) as database:
        yield PlanningQueue(database)


@contextmanager
def sync_planner(settings: PlannerSettings, queue: PlanningQueue) -> Iterator[AIPlanner]:
    """Make a sync planner on an open *queue*."""
    with (
        Heartbeat(queue, lease=settings.lease_seconds) as heartbeat,
        RobustClaudePlannerBridge(Claude(settings)) as bridge,
    ):
        yield AIPlanner(queue, bridge, heartbeat, settings)


@asynccontextmanager
async def async_planner(settings: PlannerSettings, queue: PlanningQueue) -> AsyncIterator[AsyncAIPlanner]:
    """Make an async planner on an open *queue*, within a running event loop."""
    with Heartbeat(queue, lease=settings.lease_seconds) as heartbeat:
        service = AsyncClaudeService(settings)
        planner = AsyncAIPlanner(AIPlanner(queue, None, heartbeat, settings), service, settings)
        try:
            yield planner
        finally:
            planner.close()
            await service.close()


def plan_all(kind: Kind, settings: PlannerSettings, queue: PlanningQueue) -> None:
    """Plan what is due, as ``run --once`` and ``run-async --once`` do."""
    if kind == "sync":
        with sync_planner(settings, queue) as planner, Drain(STOPS, settings.drain_seconds) as drain:
            planner.run(drain, once=True)
        return

    async def run() -> None:
        async with (
            async_planner(settings, queue) as planner,
            AsyncDrain(STOPS, settings.drain_seconds) as drain,
        ):
            await planner.run_forever_async(drain, once=True)

    asyncio.run(run())


def until(found: Callable[[], Any], what: str, deadline: float = 60.0, every: float = 0.005) -> Any:
    """Return what *found* returns as soon as it is true."""
    end = time.monotonic() + deadline
    while not (value := found()):
        assert time.monotonic() < end, f"{what}: not within {deadline:g} s"
        time.sleep(every)
    return value


def let_leases_run_out(queue: PlanningQueue) -> None:
    """Make every lease end in the past, instead of waiting for it."""
    held = planning_tasks.c.lease_owner.is_not(None)
    with queue.database.write() as connection:
        connection.execute(update(planning_tasks).where(held).values(lease_expires_at=0))


@dataclass(frozen=True)
class Metrics:
    """The metrics of a test's own.

    Attributes:
        registry: What they are in.
    """

    registry: CollectorRegistry

    def value(self, name: str, **labels: str) -> float:
        """Return the value of a series; labels that are left out are those that are fixed."""
        found = [
            sample.value
            for family in self.registry.collect()
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        assert found, f"there is no {name} with {labels}"
        return sum(found)

    def above_zero(self, name: str, label: str) -> dict[str, float]:
        """Return the series of *name* that are not 0, by the value of a *label*."""
        return {
            sample.labels[label]: sample.value
            for family in self.registry.collect()
            for sample in family.samples
            if sample.name == name and sample.value
        }

    def outcome(self, operation: str) -> tuple[dict[str, float], dict[str, float]]:
        """Return calls by status and failures by type of an *operation*, what never happened left out."""
        return (
            self.above_zero(f"{operation}_calls_total", "status"),
            self.above_zero(f"{operation}_errors_total", "error_type"),
        )


@pytest.fixture
def metrics() -> Iterator[Metrics]:
    """The planner's catalogue, installed for one test; skips where instrumentation is switched off."""
    if not INSTRUMENTED:
        pytest.skip("instrumentation is switched off")
    registry = CollectorRegistry()
    with install(Catalogue.of(catalogue, queues), registry):
        yield Metrics(registry)
