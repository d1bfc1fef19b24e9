"""The command line of the deployer."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer

from ai_deployer.agent import DeploymentAgent
from ai_deployer.approval import NotApprovedError, check_unchanged
from ai_deployer.config import DeployerSettings
from ai_deployer.database_adapter import DatabaseAdapter
from ai_deployer.deployer import DeploymentOrchestrator
from ai_deployer.show import print_deployment, print_queue, say_if_blocked
from ai_deployer.strategies import Strategies
from hive.application.command_line import INCOMPLETE, application
from hive.application.config import load
from hive.application.identity import identity
from hive.application.logs import set_up_logs
from hive.application.redaction import Redactor
from hive.application.shutdown import AsyncDrain
from hive.catalogue import deployer as catalogue
from hive.catalogue import queues
from hive.storage import (
    Deployment,
    DeploymentQueue,
    DeploymentRequest,
    DeploymentStatus,
    Heartbeat,
    migrate,
    open_database,
)
from signalproof.catalogue.catalogue import Catalogue
from signalproof.errors import SignalproofError
from signalproof.instrument import install, serve
from signalproof.text import shown
from signalproof.text_files import read_text

_LOG: Any = structlog.get_logger(__name__)
_MOST_BYTES = 1_000_000
"""Most bytes of a file that says what to deploy."""
_STOPS = (signal.SIGTERM, signal.SIGINT)

APPLICATION = application(
    "ai_deployer", "Deploys releases from a durable queue, and rolls back what is broken."
)


@APPLICATION.command()
def run(
    once: Annotated[bool, typer.Option("--once", help="End as soon as the queue is empty.")] = False,
    metrics_port: Annotated[
        int | None, typer.Option("--metrics-port", help="Port of /metrics; 0 takes a free one.")
    ] = None,
) -> None:
    """Deploy what is in the queue; SIGTERM lets what is in progress end."""
    settings = _settings(metrics_port)
    with (
        _served(settings),
        _queue(settings) as queue,
        Heartbeat(queue, lease=settings.lease_seconds) as heartbeat,
    ):
        if not asyncio.run(work(settings, queue, heartbeat, once=once)):
            raise typer.Exit(INCOMPLETE)


async def work(
    settings: DeployerSettings, queue: DeploymentQueue, heartbeat: Heartbeat, *, once: bool
) -> bool:
    """Work through the queue; return whether everything that was taken up succeeded, and nothing was cut off."""
    redact = Redactor(settings.secrets())
    adapter = DatabaseAdapter(queue, worker=settings.worker, lease=settings.lease_seconds, redact=redact)
    orchestrator = DeploymentOrchestrator(adapter, Strategies(settings), settings)
    agent = DeploymentAgent(adapter, orchestrator, heartbeat, settings)
    drain = AsyncDrain(_STOPS, settings.drain_seconds)
    asyncio.get_running_loop().set_default_executor(
        ThreadPoolExecutor(4 * settings.concurrency, thread_name_prefix="hive-deployer")
    )
    try:
        async with drain:
            await agent.run(drain, once=once)
    except asyncio.CancelledError:
        if not drain.cut_off:
            raise
        return False
    return not once or set(agent.outcomes) <= {DeploymentStatus.SUCCEEDED}


@APPLICATION.command()
def submit(
    strategy: Annotated[str, typer.Argument(help="How: ssh, docker or kubernetes.")],
    target: Annotated[str, typer.Argument(help="Name of what is deployed to.")],
    release: Annotated[str, typer.Argument(help="Name of what is deployed.")],
    spec: Annotated[Path, typer.Option(help="JSON file with everything else; see the README.")],
    key: Annotated[str | None, typer.Option(help="Name under which it is submitted once only.")] = None,
    correlation_id: Annotated[str | None, typer.Option(help="Common to all that belongs together.")] = None,
    priority: Annotated[int, typer.Option(help="Higher is earlier.")] = 0,
) -> None:
    """Put a deployment into the queue that nobody approved, where that is allowed, and print its number."""
    settings = _settings()
    if not settings.unapproved:
        raise SignalproofError(
            "a deployment that nobody approved is refused",
            "let a plan be approved: python -m ai_planner submit --deploy …, then approve; or set "
            "HIVE_DEPLOYER_UNAPPROVED=true, here and where the deployer runs",
        )
    request = DeploymentRequest(strategy, target, release, _read_json(spec))
    with _queue(settings) as queue:
        try:
            _check(request)
        except ValueError as error:
            raise SignalproofError(
                f"{spec}: {error}", "see src/ai_deployer/README.md for what it may say"
            ) from None
        found = queue.submit(request, key=key, correlation_id=correlation_id, priority=priority)
        say_if_blocked(queue, target)
    typer.echo(f"{found.id}")


@APPLICATION.command()
def show(
    number: Annotated[int | None, typer.Argument(help="A deployment; the queue when left out.")] = None,
    target: Annotated[str | None, typer.Option(help="Only the deployments to this target.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the queue, or a deployment with what happened to it."""
    with _queue(_settings()) as queue:
        if number is None:
            print_queue(queue, target, as_json=as_json)
        else:
            print_deployment(queue, number, as_json=as_json)


