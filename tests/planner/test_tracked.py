"""Functions 1 to 9 of the plan are tracked, as the catalogue says, by decorators that change nothing."""

from __future__ import annotations

import ast
import importlib
import inspect
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.messages_api.control import LocalClaude
from tests.planner.conftest import INSTRUMENTED, Configure, Metrics, opened, plan_all

from ai_planner.agent import AIPlanner
from hive.catalogue import planner as catalogue
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.operation import Operation

OPERATIONS = Catalogue.of(catalogue).operations
DECORATORS = {"track_request": "request", "track_adapter_request": "adapter", "track_loop": "loop"}
SOURCES = sorted((Path(__file__).parents[2] / "src" / "ai_planner").glob("*.py"))


@cache
def tracked() -> dict[str, tuple[str, Operation[Any, Any]]]:
    """Return what is decorated in the planner's source: dotted path → kind of the decorator and its operation."""
    found = {}
    for file in SOURCES:
        module = importlib.import_module(f"ai_planner.{file.stem}")
        for owner in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(owner, ast.ClassDef):
                continue
            for function in owner.body:
                for decorator in getattr(function, "decorator_list", ()):
                    match decorator:
                        case ast.Call(func=ast.Name(id=name), args=[ast.Name(id=operation)]) if (
                            name in DECORATORS
                        ):
                            path = f"ai_planner.{file.stem}.{owner.name}.{function.name}"  # type: ignore[attr-defined]  # what has decorators has a name
                            found[path] = DECORATORS[name], getattr(module, operation)
                        case _:
                            pass
    return found


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda one: one.name)
def test_the_function_is_tracked_as_its_operation(operation: Operation[Any, Any]) -> None:
    assert tracked()[operation.owner] == (operation.kind, operation)


def test_nothing_else_is_tracked() -> None:
    assert sorted(tracked()) == sorted(one.owner for one in OPERATIONS.values())


def test_there_are_nine() -> None:
    assert len(OPERATIONS) == 9


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda one: one.name)
def test_the_decorator_leaves_the_signature_and_the_kind_of_the_function(
    operation: Operation[Any, Any],
) -> None:
    module, owner, name = operation.owner.rsplit(".", 2)
    function = getattr(getattr(importlib.import_module(module), owner), name)
    original = inspect.unwrap(function)
    assert inspect.signature(function) == inspect.signature(original)
    assert inspect.iscoroutinefunction(function) == inspect.iscoroutinefunction(original) == ("async" in name)
    assert (function is original) is not INSTRUMENTED


def test_every_operation_is_recorded_when_both_planners_have_planned(
    configure: Configure, claude: LocalClaude, metrics: Metrics
) -> None:
    settings = configure()
    with opened(settings) as queue:
        for kind in ("sync", "async"):
            queue.submit(f"for the {kind} planner")
            plan_all(kind, settings, queue)
    missing = [name for name in OPERATIONS if not metrics.outcome(name)[0]]
    assert missing == []


def test_an_error_passes_the_decorator_as_it_is(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = ZeroDivisionError("as it is")

    def broken(*_: object, **__: object) -> None:
        raise error

    settings = configure()
    with opened(settings) as queue:
        monkeypatch.setattr(type(queue), "claim", broken)
        with pytest.raises(ZeroDivisionError) as raised:
            AIPlanner(queue, None, None, settings).get_next_task()  # type: ignore[arg-type]  # it does not get that far
    assert raised.value is error
