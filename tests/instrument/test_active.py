"""Names of operations are looked up in the catalogue that the decorating package uses."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.operation import Adapter, Loop, Request, Status
from signalproof.errors import SignalproofError
from signalproof.instrument import active, iteration, track_adapter_request, track_loop, track_request, use
from signalproof.testing import record


class Failure(ClosedLabel, name="error_type"):
    OTHER = "other"


class Component(ClosedLabel):
    DEPLOYER = "deployer"


WORK = Request("deployment_execution", "a deployment", labels(Component.DEPLOYER), Failure, owner="app.work")
CALL = Adapter("claude_planning", "a plan", labels(), Failure, owner="app.call")
TURN = Loop("planner_agent_loop", "a turn", labels(), Failure, owner="app.run")
CATALOGUE = Catalogue.of_entries([WORK, CALL, TURN])


@pytest.fixture(autouse=True)
def _only_what_a_test_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(active, "_USES", {})


def test_a_name_is_found() -> None:
    use(CATALOGUE)
    with record(CATALOGUE) as recorded:
        track_request("deployment_execution", labels={"component": "deployer"})(lambda: 1)()
        assert recorded.value(WORK.calls, Status.SUCCESS) == 1


def test_an_adapter_is_found_without_its_prefix() -> None:
    use(CATALOGUE)
    with record(CATALOGUE) as recorded:
        track_adapter_request("claude_planning")(lambda: 1)()
        assert recorded.value(CALL.calls, Status.SUCCESS) == 1


def test_a_loop_and_its_iterations_are_found() -> None:
    use(CATALOGUE)
    with record(CATALOGUE) as recorded:
        with track_loop("planner_agent_loop"), iteration("planner_agent_loop"):
            pass
        assert recorded.value(TURN.calls, Status.SUCCESS) == 1


@pytest.mark.parametrize(
    ("decorator", "name", "message", "remedy"),
    [
        (track_request, "deployment_exection", "no request 'deployment_exection'", "did you mean 'deployment_execution'?"),
        (track_request, "zebra", "no request 'zebra'", "use one of: deployment_execution"),
        (track_request, "claude_planning", "names the adapter declared", "@track_adapter_request('claude_planning')"),
        (track_request, "planner_agent_loop", "names the loop declared", "@track_loop('planner_agent_loop')"),
        (track_adapter_request, "adapter_claude_planning", "no adapter 'adapter_claude", "mean 'claude_planning'?"),
        (track_loop, "deployment_execution", "names the request declared", "@track_request('deployment_execution')"),
    ],
)  # fmt: skip
def test_a_wrong_name_is_refused_at_the_line_of_the_decorator(
    decorator: Any, name: str, message: str, remedy: str
) -> None:
    use(CATALOGUE)
    with pytest.raises(SignalproofError) as caught:
        decorator(name)
    assert message in str(caught.value)
    assert remedy in caught.value.help
    assert caught.value.where is not None
    assert caught.value.where.file == __file__


def _module(name: str, package: str, source: str) -> dict[str, Any]:
    """Run *source* as the module of that name."""
    module = ModuleType(name)
    module.__package__ = package
    vars(module).update(CATALOGUE=CATALOGUE, use=use, track_request=track_request)
    exec(source, vars(module))
    return vars(module)


USE = "use(CATALOGUE)"
DECORATE = "tracked = track_request('deployment_execution')(lambda: 1)"


@pytest.mark.parametrize(
    ("name", "package"),
    [("app", "app"), ("app.agent", "app"), ("app.strategies.ssh", "app.strategies"), ("__main__", "app")],
)
def test_every_module_of_a_package_uses_the_catalogue_of_its_init(name: str, package: str) -> None:
    _module("app", "app", USE)
    assert "tracked" in _module(name, package, DECORATE)


@pytest.mark.parametrize(("name", "package"), [("application", ""), ("other.app", "other"), ("__main__", "")])
def test_a_module_of_another_package_does_not(name: str, package: str) -> None:
    _module("app", "app", USE)
    with pytest.raises(SignalproofError, match="no catalogue is in use"):
        _module(name, package, DECORATE)


def test_an_inner_package_may_use_a_catalogue_of_its_own() -> None:
    _module("app", "app", USE)
    _module("app.inner", "app.inner", "use(type(CATALOGUE)({}, {}))")
    with pytest.raises(SignalproofError, match="has no request 'deployment_execution'"):
        _module("app.inner.module", "app.inner", DECORATE)


def test_a_name_is_checked_even_where_instrumentation_is_off() -> None:
    use(CATALOGUE, enabled=False)
    with pytest.raises(SignalproofError, match="has no request"):
        track_request("zebra")


def test_a_loop_is_left_alone_where_instrumentation_is_off() -> None:
    use(CATALOGUE, enabled=False)

    def run() -> None: ...

    assert track_loop(TURN)(run) is run
