"""Texts of strangers in both databases: kept as far as they can be, or refused where a change would change the work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.foreign_text import HALF, TEXTS

from hive.storage import (
    Database,
    DeploymentQueue,
    DeploymentRequest,
    DeploymentStatus,
    NewPlan,
    PlanningQueue,
    PlanSource,
    open_database,
)
from signalproof.errors import SignalproofError
from signalproof.text import stored, stored_values

_ANY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_JSON = st.dictionaries(
    TEXTS,
    st.one_of(
        TEXTS, st.lists(TEXTS, max_size=2), st.sampled_from([1, True, None, float("nan"), float("inf")])
    ),
    max_size=3,
)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with open_database(database_url) as found:
        yield found


@_ANY
@given(text=TEXTS, facts=_JSON, error=TEXTS)
def test_whatever_a_task_its_plan_and_its_error_say_is_kept(
    text: str, facts: dict[str, Any], error: str, database: Database
) -> None:
    queue = PlanningQueue(database)
    number = queue.submit(text, context=facts, approved_by=text[:200]).id
    (task,) = queue.claim(text[:50], lease=60)
    queue.fail(task, error, error, retry_in=0)
    (task,) = queue.claim("w", lease=60)
    plan = queue.complete(task, NewPlan(PlanSource.CLAUDE, facts, model=text))
    found = queue.task(number)
    assert (found.description, found.context) == (stored(text), stored_values(facts))
    assert (plan.plan, plan.model) == (stored_values(facts), stored(text, at_most=100))


@_ANY
@given(kind=TEXTS, detail=_JSON, error=TEXTS)
def test_whatever_happens_to_a_deployment_is_kept(
    kind: str, detail: dict[str, Any], error: str, database: Database
) -> None:
    queue = DeploymentQueue(database)
    number = queue.submit(DeploymentRequest("ssh", "web", "1")).id
    (one,) = queue.claim("w", lease=60)
    queue.note(one, kind, detail)
    queue.finish(one, DeploymentStatus.FAILED, detail, error_type=error, error=error)
    found, noted = queue.deployment(number), queue.events(number)[0]
    assert (found.result, found.error) == (stored_values(detail), stored(error))
    assert (noted.kind, noted.detail) == (stored(kind, at_most=60), stored_values(detail))


@pytest.mark.parametrize("text", ["a\0", HALF, "x" * 201])
def test_a_key_that_cannot_be_kept_is_refused_and_not_changed(text: str, database: Database) -> None:
    with pytest.raises(SignalproofError, match="the key has"):
        PlanningQueue(database).submit("one", key=text)
    with pytest.raises(SignalproofError, match="the key has"):
        DeploymentQueue(database).submit(DeploymentRequest("ssh", "web", "1"), key=text)


@pytest.mark.parametrize("text", ["a\0", HALF])
def test_a_deployment_that_cannot_be_kept_as_it_is_is_refused(text: str, database: Database) -> None:
    for request in (
        DeploymentRequest("ssh", text, "1"),
        DeploymentRequest("ssh", "web", text),
        DeploymentRequest("ssh", "web", "1", {"restart": ["sh", text]}),
        DeploymentRequest("ssh", "web", "1", {text: 1}),
    ):
        with pytest.raises(SignalproofError, match="what to deploy has a NUL"):
            DeploymentQueue(database).submit(request)
        with pytest.raises(SignalproofError, match="what to deploy has a NUL"):
            PlanningQueue(database).submit("one", deployment=request)
    assert DeploymentQueue(database).latest() == []
