"""The trust boundary: what nobody approved, and what was changed since, does not reach a target."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update
from tests.deployer.test_commands import Shell

from hive.application.identity import identity
from hive.storage import Deployment, DeploymentRequest, DeploymentStatus, NewPlan, PlanningQueue, PlanSource
from hive.storage.schema import deployments, planning_tasks

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer, Host

ANN = "ann (uid 1000) on web-1"


@pytest.fixture(autouse=True)
def _approved_only(deployer: Deployer) -> None:
    """The deployer as it is without a word of configuration about approvals."""
    del deployer.environment["HIVE_DEPLOYER_UNAPPROVED"]


@pytest.fixture
def shell(deployer: Deployer, tmp_path: Path) -> Shell:
    return Shell(deployer, tmp_path)


@pytest.fixture
def spec(deployer: Deployer, host: Host, tmp_path: Path) -> dict[str, Any]:
    deployer.environment |= {"HIVE_SSH_KNOWN_HOSTS": str(host.known), "HIVE_SSH_KEY": str(host.key)}
    return {
        "host": "127.0.0.1",
        "port": host.port,
        "user": host.user,
        "path": str(tmp_path / "target" / "web"),
        "source": deployer.release({"index.html": "one"}),
    }


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A host that waits for a connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def elsewhere(listener: socket.socket, spec: dict[str, Any]) -> dict[str, Any]:
    return {**spec, "port": listener.getsockname()[1]}


def was_reached(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def change(deployer: Deployer, number: int, **values: Any) -> None:
    with deployer.queue.database.write() as connection:
        connection.execute(update(deployments).where(deployments.c.id == number).values(values))


def approved(deployer: Deployer, spec: dict[str, Any], release: str = "1") -> Deployment:
    return deployer.queue.submit(DeploymentRequest("ssh", "web", release, spec), approved_by=ANN)


def ended(deployer: Deployer, number: int) -> Deployment:
    deployer.work()
    return deployer.queue.deployment(number)


def test_what_was_approved_is_deployed(deployer: Deployer, spec: dict[str, Any]) -> None:
    one = approved(deployer, spec)
    assert ended(deployer, one.id).status is DeploymentStatus.SUCCEEDED


def test_what_nobody_approved_is_refused(
    deployer: Deployer, spec: dict[str, Any], listener: socket.socket
) -> None:
    one = ended(deployer, deployer.submit("ssh", "1", elsewhere(listener, spec)).id)
    assert (one.status, one.error_type) == (DeploymentStatus.FAILED, "NotApprovedError")
    assert (one.error or "").startswith("nobody approved it: approve a plan")
    assert not was_reached(listener)


def test_what_nobody_approved_is_deployed_where_a_person_switched_that_on(
    deployer: Deployer, spec: dict[str, Any]
) -> None:
    deployer.environment["HIVE_DEPLOYER_UNAPPROVED"] = "true"
    assert deployer.deploy("ssh", "1", spec).status is DeploymentStatus.SUCCEEDED


@pytest.mark.parametrize("unapproved", ["false", "true"])
@pytest.mark.parametrize("part", ["release", "spec", "strategy", "target"])
def test_what_was_changed_after_it_was_approved_is_refused_before_anything_runs(
    part: str, unapproved: str, deployer: Deployer, spec: dict[str, Any], listener: socket.socket
) -> None:
    deployer.environment["HIVE_DEPLOYER_UNAPPROVED"] = unapproved
    told = elsewhere(listener, spec)
    one = approved(deployer, told)
    other = {"release": "2", "spec": {**told, "user": "root2"}, "strategy": "docker", "target": "api"}
    change(deployer, one.id, **{part: other[part]})
    found = ended(deployer, one.id)
    assert (found.status, found.error_type) == (DeploymentStatus.FAILED, "NotApprovedError")
    assert (found.error or "").startswith(
        f"deployment 1 was changed after it was approved: approved was {one.digest}, stored is "
    )
    assert (was_reached(listener), deployer.kinds(1)) == (False, ["failed"])


def test_what_was_submitted_without_an_approval_is_refused_when_it_was_changed(
    deployer: Deployer, spec: dict[str, Any]
) -> None:
    deployer.environment["HIVE_DEPLOYER_UNAPPROVED"] = "true"
    one = deployer.submit("ssh", "1", spec)
    change(deployer, one.id, spec={**spec, "restart": ["id"]})
    assert ended(deployer, one.id).error_type == "NotApprovedError"


def test_a_row_that_names_no_digest_is_refused(deployer: Deployer, spec: dict[str, Any]) -> None:
    one = approved(deployer, spec)
    change(deployer, one.id, digest=None)
    assert ended(deployer, one.id).error_type == "NotApprovedError"


def test_a_task_that_was_changed_after_its_approval_in_advance_is_refused(
    deployer: Deployer, spec: dict[str, Any]
) -> None:
    tasks = PlanningQueue(deployer.queue.database)
    request = DeploymentRequest("ssh", "web", "1", spec)
    number = tasks.submit("one", deployment=request, approved_by=ANN).id
    with tasks.database.write() as connection:
        connection.execute(
            update(planning_tasks)
            .where(planning_tasks.c.id == number)
            .values(deployment={**request.as_json(), "spec": {**spec, "restart": ["id"]}})
        )
    (task,) = tasks.claim("w", lease=60)
    tasks.complete(task, NewPlan(PlanSource.CLAUDE, {}))
    assert ended(deployer, 1).error_type == "NotApprovedError"


def test_a_plan_changes_nothing_of_what_is_deployed(deployer: Deployer, spec: dict[str, Any]) -> None:
    tasks = PlanningQueue(deployer.queue.database)
    request = DeploymentRequest("ssh", "web", "1", spec)
    number = tasks.submit("one", deployment=request).id
    (task,) = tasks.claim("w", lease=60)
    tasks.complete(
        task,
        NewPlan(
            PlanSource.CLAUDE,
            {"deployment": {"spec": {"host": "evil"}}, "approved_by": "ann", "target": "evil", "spec": {"host": "evil"}},
        ),
    )  # fmt: skip
    assert deployer.queue.latest() == []
    tasks.approve(number, ANN)
    (found,) = deployer.queue.latest()
    assert (found.request, found.digest) == (request, request.digest)


def test_what_was_begun_is_brought_to_its_end_without_the_switch(
    deployer: Deployer, spec: dict[str, Any]
) -> None:
    deployer.environment["HIVE_DEPLOYER_UNAPPROVED"] = "true"
    one = deployer.submit("ssh", "1", spec)
    deployer.work_until_killed("touching", "after")
    del deployer.environment["HIVE_DEPLOYER_UNAPPROVED"]
    assert ended(deployer, one.id).status is DeploymentStatus.SUCCEEDED


def test_what_was_changed_after_it_had_begun_is_left_to_a_person(
    deployer: Deployer, spec: dict[str, Any]
) -> None:
    one = approved(deployer, spec)
    deployer.work_until_killed("touching", "after")
    change(deployer, one.id, spec={**spec, "restart": ["id"]})
    found = ended(deployer, one.id)
    assert (found.error_type, found.result) == ("NotApprovedError", {"rolled_back": False})


def test_a_good_release_that_was_changed_since_is_not_gone_back_to(
    deployer: Deployer, spec: dict[str, Any], tmp_path: Path
) -> None:
    one = approved(deployer, spec)
    assert ended(deployer, one.id).status is DeploymentStatus.SUCCEEDED
    mark = tmp_path / "mark"
    change(deployer, one.id, spec={**spec, "restart": ["touch", str(mark)]})
    two = approved(deployer, {**spec, "restart": ["false"]}, "2")
    found = ended(deployer, two.id)
    assert (found.result, mark.exists()) == ({"rolled_back": False}, False)
    assert "deployment 1 was changed after it was approved" in (found.error or "")


def test_submit_is_refused_with_what_to_do_instead(shell: Shell, spec: dict[str, Any]) -> None:
    remedy = (
        "let a plan be approved: python -m ai_planner submit --deploy …, then approve; or set "
        "HIVE_DEPLOYER_UNAPPROVED=true, here and where the deployer runs"
    )
    code, _, said = shell("submit", "ssh", "web", "1", "--spec", shell.file(spec))
    assert (code, said.splitlines()) == (
        2,
        ["error: a deployment that nobody approved is refused", f"  help: {remedy}"],
    )
    assert shell.deployer.queue.latest() == []


def test_a_rollback_is_an_approval_by_whoever_asks_for_it(shell: Shell, spec: dict[str, Any]) -> None:
    for release in ("1", "2"):
        one = approved(shell.deployer, spec, release)
        assert ended(shell.deployer, one.id).status is DeploymentStatus.SUCCEEDED
    assert shell("rollback", "web") == (0, "3\n", "")
    assert shell.deployer.queue.deployment(3).approved_by == identity()
    assert ended(shell.deployer, 3).status is DeploymentStatus.SUCCEEDED


def test_a_rollback_to_what_was_changed_since_is_refused(shell: Shell, spec: dict[str, Any]) -> None:
    for release in ("1", "2"):
        assert ended(shell.deployer, approved(shell.deployer, spec, release).id).status == "succeeded"
    change(shell.deployer, 1, spec={**spec, "restart": ["id"]})
    code, _, said = shell("rollback", "web")
    assert (code, said.startswith("error: deployment 1 was changed after it was approved")) == (2, True)


def test_a_deployment_is_shown_with_its_specification_and_who_approved_it(
    shell: Shell, spec: dict[str, Any]
) -> None:
    one = approved(shell.deployer, spec)
    _, shown, _ = shell("show", "1")
    lines = shown.splitlines()
    assert {f"approved by {ANN}", f"digest: {one.digest}", '  spec.host = "127.0.0.1"'} <= set(lines)
    assert "CHANGED SINCE" not in shown
    assert json.loads(shell("show", "1", "--json")[1])["deployment"]["digest"] == one.digest


def test_a_deployment_that_was_changed_is_shown_as_one(shell: Shell, spec: dict[str, Any]) -> None:
    one = approved(shell.deployer, spec)
    change(shell.deployer, 1, release="2")
    assert f"CHANGED SINCE: what was approved has the digest {one.digest}" in shell("show", "1")[1]
