"""Functions 10 to 23 are tracked as the catalogue says, and only then: without instrumentation they are as written."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.registry import CollectorRegistry

from hive.application.config import instrumented
from hive.catalogue import CATALOGUE, queues
from hive.catalogue import deployer as catalogue
from hive.storage import DeploymentStatus
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.operation import Operation, Priority
from signalproof.instrument import install

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer, Host

OPERATIONS = Catalogue.of(catalogue).operations
only_instrumented = pytest.mark.skipif(not instrumented(), reason="instrumentation is switched off")
SOURCE = Path(__file__).parents[2] / "src"
KINDS = {"track_request": "request", "track_adapter_request": "adapter", "track_loop": "loop"}

Tracked = dict[str, tuple[str, Operation[Any, Any]]]
"""Dotted path of a function → the kind of its decorator, and the operation that it is given."""


def sources(application: str) -> dict[str, str]:
    """Return the modules of an *application*: dotted name → text."""
    return {
        ".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): file.read_text()
        for file in sorted((SOURCE / application).rglob("*.py"))
        if file.name != "__main__.py"
    }


def tracked(modules: dict[str, str]) -> Tracked:
    """Return the functions that are decorated in *modules*, as it is written there."""
    found: Tracked = {}
    for module, text in modules.items():
        names = vars(importlib.import_module(module))
        owners = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef)]
        for owner, function in [(one, node) for one in owners for node in one.body]:
            for decorator in getattr(function, "decorator_list", ()):
                match decorator:
                    case ast.Call(func=ast.Name(id=name), args=[ast.Name(id=operation)]) if name in KINDS:
                        path = f"{module}.{owner.name}.{function.name}"  # type: ignore[attr-defined]  # what has decorators has a name
                        assert path not in found
                        found[path] = KINDS[name], names[operation]
                    case _:
                        pass
    return found


def declared(operations: Iterable[Operation[Any, Any]]) -> Tracked:
    """Return what *operations* say is to be tracked."""
    return {one.owner: (one.kind, one) for one in operations}


DEPLOYER = sources("ai_deployer")
DECORATORS = [
    (module, line)
    for module, text in DEPLOYER.items()
    for line in re.findall(
        r"^    @track_\w+\([^)]*?[A-Z_]{3,}[^@]*?\)\n(?=    async def )", text, re.MULTILINE
    )
]


def test_the_functions_10_to_23_are_tracked_as_the_catalogue_says_and_no_others() -> None:
    assert len(OPERATIONS) == 14
    assert tracked(DEPLOYER) == declared(OPERATIONS.values())


def test_every_p0_function_of_both_applications_is_tracked() -> None:
    found = tracked(DEPLOYER | sources("ai_planner"))
    wanted = declared(one for one in CATALOGUE.operations.values() if one.priority is Priority.P0)
    assert len(wanted) == 9
    assert {path: found.get(path) for path in wanted} == wanted


def test_the_catalogue_is_the_table_of_the_mission(shared: Path) -> None:
    mission = (shared / "design" / "mission.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip().strip("`") for cell in line.split("|")[1:-1]]
        for line in mission.splitlines()
        if re.match(r"\| \d+ \| P\d \|", line)
    ]
    assert [row[0] for row in rows] == [str(number + 1) for number in range(23)]
    planned = {
        function.partition("`")[0]: (
            priority,
            operation,
            dict(re.findall(r"(\w+)=(\w+)", labels)),
            "loop" if "see traps" in function else decorator,
        )
        for _, priority, function, decorator, operation, labels in rows
    }
    assert planned == {
        one.owner: (one.priority.value, one.name, dict(one.labels.fixed), one.kind)
        for one in CATALOGUE.operations.values()
    }


def test_all_decorators_are_found_in_the_text() -> None:
    assert len(DECORATORS) == len(OPERATIONS)


@pytest.mark.parametrize(
    ("module", "decorator"), DECORATORS, ids=[" ".join(line.split()) for _, line in DECORATORS]
)
def test_a_decorator_that_is_missing_or_on_another_operation_is_noticed(module: str, decorator: str) -> None:
    wanted, text = declared(OPERATIONS.values()), DEPLOYER[module]
    assert tracked(DEPLOYER | {module: text.replace(decorator, "", 1)}) != wanted
    (operation,) = {name for name in re.findall(r"[A-Z_]{3,}", decorator) if name in vars(catalogue)}
    module_names = vars(importlib.import_module(module))
    for other in vars(catalogue):
        if other != operation and isinstance(module_names.get(other), Operation):
            changed = decorator.replace(operation, other)
            assert tracked(DEPLOYER | {module: text.replace(decorator, changed, 1)}) != wanted
    (name,) = {name for name in KINDS if name in decorator}
    for kind in KINDS.keys() - {name}:
        changed = decorator.replace(name, kind)
        assert tracked(DEPLOYER | {module: text.replace(decorator, changed, 1)}) != wanted


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda one: one.name)
def test_a_tracked_function_is_still_the_coroutine_function_it_was(operation: Operation[Any, Any]) -> None:
    module, owner, name = operation.owner.rsplit(".", 2)
    function = inspect.getattr_static(getattr(importlib.import_module(module), owner), name)
    original = inspect.unwrap(function)
    assert (function is original) is not instrumented()
    assert inspect.signature(function) == inspect.signature(original)
    assert inspect.iscoroutinefunction(function)


@only_instrumented
def test_a_deployment_and_its_rollback_are_counted_as_what_they_were(
    deployer: Deployer, host: Host, tmp_path: Path
) -> None:
    deployer.environment |= {"HIVE_SSH_KNOWN_HOSTS": str(host.known), "HIVE_SSH_KEY": str(host.key)}
    folder = tmp_path / "target" / "web"
    check = {"kind": "command", "command": ["test", "-f", f"{folder}/current/health"], "attempts": 1}
    spec = {"host": "127.0.0.1", "port": host.port, "user": host.user, "path": str(folder), "health": check}
    registry = CollectorRegistry()

    def calls(name: str, **labels: str) -> list[float | None]:
        return [
            registry.get_sample_value(f"{name}_calls_total", {"status": status, **labels})
            for status in ("success", "failure")
        ]

    component, ssh = {"component": "deployer"}, {"strategy": "ssh"}
    before = time.time()
    with install(Catalogue.of(catalogue, queues), registry):
        deployer.deploy("ssh", "1", {**spec, "source": deployer.release({"health": ""})})
        deployer.deploy("ssh", "2", {**spec, "source": deployer.release({"index": ""})})
        assert calls("deployment_execution", **component, **ssh) == [1, 1]
        assert calls("deployment_health_check", **component) == [1, 1]
        assert calls("deployment_rollback", **component) == [1, 0]
        assert calls("ssh_deployment", **ssh) == [2, 0]
        assert calls("handle_deployment_task", component="deployment_agent") == [1, 1]
        assert calls("adapter_database_store_deployment") == [2, 0]
        unhealthy = {"error_type": "UnhealthyError", **component, **ssh}
        assert registry.get_sample_value("deployment_execution_errors_total", unhealthy) == 1
        ended = "deployment_execution_last_ended_timestamp_seconds"
        succeeded, failed, cancelled = (
            registry.get_sample_value(ended, {"status": status, **component, **ssh})
            for status in ("success", "failure", "cancelled")
        )
        assert before < (succeeded or 0) < (failed or 0) < time.time()
        assert cancelled == 0
        assert registry.get_sample_value("hive_queue_waiting_tasks", {"queue": "deployment"}) == 0
        assert registry.get_sample_value("hive_queue_waiting_tasks", {"queue": "planning"}) is None


WITHOUT = """
import importlib
from hive.catalogue import deployer
from signalproof.catalogue.catalogue import Catalogue
for one in Catalogue.of(deployer).operations.values():
    module, owner, name = one.owner.rsplit(".", 2)
    assert not hasattr(getattr(getattr(importlib.import_module(module), owner), name), "__wrapped__"), one.owner
"""


def test_without_instrumentation_the_functions_are_as_written() -> None:
    environment = {"PATH": os.environ["PATH"], "HIVE_INSTRUMENT": "off"}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_deployment_that_makes_no_sense_fails_before_anything_is_touched(deployer: Deployer) -> None:
    done = deployer.deploy("ssh", "1", {"host": "web-1"})
    assert (done.status, done.error_type) == (DeploymentStatus.FAILED, "InvalidDeploymentError")
    assert deployer.kinds(done.id) == ["failed"]
