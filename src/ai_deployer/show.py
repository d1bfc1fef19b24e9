"""The queue, and a deployment with its events, as text for people or as JSON."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import typer

from hive.application.specification import print_specification
from hive.storage import BlockedTarget, Deployment, DeploymentQueue, DeploymentStatus
from signalproof.text import as_json as in_json
from signalproof.text import shown


def print_queue(queue: DeploymentQueue, target: str | None, *, as_json: bool) -> None:
    """Print how many deployments are in each state, and the latest of them."""
    counts = queue.counts()
    latest = queue.latest(target=target)
    blocked = {one.target: one for one in queue.blocked() if target in {None, one.target}}
    if as_json:
        _json(
            {
                "counts": counts,
                "blocked": [asdict(one) for one in blocked.values()],
                "deployments": [asdict(one) for one in latest],
            }
        )
        return
    typer.echo(", ".join(f"{counts.get(status, 0)} {status}" for status in DeploymentStatus))
    for block in blocked.values():
        typer.echo(_why(block))
    for one in latest:
        waits = one.status is DeploymentStatus.PENDING and one.request.target in blocked
        typer.echo(
            f"{one.id:>6}  {one.status:<12}  attempt {one.attempt}/{one.max_attempts}  {_what(one)}"
            f"{'  waits: the target is blocked' if waits else ''}"
        )


def print_deployment(queue: DeploymentQueue, number: int, *, as_json: bool) -> None:
    """Print a deployment and what happened to it."""
    one, events = queue.deployment(number), queue.events(number)
    block = _block_of(queue, one.request.target)
    if as_json:
        _json(
            {
                "deployment": asdict(one),
                "blocked": None if block is None else asdict(block),
                "events": [asdict(event) for event in events],
            }
        )
        return
    typer.echo(f"deployment {one.id}: {one.status}, attempt {one.attempt} of {one.max_attempts}")
    typer.echo(_what(one))
    typer.echo(f"correlation id: {shown(one.correlation_id)}")
    typer.echo(f"submitted: {_when(one.created_at)}")
    if block is not None and one.status is DeploymentStatus.PENDING:
        typer.echo(f"waits: {_why(block)}")
    elif block is not None and block.deployment_id == one.id:
        typer.echo(_why(block))
    typer.echo("approved by nobody" if one.approved_by is None else f"approved by {shown(one.approved_by)}")
    print_specification(one.request)
    if one.digest != one.request.digest:
        typer.echo(f"CHANGED SINCE: what was approved has the digest {one.digest}")
    if one.error_type is not None:
        typer.echo(f"error: {shown(one.error_type)}: {shown(one.error)}")
    if one.result:
        typer.echo(f"result: {in_json(one.result, sort_keys=True)}")
    for event in events:
        detail = in_json(event.detail, sort_keys=True) if event.detail else ""
        typer.echo(f"  {_when(event.at)}  attempt {event.attempt}  {shown(event.kind)}  {detail}".rstrip())


def say_if_blocked(queue: DeploymentQueue, target: str) -> None:
    """Say on stderr that what was put into the queue waits, if nothing is deployed to *target*."""
    block = _block_of(queue, target)
    if block is not None:
        typer.echo(f"it waits: {_why(block)}", err=True)


def _block_of(queue: DeploymentQueue, target: str) -> BlockedTarget | None:
    return next((one for one in queue.blocked() if one.target == target), None)


def _why(block: BlockedTarget) -> str:
    lift = shlex.join(["python", "-m", "ai_deployer", "unblock", block.target])
    return shown(
        f"{block.target!r} is blocked since {_when(block.blocked_at)}, deployment {block.deployment_id} needs a person: "
        f"{block.reason} (then: {lift})"
    )


def _what(one: Deployment) -> str:
    request = one.request
    return shown(f"{request.release!r} to {request.target!r} by {request.strategy}")


def _when(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _json(content: Any) -> None:
    typer.echo(in_json(content, indent=2, default=str))