@APPLICATION.command()
def rollback(
    target: Annotated[str, typer.Argument(help="Name of what is deployed to.")],
    to: Annotated[
        int | None,
        typer.Option(
            help="Number of the good deployment to return to; the one before the last when left out."
        ),
    ] = None,
) -> None:
    """Approve a return to an earlier good release, put it into the queue, and print its number."""
    with _queue(_settings()) as queue:
        good = _earlier(queue, target, to)
        try:
            check_unchanged(good)
        except NotApprovedError as error:
            raise SignalproofError(str(error), "choose another good release with --to") from None
        request = DeploymentRequest(
            good.request.strategy,
            target,
            good.request.release,
            {**good.request.spec, "kept": good.result or {}},
        )
        typer.echo(f"{queue.submit(request, approved_by=identity()).id}")
        say_if_blocked(queue, target)


@APPLICATION.command()
def unblock(
    target: Annotated[str, typer.Argument(help="Name of what is deployed to.")],
) -> None:
    """Let deployments through to a target that needed a person, once one was there."""
    with _queue(_settings()) as queue:
        lifted = queue.unblock(target, identity())
    why = shown(lifted.reason)
    typer.echo(f"{target!r} is open again; deployment {lifted.deployment_id} had blocked it: {why}")


def _earlier(queue: DeploymentQueue, target: str, number: int | None) -> Deployment:
    if number is None:
        last = queue.last_good(target)
        found = None if last is None else queue.last_good(target, before=last.id)
        if found is None:
            raise SignalproofError(
                f"nothing that succeeded on {target!r} was there before the last release",
                f"see what there was: python -m ai_deployer show --target {target}",
            )
        return found
    found = queue.deployment(number)
    if found.request.target != target or found.status is not DeploymentStatus.SUCCEEDED:
        raise SignalproofError(
            f"deployment {number} is no good release of {target!r}",
            f"see what there was: python -m ai_deployer show --target {target}",
        )
    return found


def _check(request: DeploymentRequest) -> None:
    """Raise when the strategy does not understand the request, before it is in the queue."""
    from ai_deployer.specification import read_specification
    from ai_deployer.strategies import discover
    from hive.storage.submission import check

    check(request)
    read_specification(discover(request.strategy).specification, request.spec)


def _read_json(file: Path) -> dict[str, Any]:
    remedy = 'write a JSON object: {"host": …}'
    text = read_text(file, "name a file that can be read", most=_MOST_BYTES)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SignalproofError(f"{file} is no JSON: {error}", remedy) from None
    if not isinstance(found, dict):
        raise SignalproofError(f"{file} holds no JSON object", remedy)
    return found


def _settings(metrics_port: int | None = None) -> DeployerSettings:
    settings = load(DeployerSettings, metrics_port=metrics_port)
    set_up_logs(settings.log_level, settings.log_format, Redactor(settings.secrets()))
    return settings


@contextmanager
def _served(settings: DeployerSettings) -> Iterator[None]:
    """Expose the deployer's metrics within the ``with`` block."""
    install(Catalogue.of(catalogue, queues))
    with serve(
        settings.metrics_port, address=settings.metrics_address, web_config=settings.metrics_web_config
    ) as server:
        _LOG.info("metrics are served", url=server.url)
        yield


@contextmanager
def _queue(settings: DeployerSettings) -> Iterator[DeploymentQueue]:
    """Open the queue within the ``with`` block, its tables brought up to date."""
    with open_database(settings.database()) as database:
        migrate(database)
        yield DeploymentQueue(database)
