"""The plan without Claude: the same for the same task, plainly marked, and honest about knowing nothing."""

from __future__ import annotations

from ai_planner.plan import Estimate, ExecutionPlan, Risk, SubTask
from hive.storage import PlanningTask, PlanSource
from signalproof.text import shown

_STEPS = (
    ("understand", "Understand the task", "Read the task and what it touches; note what is unclear and ask.", (15, 60, 240)),
    ("design", "Decide how to do it", "Write down the change, its parts and how each will be checked.", (15, 90, 480)),
    ("build", "Do it", "Make the change in small steps, each checked before the next.", (30, 240, 2880)),
    ("check", "Check it", "Run every check there is, and try what the task asks for.", (15, 60, 480)),
    ("release", "Release it", "Bring it to where it is used, watch it, and be ready to go back.", (10, 30, 240)),
)  # fmt: skip


def fallback_plan(task: PlanningTask, reason: str) -> ExecutionPlan:
    """Return a plan for *task* that was made without Claude.

    Args:
        task: What is to be planned.
        reason: Why Claude did not make it: a type of error of the catalogue.
    """
    first_line = (task.description.strip().splitlines() or ["(no description)"])[0]
    subtasks = [
        SubTask(
            id=name,
            title=title,
            description=description,
            depends_on=[_STEPS[number - 1][0]] if number else [],
            estimate=Estimate(shortest=shortest, likely=likely, longest=longest),
        )
        for number, (name, title, description, (shortest, likely, longest)) in enumerate(_STEPS)
    ]
    risk = Risk(
        description="This plan is a general one: it was made without looking at the task.",
        likelihood="high",
        impact="medium",
        mitigation="Have a person read it before it is approved, or plan the task again when Claude answers.",
    )
    return ExecutionPlan(
        summary=f"General steps, made without Claude ({reason}): {shown(first_line, at_most=120)}",
        subtasks=subtasks,
        risks=[risk],
        source=PlanSource.FALLBACK,
        reason=reason,
    )
