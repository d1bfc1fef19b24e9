"""The command line of the planner."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer

from ai_planner.config import PlannerSettings
from ai_planner.requests import deployment_request, facts_of
from ai_planner.show import print_queue, print_task, print_what_runs
from hive.application.command_line import INCOMPLETE, application
from hive.application.config import load
from hive.application.identity import identity
from hive.application.logs import set_up_logs
from hive.application.redaction import Redactor
from hive.application.shutdown import AsyncDrain, Drain
from hive.catalogue import planner as catalogue
from hive.catalogue import queues
from hive.storage import Heartbeat, PlanningQueue, migrate, open_database
from signalproof.catalogue.catalogue import Catalogue
from signalproof.errors import SignalproofError
from signalproof.instrument import install, serve

_LOG: Any = structlog.get_logger(__name__)
_STOPS = (signal.SIGTERM, signal.SIGINT)

app = application("ai_planner", "Plans tasks with Claude, from a durable queue.")

_Once = Annotated[bool, typer.Option("--once", help="End as soon as the queue is empty.")]
_Port = Annotated[int | None, typer.Option("--metrics-port", help="Port of /metrics; 0 takes a free one.")]


@app.command()
def run(once: _Once = False, metrics_port: _Port = None) -> None:
    """Plan one task after the other."""
    from ai_planner.agent import AIPlanner
    from ai_planner.claude import Claude
    from ai_planner.claude_bridge import RobustClaudePlannerBridge

    settings = _settings(metrics_port)
    with (
        _served(settings),
        _queue(settings) as queue,
        Heartbeat(queue, lease=settings.lease_seconds) as heartbeat,
        RobustClaudePlannerBridge(Claude(settings)) as bridge,
        Drain(_STOPS, settings.drain_seconds) as drain,
    ):
        AIPlanner(queue, bridge, heartbeat, settings).run(drain, once=once)


@app.command()
def run_async(once: _Once = False, metrics_port: _Port = None) -> None:
    """Plan several tasks at a time."""
    settings = _settings(metrics_port)
    with (
        _served(settings),
        _queue(settings) as queue,
        Heartbeat(queue, lease=settings.lease_seconds) as heartbeat,
    ):
        if asyncio.run(_run_async(settings, queue, heartbeat, once=once)):
            raise typer.Exit(INCOMPLETE)


async def _run_async(
    settings: PlannerSettings, queue: PlanningQueue, heartbeat: Heartbeat, *, once: bool
) -> bool:
    """Run the async planner; return whether work in progress was cut off."""
    from ai_planner.agent import AIPlanner
    from ai_planner.async_agent import AsyncAIPlanner, AsyncClaudeService

    service = AsyncClaudeService(settings)
    planner = AsyncAIPlanner(AIPlanner(queue, None, heartbeat, settings), service, settings)
    drain = AsyncDrain(_STOPS, settings.drain_seconds)
    try:
        async with drain:
            await planner.run_forever_async(drain, once=once)
    except asyncio.CancelledError:
        if not drain.cut_off:
            raise
    finally:
        planner.close()
        await service.close()
    return drain.cut_off


@app.command()
def submit(
    description: Annotated[
        str, typer.Argument(help="What is to be planned; - reads it from standard input.")
    ],
    fact: Annotated[list[str] | None, typer.Option(help="A fact for the planner: name=value.")] = None,
    priority: Annotated[int, typer.Option(help="Higher is earlier.")] = 0,
    key: Annotated[str | None, typer.Option(help="Name under which it is submitted once only.")] = None,
    correlation_id: Annotated[str | None, typer.Option(help="Common to task, plan and deployment.")] = None,
    deploy: Annotated[
        Path | None,
        typer.Option(help="JSON file: what to deploy once approved (strategy, target, release, spec)."),
    ] = None,
    approve: Annotated[
        bool, typer.Option("--approve", help="Approve Claude's plan in advance; a fallback plan still waits.")
    ] = False,
) -> None:
    """Put a task into the queue, and print its number."""
    text = sys.stdin.read() if description == "-" else description
    if not text.strip():
        raise SignalproofError("the description is empty", "say what is to be planned")
    if approve and deploy is None:
        raise SignalproofError(
            "--approve without --deploy approves nothing", "say what to deploy with --deploy"
        )
    with _queue(_settings()) as queue:
        task = queue.submit(
            text.strip(),
            context=facts_of(fact or []),
            priority=priority,
            key=key,
            correlation_id=correlation_id,
            deployment=None if deploy is None else deployment_request(deploy),
            approved_by=identity() if approve else None,
        )
    typer.echo(f"{task.id}")


@app.command()
def show(
    number: Annotated[int | None, typer.Argument(help="A task; the queue when left out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the queue, or a task with its plan."""
    with _queue(_settings()) as queue:
        if number is None:
            print_queue(queue, as_json=as_json)
        else:
            print_task(queue, number, as_json=as_json)


@app.command()
def approve(
    number: Annotated[int, typer.Argument(help="The task whose plan is approved.")],
    digest: Annotated[
        str | None, typer.Option(help="Of what was reviewed, as show prints it: anything else is refused.")
    ] = None,
) -> None:
    """Print what the plan of a task deploys, approve it, and hand it to the deployer."""
    with _queue(_settings()) as queue:
        task, plan = queue.task(number), queue.plan(number)
        printed = None
        if plan is not None and task.deployment is not None:
            print_what_runs(task, plan)
            printed = task.deployment.digest
        deployment = queue.approve(number, identity(), printed if digest is None else digest)
    typer.echo("approved" if deployment is None else f"approved: deployment {deployment}")


@app.command()
def retry(number: Annotated[int, typer.Argument(help="The failed task.")]) -> None:
    """Put a failed task back into the queue."""
    with _queue(_settings()) as queue:
        typer.echo(f"{queue.retry(number).id}")


def _settings(metrics_port: int | None = None) -> PlannerSettings:
    settings = load(PlannerSettings, metrics_port=metrics_port)
    set_up_logs(settings.log_level, settings.log_format, Redactor(settings.secrets()))
    return settings


@contextmanager
def _served(settings: PlannerSettings) -> Iterator[None]:
    """Expose the planner's metrics within the ``with`` block."""
    install(Catalogue.of(catalogue, queues))
    with serve(
        settings.metrics_port, address=settings.metrics_address, web_config=settings.metrics_web_config
    ) as server:
        _LOG.info("metrics are served", url=server.url)
        yield


@contextmanager
def _queue(settings: PlannerSettings) -> Iterator[PlanningQueue]:
    """Open the queue within the ``with`` block, its tables brought up to date."""
    with open_database(settings.database()) as database:
        migrate(database)
        yield PlanningQueue(database)
