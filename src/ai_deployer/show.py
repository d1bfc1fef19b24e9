"""The queue, and a deployment with its events, as text for people or as JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import typer

from hive.storage import Deployment, DeploymentQueue, DeploymentStatus
from signalproof.text import as_json as in_json
from signalproof.text import shown


def print_queue(queue: DeploymentQueue, target: str | None, *, as_json: bool) -> None:
    """Print how many deployments are in each state, and the latest of them."""
    counts = queue.counts()
    latest = queue.latest(target=target)
    if as_json:
        _json({"counts": counts, "deployments": [asdict(one) for one in latest]})
        return
    typer.echo(", ".join(f"{counts.get(status, 0)} {status}" for status in DeploymentStatus))
    for one in latest:
        typer.echo(f"{one.id:>6}  {one.status:<12}  attempt {one.attempt}/{one.max_attempts}  {_what(one)}")


def print_deployment(queue: DeploymentQueue, number: int, *, as_json: bool) -> None:
    """Print a deployment and what happened to it."""
    one, events = queue.deployment(number), queue.events(number)
    if as_json:
        _json({"deployment": asdict(one), "events": [asdict(event) for event in events]})
        return
    typer.echo(f"deployment {one.id}: {one.status}, attempt {one.attempt} of {one.max_attempts}")
    typer.echo(_what(one))
    typer.echo(f"correlation id: {shown(one.correlation_id)}")
    typer.echo(f"submitted: {_when(one.created_at)}")
    if one.error_type is not None:
        typer.echo(f"error: {shown(one.error_type)}: {shown(one.error)}")
    if one.result:
        typer.echo(f"result: {in_json(one.result, sort_keys=True)}")
    for event in events:
        detail = in_json(event.detail, sort_keys=True) if event.detail else ""
        typer.echo(f"  {_when(event.at)}  attempt {event.attempt}  {shown(event.kind)}  {detail}".rstrip())


def _what(one: Deployment) -> str:
    request = one.request
    return shown(f"{request.release!r} to {request.target!r} by {request.strategy}")


def _when(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _json(content: Any) -> None:
    typer.echo(in_json(content, indent=2, default=str))
