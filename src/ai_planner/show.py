"""The queue, a task and its plan, as text for people or as JSON."""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import typer

from ai_planner.plan import ExecutionPlan
from hive.application.specification import print_specification
from hive.storage import PlanningQueue, PlanningTask, StoredPlan, TaskStatus
from signalproof.text import as_json as in_json
from signalproof.text import shown

_WIDTH = 60


def print_queue(queue: PlanningQueue, *, as_json: bool) -> None:
    """Print how many tasks are in each state, and the latest of them."""
    counts = queue.counts()
    tasks = queue.latest()
    if as_json:
        _json({"counts": counts, "tasks": [asdict(task) for task in tasks]})
        return
    typer.echo(", ".join(f"{counts.get(status, 0)} {status}" for status in TaskStatus))
    for task in tasks:
        first_line = next(iter(task.description.splitlines()), "")
        short = shown(first_line, at_most=_WIDTH)
        typer.echo(f"{task.id:>6}  {task.status:<9}  attempt {task.attempt}/{task.max_attempts}  {short}")


def print_task(queue: PlanningQueue, number: int, *, as_json: bool) -> None:
    """Print a task and its plan."""
    task, plan = queue.task(number), queue.plan(number)
    if as_json:
        digest = None if task.deployment is None else task.deployment.digest
        found = {"task": asdict(task), "plan": None if plan is None else asdict(plan), "digest": digest}
        _json(found)
        return
    _print_facts(task)
    if plan is not None:
        _print_plan(plan)
    print_what_runs(task, plan)


def print_what_runs(task: PlanningTask, plan: StoredPlan | None) -> None:
    """Print what the deployer does when the plan of *task* is approved, and who approved it if somebody did."""
    if task.deployment is None:
        typer.echo("deploys nothing")
        return
    typer.echo("what is deployed, by its own words and not by the plan's:")
    print_specification(task.deployment)
    by, digest = task.approved_by, task.approved_digest
    if plan is not None:
        by, digest = plan.approved_by, plan.approved_digest
    if by is not None:
        typer.echo(f"approved by {shown(by)}{' in advance' if plan is None else ''}: {shown(digest)}")
        if digest != task.deployment.digest:
            typer.echo("CHANGED SINCE it was approved: the deployer refuses it")


def _print_facts(task: PlanningTask) -> None:
    typer.echo(f"task {task.id}: {task.status}, attempt {task.attempt} of {task.max_attempts}")
    typer.echo(f"correlation id: {shown(task.correlation_id)}")
    typer.echo(f"submitted: {_when(task.created_at)}")
    if task.error_type is not None:
        typer.echo(f"last error: {shown(task.error_type)}: {shown(task.error)}")
    # set off, so that no line of it is taken for one of ours
    typer.echo(f"\n{textwrap.indent(shown(task.description, lines=True), '    ')}\n")


def _print_plan(stored: StoredPlan) -> None:
    plan = ExecutionPlan.model_validate(stored.plan)
    by = f"by {shown(stored.model)}" if plan.approvable else f"WITHOUT CLAUDE ({shown(plan.reason)})"
    approved = "not approved" if stored.approved_by is None else f"approved by {shown(stored.approved_by)}"
    typer.echo(f"planned {by}; {approved}; likely {plan.minutes} minutes from start to end")
    typer.echo(shown(plan.summary))
    by_id = {one.id: one for one in plan.subtasks}
    for number, name in enumerate(plan.order(), 1):
        one = by_id[name]
        after = f", after {', '.join(one.depends_on)}" if one.depends_on else ""
        typer.echo(f"{number:>3}. {shown(one.title)} [{one.id}{after}; {one.estimate.likely} min]")
    for risk in plan.risks:
        typer.echo(
            f"  risk ({risk.likelihood}/{risk.impact}): {shown(risk.description)} {shown(risk.mitigation)}"
        )


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _json(value: Any) -> None:
    typer.echo(in_json(value, indent=2, sort_keys=True))
