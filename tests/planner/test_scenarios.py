"""Everything that Claude may do to the planner: the state of the queue, the metrics, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from tests.messages_api.control import LocalClaude
from tests.planner.conftest import INSTRUMENTED, Configure, Kind, Metrics, opened, plan_all
from tests.planner.scenarios import SCENARIOS, Scenario, table

from ai_planner.plan import ExecutionPlan
from hive.catalogue import planner as catalogue
from signalproof.catalogue.catalogue import Catalogue
from signalproof.instrument import install

Outcome = tuple[Mapping[str, float], Mapping[str, float]]

KINDS: list[Kind] = ["sync", "async"]
ADAPTERS = {"sync": "adapter_claude_planning", "async": "adapter_async_claude_planning"}
TASKS = {"sync": "planning_process_task", "async": "async_plan_generation"}

each = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
instrumented = pytest.mark.skipif(not INSTRUMENTED, reason="instrumentation is switched off")
both = pytest.mark.parametrize("kind", KINDS)


@dataclass(frozen=True)
class Seen:
    """What came of a scenario.

    Attributes:
        state: State of the task, source of the plan, stored error, number of requests, entries still held.
        call: Outcome of the call of Claude.
        task: Outcome of the task.
        fallbacks: Plans without Claude, by why.
        tokens: Whether tokens were counted.
    """

    state: tuple[str, str, str, int, int]
    call: Outcome
    task: Outcome
    fallbacks: Mapping[str, float]
    tokens: bool


_SEEN: dict[tuple[Kind, str], Seen] = {}


@pytest.fixture
def play(configure: Configure, claude: LocalClaude) -> Callable[[Kind, Scenario], Seen]:
    """Plans one task as a scenario says, once however many tests look at what came of it."""

    def played(kind: Kind, scenario: Scenario) -> Seen:
        claude.next(*map(dict, scenario.script))
        settings = configure(**scenario.environment)
        registry = CollectorRegistry()
        with install(Catalogue.of(catalogue), registry), opened(settings) as queue:
            number = queue.submit("Bring the service to the new cluster", max_attempts=1).id
            plan_all(kind, settings, queue)
            task, plan, metrics = queue.task(number), queue.plan(number), Metrics(registry)
            return Seen(
                (
                    task.status,
                    "" if plan is None else plan.source,
                    task.error_type or "",
                    len(claude.calls),
                    queue.counts().get("planning", 0),
                ),
                metrics.outcome(ADAPTERS[kind]),
                metrics.outcome(TASKS[kind]),
                metrics.above_zero("planner_fallback_plans_total", "error_type"),
                bool(metrics.above_zero("claude_tokens_total", "direction")),
            )

    def once(kind: Kind, scenario: Scenario) -> Seen:
        key = kind, scenario.name
        if key not in _SEEN:
            _SEEN[key] = played(kind, scenario)
        return _SEEN[key]

    return once


@both
@each
def test_the_task_stands_where_it_must(
    kind: Kind, scenario: Scenario, play: Callable[[Kind, Scenario], Seen]
) -> None:
    expected = (scenario.status, scenario.source, scenario.task_error, scenario.requests, 0)
    assert play(kind, scenario).state == expected


@instrumented
@both
@each
def test_the_metrics_say_so(kind: Kind, scenario: Scenario, play: Callable[[Kind, Scenario], Seen]) -> None:
    seen = play(kind, scenario)
    errors = {scenario.error_type: 1.0} if scenario.error_type else {}
    # the task itself fails only when it is left without a plan
    ended = "success" if scenario.status == "planned" else "failure"
    assert (seen.call, seen.task[0], seen.fallbacks, seen.tokens) == (
        ({scenario.call: 1.0}, errors),
        {ended: 1.0},
        errors if scenario.source == "fallback" else {},
        scenario.tokens,
    )


def test_the_table_in_the_readme_is_the_one_that_was_tested() -> None:
    readme = Path(__file__).parents[2] / "src" / "ai_planner" / "README.md"
    assert table() in readme.read_text(encoding="utf-8")


@both
def test_a_plan_without_claude_says_so_and_why(kind: Kind, configure: Configure, claude: LocalClaude) -> None:
    settings = configure(ANTHROPIC_API_KEY=None)
    with opened(settings) as queue:
        number = queue.submit("Bring the service to the new cluster").id
        plan_all(kind, settings, queue)
        stored = queue.plan(number)
    assert stored is not None
    plan = ExecutionPlan.model_validate(stored.plan)
    assert (plan.source, plan.reason, plan.model) == ("fallback", "MissingKeyError", None)


@both
def test_an_answer_that_was_no_plan_is_asked_for_again_until_it_is_one(
    kind: Kind, configure: Configure, claude: LocalClaude
) -> None:
    claude.next({"plan": {"wrong": "cycle"}}, {"do": "say", "text": "no"})
    settings = configure()
    with opened(settings) as queue:
        number = queue.submit("Bring the service to the new cluster").id
        while queue.counts().get("queued"):
            plan_all(kind, settings, queue)
        assert (queue.task(number).status, queue.task(number).attempt) == ("planned", 3)


def test_retry_after_is_waited_for(configure: Configure, claude: LocalClaude) -> None:
    claude.next({"do": "error", "status": 429, "headers": {"retry-after": "1"}})
    settings = configure()
    with opened(settings) as queue:
        queue.submit("Bring the service to the new cluster")
        plan_all("sync", settings, queue)
    first, second = (call["at"] for call in claude.calls)
    assert second - first >= 1.0


def test_a_task_that_was_cut_short_is_given_twice_the_room(configure: Configure, claude: LocalClaude) -> None:
    claude.told(always={"tokens": 40})
    settings = configure(HIVE_PLANNER_MAX_TOKENS=1000)
    with opened(settings) as queue:
        queue.submit("Bring the service to the new cluster", max_attempts=3)
        while queue.counts().get("queued"):
            plan_all("sync", settings, queue)
    assert [call["body"]["max_tokens"] for call in claude.calls] == [1000, 2000, 4000]
