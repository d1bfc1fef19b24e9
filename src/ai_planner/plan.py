"""What a plan is, and what makes one that can be carried out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from ai_planner.errors import InvalidPlanError
from hive.storage import PlanSource

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Minutes = Annotated[int, Field(ge=0, le=525_600)]
Degree = Literal["low", "medium", "high"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Estimate(_Part):
    """How long a sub-task takes.

    Attributes:
        shortest: Minutes, if all goes well.
        likely: Minutes, most likely.
        longest: Minutes, if all goes badly.
    """

    shortest: Minutes
    likely: Minutes
    longest: Minutes

    @model_validator(mode="after")
    def _in_order(self) -> Estimate:
        if not self.shortest <= self.likely <= self.longest:
            raise ValueError("shortest ≤ likely ≤ longest does not hold")
        return self


class SubTask(_Part):
    """A step of a plan.

    Attributes:
        id: Name that other steps depend on: lower-case letters, digits, ``-`` and ``_``.
        title: What is done, in a few words.
        description: What is done, and how one sees that it is done.
        depends_on: Steps that must be done before.
        estimate: How long it takes.
    """

    id: Id
    title: Name
    description: Prose
    depends_on: list[Id]
    estimate: Estimate


class Risk(_Part):
    """What may go wrong.

    Attributes:
        description: What.
        likelihood: How likely it is.
        impact: How bad it would be.
        mitigation: What is done about it.
    """

    description: Prose
    likelihood: Degree
    impact: Degree
    mitigation: Prose


class Draft(_Part):
    """What Claude is asked for: sub-tasks whose dependencies have an order, and risks.

    Attributes:
        summary: The plan in one or two sentences.
        subtasks: The steps, in any order.
        risks: What may go wrong.
    """

    summary: Prose
    subtasks: Annotated[list[SubTask], Field(min_length=1, max_length=100)]
    risks: Annotated[list[Risk], Field(max_length=50)]

    @model_validator(mode="after")
    def _can_be_carried_out(self) -> Draft:
        self.order()
        return self

    def order(self) -> list[str]:
        """Return the ids of the sub-tasks such that each comes after those it depends on.

        Raises:
            ValueError: An id is given twice, a dependency is no sub-task, or they depend on each other in a circle.
        """
        known = [one.id for one in self.subtasks]
        if twice := sorted({one for one in known if known.count(one) > 1}):
            raise ValueError(f"sub-task {twice[0]!r} is there twice")
        for one in self.subtasks:
            if unknown := sorted(set(one.depends_on) - set(known)):
                raise ValueError(f"sub-task {one.id!r} depends on {unknown[0]!r}, which is none")
        try:
            return list(TopologicalSorter({one.id: one.depends_on for one in self.subtasks}).static_order())
        except CycleError as error:
            raise ValueError(f"sub-tasks depend on each other: {' → '.join(error.args[1])}") from None

    @property
    def minutes(self) -> int:
        """Likely minutes from start to end, if everything that does not depend on each other runs side by side."""
        by_id = {one.id: one for one in self.subtasks}
        ends: dict[str, int] = {}
        for name in self.order():
            one = by_id[name]
            ends[name] = one.estimate.likely + max((ends[before] for before in one.depends_on), default=0)
        return max(ends.values())


class ExecutionPlan(Draft):
    """A plan that can be carried out.

    Attributes:
        source: Who made it.
        model: The model that answered; None for a fallback.
        reason: Why Claude did not make it; None when it did.
    """

    source: PlanSource
    model: str | None = None
    reason: str | None = None

    @property
    def approvable(self) -> bool:
        """Whether it may be approved before a person has read it: only what Claude made."""
        return self.source is PlanSource.CLAUDE


def read_draft(text: str) -> Draft:
    """Return the plan that an answer's *text* is.

    Raises:
        InvalidPlanError: It is no JSON, not of the shape that was asked for, or cannot be carried out.
    """
    try:
        return Draft.model_validate_json(text)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        said = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'plan'}: {one['msg']}" for one in faults[:3])
        more = f"; and {len(faults) - 3} more" if len(faults) > 3 else ""
        raise InvalidPlanError(f"no plan that can be carried out: {said}{more}") from None


@cache
def draft_schema() -> dict[str, Any]:
    """Return the JSON schema of a draft, as the API takes it."""
    from anthropic import transform_schema

    return transform_schema(Draft)


def as_json(plan: ExecutionPlan) -> Mapping[str, Any]:
    """Return *plan* as JSON values."""
    found: dict[str, Any] = json.loads(plan.model_dump_json())
    return found
