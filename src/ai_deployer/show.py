"""The queue, and a deployment with its events, as text for people or as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import typer

from hive.application.specification import print_specification
from hive.storage import Deployment, DeploymentQueue, DeploymentStatus


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
    typer.echo(f"correlation id: {one.correlation_id}")
    typer.echo(f"submitted: {_when(one.created_at)}")
    typer.echo("approved by nobody" if one.approved_by is None else f"approved by {one.approved_by}")
    print_specification(one.request)
    if one.digest != one.request.digest:
        typer.echo(f"CHANGED SINCE: what was approved has the digest {one.digest}")
    if one.error_type is not None:
        typer.echo(f"error: {one.error_type}: {one.error}")
    if one.result:
        typer.echo(f"result: {json.dumps(one.result, ensure_ascii=False, sort_keys=True)}")
    for event in events:
        detail = json.dumps(event.detail, ensure_ascii=False, sort_keys=True) if event.detail else ""
        typer.echo(f"  {_when(event.at)}  attempt {event.attempt}  {event.kind}  {detail}".rstrip())


def _what(one: Deployment) -> str:
    request = one.request
    return f"{request.release!r} to {request.target!r} by {request.strategy}"


def _when(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _json(content: Any) -> None:
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False, default=str))
