"""Deployments to a Docker Engine that take too long, or whose deployer goes or is killed: done or rolled back, never half."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from tests.deployer.docker_site import Site, site
from tests.deployer.engine import Engine

from hive.storage import DeploymentRequest, DeploymentStatus

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer


@pytest.fixture
def web(deployer: Deployer, engine: Engine) -> Iterator[Site]:
    with site(deployer, engine) as one:
        yield one


def test_a_build_that_says_nothing_is_not_waited_for_beyond_the_timeout(web: Site) -> None:
    dockerfile = 'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "sleep", "8"]\n'
    source = web.deployer.release({"Dockerfile": dockerfile, "busybox": web.engine.busybox})
    (web.deployer.releases / source / "busybox").chmod(0o755)
    start = time.monotonic()
    done = web.deploy("slow", build=source, timeout_seconds=1.0)
    assert (done.status, done.error_type) == (DeploymentStatus.FAILED, "TimeoutError")
    assert time.monotonic() - start < 20


def test_a_release_that_takes_too_long_is_rolled_back(web: Site) -> None:
    web.deploy("1")
    done = web.deploy("unchecked", stable_seconds=60, timeout_seconds=2.0)
    assert (done.status, done.error_type, web.served) == (DeploymentStatus.ROLLED_BACK, "TimeoutError", "1")
    assert web.containers() == [(web.name, True)]


@pytest.mark.parametrize(
    ("point", "side"),
    [
        ("touching", "before"),
        ("touching", "after"),
        ("healthy", "before"),
        ("swapped", "before"),
        ("verifying", "after"),
        ("finished", "before"),
    ],
)
def test_a_deployment_whose_deployer_was_killed_is_done_by_the_next(web: Site, point: str, side: str) -> None:
    first = web.deploy("1")
    one = web.deployer.submit("docker", "2", web.spec("2"), web.name)
    web.deployer.work_until_killed(point, side)
    web.deployer.work()
    assert web.deployer.queue.deployment(one.id).status is DeploymentStatus.SUCCEEDED
    assert (web.served, web.containers()) == ("2", [(web.name, True), (f"{web.name}-{first.id}", False)])


def test_a_deployer_killed_between_two_releases_that_share_a_port_leaves_none_out(web: Site) -> None:
    first = web.deploy("1")
    one = web.deployer.submit("docker", "2", web.spec("2", swap="stop-first"), web.name)
    web.deployer.work_until_killed("healthy", "before")
    assert web.running == [f"{web.name}-{one.id}"]
    web.deployer.work()
    assert web.deployer.queue.deployment(one.id).status is DeploymentStatus.SUCCEEDED
    assert (web.served, web.containers()) == ("2", [(web.name, True), (f"{web.name}-{first.id}", False)])


@pytest.mark.parametrize("swap", ["start-first", "stop-first"])
def test_a_deployment_that_is_cut_off_is_done_by_the_next(web: Site, tmp_path: Path, swap: str) -> None:
    first = web.deploy("1")
    spec = web.spec("unchecked", swap=swap, stable_seconds=60, healthy_seconds=120)
    one = web.deployer.submit("docker", "2", spec, web.name)
    web.deployer.cut_off_when(lambda: "replacing" in web.deployer.kinds(one.id), tmp_path / "log")
    assert web.deployer.queue.deployment(one.id).status is DeploymentStatus.PENDING
    with web.deployer.queue.database.write() as connection:
        patient = web.spec("unchecked", swap=swap)
        approved = DeploymentRequest(
            "docker", web.name, "2", patient
        ).digest  # nobody waits a minute for a test
        connection.execute(
            text("UPDATE deployments SET spec = :spec, digest = :digest WHERE id = :id"),
            {"spec": json.dumps(patient), "digest": approved, "id": one.id},
        )
    web.deployer.work()
    assert web.deployer.queue.deployment(one.id).status is DeploymentStatus.SUCCEEDED
    assert web.containers() == [(web.name, True), (f"{web.name}-{first.id}", False)]


def test_a_health_check_that_hangs_holds_up_neither_the_rollback_nor_the_end(web: Site) -> None:
    web.deploy("1")
    check = {
        "kind": "command",
        "command": ["/bin/busybox", "sleep", "1000"],
        "attempts": 1,
        "timeout_seconds": 0.2,
    }
    start = time.monotonic()
    done = web.deploy("2", health=check)
    assert (done.status, done.error_type, web.served) == (DeploymentStatus.ROLLED_BACK, "UnhealthyError", "1")
    assert time.monotonic() - start < 30


@pytest.mark.parametrize(("point", "side"), [("swapped", "before"), ("rolling_back", "after")])
def test_a_broken_release_whose_deployer_was_killed_is_rolled_back_by_the_next(
    web: Site, point: str, side: str
) -> None:
    web.deploy("1")
    check = {"kind": "command", "command": ["/bin/busybox", "false"], "attempts": 1}
    one = web.deployer.submit("docker", "2", web.spec("2", health=check), web.name)
    web.deployer.work_until_killed(point, side)
    web.deployer.work()
    assert web.deployer.queue.deployment(one.id).status is DeploymentStatus.ROLLED_BACK
    assert (web.served, web.containers()) == ("1", [(web.name, True)])
