"""Type-checked, never run: a wrong label, value or type of error in a decorator is an error in the editor.

Every line that must be refused carries an ignore and says why; both checkers report an ignore that is not needed, so a line that
comes to be accepted fails the check.
"""

# pyright: strict, reportUnnecessaryTypeIgnoreComment=true, reportUnusedExpression=false

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from typing import Any, assert_type

from hive.catalogue.deployer import DEPLOYER_LOOP, DEPLOYMENT_EXECUTION, ROLLBACK
from hive.catalogue.labels import Component, DeploymentError, Direction, Model, PlanningError, Strategy
from hive.catalogue.planner import CLAUDE_PLANNING, CLAUDE_TOKENS, CONCURRENT_PLANS
from signalproof.catalogue.operation import Status
from signalproof.instrument import (
    argument,
    count,
    iteration,
    observe,
    result,
    set_gauge,
    track_adapter_request,
    track_loop,
    track_request,
)
from signalproof.instrument.loops import LoopTracker
from signalproof.instrument.tracker import Tracker

# what a decorator gives back is what it was given: a function of any kind keeps its type
assert_type(track_request(ROLLBACK), Tracker[Component, DeploymentError])
assert_type(track_loop(DEPLOYER_LOOP), LoopTracker[Component, DeploymentError])


@track_request(ROLLBACK)
def function(a: int, *, b: str = "") -> float:
    return a + len(b)


@track_request(ROLLBACK)
async def coroutine(a: int) -> str:
    return str(a)


@track_request(ROLLBACK)
def generator(a: int) -> Generator[int, str, bytes]:
    yield a
    return b""


@track_request(ROLLBACK)
async def asynchronous_generator(a: int) -> AsyncGenerator[int, str]:
    yield a


class Owner:
    """Methods keep their types too."""

    @track_request(ROLLBACK)
    def method(self, a: int) -> str:
        return str(a)

    @classmethod
    @track_request(ROLLBACK)
    def class_method(cls, a: int) -> str:
        return str(a)

    @staticmethod
    @track_request(ROLLBACK)
    def static_method(a: int) -> str:
        return str(a)

    @property
    @track_request(ROLLBACK)
    def attribute(self) -> str:
        return ""


assert_type(function(1, b="x"), float)
promised: Coroutine[Any, Any, str] = coroutine(1)
assert_type(generator(1), Generator[int, str, bytes])
assert_type(asynchronous_generator(1), AsyncGenerator[int, str])
assert_type(Owner().method(1), str)
assert_type(Owner.class_method(1), str)
assert_type(Owner.static_method(1), str)
assert_type(Owner().attribute, str)
by_name: Callable[[int], int] = track_request("deployment_rollback", labels={"component": "deployer"})(abs)

function("1")  # type: ignore[arg-type]  # text for a number
function(1, c=2)  # type: ignore[call-arg]  # no such parameter
Owner().method()  # type: ignore[call-arg]  # the argument is missing

# something that is no function
track_request(ROLLBACK)(7)  # type: ignore[type-var]  # something that is no function

# right labels
track_request(DEPLOYMENT_EXECUTION, labels=[argument(Strategy, "deployment")])
track_request(DEPLOYMENT_EXECUTION, labels=[argument(Strategy, "deployment", lambda one: Strategy(one.how))])
track_request(DEPLOYMENT_EXECUTION, labels=[result(Strategy, str), Component.DEPLOYER])
track_request(DEPLOYMENT_EXECUTION, labels=[Strategy.SSH], failure=lambda one: DeploymentError.BUILD)
track_adapter_request(CLAUDE_PLANNING, failure=lambda one: one is None)
track_loop(DEPLOYER_LOOP, labels=[Component.DEPLOYMENT_AGENT])

# a label that the operation does not have
track_request(DEPLOYMENT_EXECUTION, labels=[argument(Model, "model")])  # type: ignore[arg-type]  # a label that the operation does not have
track_request(DEPLOYMENT_EXECUTION, labels=[result(Direction)])  # type: ignore[arg-type]  # a label that the operation does not have
track_request(DEPLOYMENT_EXECUTION, labels=[Direction.INPUT])  # type: ignore[list-item]  # a label that the operation does not have
track_request(ROLLBACK, labels=[Strategy.SSH])  # type: ignore[list-item]  # a label that the operation does not have
track_adapter_request(CLAUDE_PLANNING, labels=[Strategy.SSH])  # type: ignore[list-item]  # a label that the operation does not have
track_loop(DEPLOYER_LOOP, labels=[Strategy.SSH])  # type: ignore[list-item]  # a label that the operation does not have
iteration(DEPLOYER_LOOP, labels=[Strategy.SSH])  # type: ignore[list-item]  # a label that the operation does not have

# a source whose value is not of the label
argument(Strategy, "deployment", lambda one: 7)  # type: ignore[arg-type, return-value]  # a source whose value is not of the label
argument(str, "deployment")  # type: ignore[type-var]  # a source whose value is not of the label

# text instead of a label
track_request(ROLLBACK, labels=["component"])  # type: ignore[list-item]  # text instead of a label
track_request(ROLLBACK, labels={"component": "deployer"})  # type: ignore[dict-item]  # text instead of a label

# a type of error that is not the operation's
track_request(ROLLBACK, failure=lambda one: PlanningError.SERVER)  # type: ignore[arg-type, return-value]  # a type of error that is not the operation's

# an operation of another kind
track_request(CLAUDE_PLANNING)  # type: ignore[call-overload]  # an operation of another kind
track_adapter_request(ROLLBACK)  # type: ignore[call-overload]  # an operation of another kind
track_loop(ROLLBACK)  # type: ignore[call-overload]  # an operation of another kind
iteration(ROLLBACK)  # type: ignore[call-overload]  # an operation of another kind
track_request(7)  # type: ignore[call-overload]  # an operation of another kind

# with blocks
with track_request(DEPLOYMENT_EXECUTION) as call:
    call.label(Strategy.SSH)
    call.fail(DeploymentError.BUILD)
    call.label(Direction.INPUT)  # type: ignore[arg-type]  # another operation's label
    call.fail(PlanningError.SERVER)  # type: ignore[arg-type]  # another operation's error

# metrics that a program writes itself
count(CLAUDE_TOKENS, Direction.INPUT, Model("m"), by=3)
set_gauge(CONCURRENT_PLANS, 3)
observe(ROLLBACK.duration, 3.0)
count(CLAUDE_TOKENS, Strategy.SSH)  # type: ignore[misc]  # no label of it
count(CLAUDE_TOKENS, "input")  # type: ignore[misc]  # text for a label
count(CONCURRENT_PLANS)  # type: ignore[arg-type]  # a gauge is not counted
set_gauge(CLAUDE_TOKENS, 1)  # type: ignore[arg-type]  # a counter is not set
set_gauge(CONCURRENT_PLANS, 1, Status.SUCCESS)  # type: ignore[misc]  # it has no such label
observe(CLAUDE_TOKENS, 1.0)  # type: ignore[arg-type]  # a counter is not observed
