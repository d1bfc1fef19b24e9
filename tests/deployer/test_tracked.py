"""Functions 10 to 23 are tracked as the catalogue says, and only then: without instrumentation they are as written."""

from __future__ import annotations

import importlib
import inspect
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.registry import CollectorRegistry

from ai_deployer.config import instrumented
from hive.catalogue import deployer as catalogue
from hive.storage import DeploymentStatus
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.operation import Adapter, Loop, Operation, Priority
from signalproof.instrument import install

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer, Host

OPERATIONS: list[Operation[Any, Any]] = list(Catalogue.of(catalogue).operations.values())
only_instrumented = pytest.mark.skipif(not instrumented(), reason="instrumentation is switched off")


def owner_of(operation: Operation[Any, Any]) -> Any:
    """Return the function that an operation says it measures."""
    module, owner, name = operation.owner.rsplit(".", 2)
    return inspect.getattr_static(getattr(importlib.import_module(module), owner), name)


def decorations(operation: Operation[Any, Any]) -> list[str]:
    """Return how the function of an *operation* is decorated, as it is written in its file."""
    source = inspect.getsource(inspect.unwrap(owner_of(operation)))
    return [line.strip() for line in source.splitlines() if line.strip().startswith("@")]


def constant(operation: Operation[Any, Any]) -> str:
    return next(name for name, one in vars(catalogue).items() if one is operation)


def test_the_catalogue_has_the_functions_10_to_23() -> None:
    assert len(OPERATIONS) == 14


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_a_function_is_decorated_with_its_own_entry_of_the_catalogue(operation: Operation[Any, Any]) -> None:
    decorator = {Adapter: "track_adapter_request", Loop: "track_loop"}.get(type(operation), "track_request")
    written = decorations(operation)
    assert len(written) == 1
    assert written[0].startswith(f"@{decorator}(")
    source = inspect.getsource(inspect.unwrap(owner_of(operation)))
    assert constant(operation) in source[: source.index("def ")]


@only_instrumented
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_a_tracked_function_is_still_the_coroutine_function_it_was(operation: Operation[Any, Any]) -> None:
    function = owner_of(operation)
    assert hasattr(function, "__wrapped__")
    assert inspect.iscoroutinefunction(function)


def test_every_p0_function_of_the_deployer_is_among_them() -> None:
    assert len([one for one in OPERATIONS if one.priority is Priority.P0]) == 5


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
    with install(Catalogue.of(catalogue), registry):
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


WITHOUT = """
import importlib
from hive.catalogue import deployer
from signalproof.catalogue.catalogue import Catalogue
for one in Catalogue.of(deployer).operations.values():
    module, owner, name = one.owner.rsplit(".", 2)
    assert not hasattr(getattr(getattr(importlib.import_module(module), owner), name), "__wrapped__"), one.owner
"""


def test_without_instrumentation_the_functions_are_as_written() -> None:
    environment = {"PATH": os.environ["PATH"], "SIGNALPROOF_INSTRUMENT": "off"}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_deployment_that_makes_no_sense_fails_before_anything_is_touched(deployer: Deployer) -> None:
    done = deployer.deploy("ssh", "1", {"host": "web-1"})
    assert (done.status, done.error_type) == (DeploymentStatus.FAILED, "InvalidDeploymentError")
    assert deployer.kinds(done.id) == ["failed"]
