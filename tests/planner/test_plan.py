"""What a plan is, and which ones cannot be carried out."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.messages_api.planning import made_plan

from ai_planner.errors import InvalidPlanError
from ai_planner.fallback import fallback_plan
from ai_planner.plan import Draft, ExecutionPlan, as_json, draft_schema, read_draft
from hive.storage import PlanningTask, PlanSource, TaskStatus

BODY: dict[str, Any] = {"messages": [{"role": "user", "content": "plan it"}]}


def task(description: str = "Bring it to the new cluster") -> PlanningTask:
    return PlanningTask(
        1, None, "c-1", 0, TaskStatus.PLANNING, 1, 5, "w", None, None, 0.0, None, description, {}, None, None, None
    )  # fmt: skip


def draft(dependencies: dict[str, list[str]], minutes: int = 10) -> dict[str, Any]:
    """Return a draft with these sub-tasks and what each depends on."""
    return {
        "summary": "a plan",
        "subtasks": [
            {
                "id": name,
                "title": name,
                "description": name,
                "depends_on": before,
                "estimate": {"shortest": minutes, "likely": minutes, "longest": minutes},
            }
            for name, before in dependencies.items()
        ],
        "risks": [],
    }


def test_a_plan_that_can_be_carried_out_is_read() -> None:
    assert len(read_draft(json.dumps(made_plan(BODY, steps=5))).subtasks) == 5


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("cycle", "depend on each other: step-"),
        ("unknown", "depends on 'step-99', which is none"),
        ("twice", "'step-0' is there twice"),
        ("estimate", "shortest ≤ likely ≤ longest does not hold"),
        ("empty", "at least 1 item"),
        ("shape", "summary: Field required"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused_with_the_reason(wrong: str, said: str) -> None:
    with pytest.raises(InvalidPlanError, match=said):
        read_draft(json.dumps(made_plan(BODY, wrong=wrong)))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"summary": 1}', "Here is the plan"])
def test_what_is_no_plan_at_all_is_refused(text: str) -> None:
    with pytest.raises(InvalidPlanError):
        read_draft(text)


def test_a_refusal_does_not_repeat_the_whole_answer() -> None:
    with pytest.raises(InvalidPlanError) as refused:
        read_draft(json.dumps({"secret": "x" * 5000}))
    assert len(str(refused.value)) < 500


@st.composite
def acyclic(choose: st.DrawFn) -> dict[str, list[str]]:
    """Draw sub-tasks that depend only on ones that come before them, then shuffled."""
    names = [f"t{number}" for number in range(choose(st.integers(1, 12)))]
    found = {
        name: sorted(choose(st.sets(st.sampled_from(names[:number])))) if number else []
        for number, name in enumerate(names)
    }
    return {name: found[name] for name in choose(st.permutations(names))}


@given(acyclic())
def test_the_order_puts_every_sub_task_after_those_it_depends_on(dependencies: dict[str, list[str]]) -> None:
    order = Draft.model_validate(draft(dependencies)).order()
    place = {name: number for number, name in enumerate(order)}
    assert all(place[before] < place[name] for name, found in dependencies.items() for before in found)


@given(acyclic(), st.data())
def test_any_edge_back_makes_a_circle_that_is_refused(
    dependencies: dict[str, list[str]], data: st.DataObject
) -> None:
    order = Draft.model_validate(draft(dependencies)).order()
    last = data.draw(st.sampled_from(order))
    reached, ahead = set(), [last]
    while ahead:
        name = ahead.pop()
        reached.add(name)
        ahead.extend(dependencies[name])
    first = data.draw(st.sampled_from(sorted(reached)))
    circular = {name: [*found, last] if name == first else found for name, found in dependencies.items()}
    with pytest.raises(InvalidPlanError, match="depend on each other"):
        read_draft(json.dumps(draft(circular)))


def test_the_likely_time_is_that_of_the_longest_chain() -> None:
    side_by_side = {"a": [], "b": [], "c": ["a"], "d": ["b", "c"]}
    assert Draft.model_validate(draft(side_by_side, 10)).minutes == 30


def test_a_plan_is_the_same_after_it_was_stored() -> None:
    plan = ExecutionPlan(**draft({"a": [], "b": ["a"]}), source=PlanSource.CLAUDE, model="claude-sonnet-5-5")
    assert ExecutionPlan.model_validate(dict(as_json(plan))) == plan


def test_the_schema_that_claude_is_given_accepts_what_the_planner_accepts() -> None:
    plan = made_plan(BODY, steps=3)
    assert list(jsonschema.Draft202012Validator(draft_schema()).iter_errors(plan)) == []
    assert len(read_draft(json.dumps(plan)).subtasks) == 3


def test_every_object_of_the_schema_is_closed_as_the_api_demands() -> None:
    def objects(schema: Any) -> list[dict[str, Any]]:
        if isinstance(schema, list):
            return [found for one in schema for found in objects(one)]
        if not isinstance(schema, dict):
            return []
        own = [schema] if schema.get("type") == "object" else []
        return own + [found for one in schema.values() for found in objects(one)]

    found = objects(draft_schema())
    assert len(found) == 4
    assert all(one["additionalProperties"] is False for one in found)


def test_a_fallback_plan_is_the_same_for_the_same_task() -> None:
    assert fallback_plan(task(), "TimeoutError") == fallback_plan(task(), "TimeoutError")


def test_a_fallback_plan_says_that_it_is_one_and_why() -> None:
    plan = fallback_plan(task(), "OverloadedError")
    assert (plan.source, plan.approvable, "OverloadedError" in plan.summary) == (
        PlanSource.FALLBACK,
        False,
        True,
    )


@given(st.text(max_size=5000))
def test_every_description_has_a_fallback_plan_that_can_be_carried_out(description: str) -> None:
    assert fallback_plan(task(description), "TimeoutError").order()[0] == "understand"
