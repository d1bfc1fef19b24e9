"""Deployments to a real Docker Engine, with images of a real registry."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import free_port
from tests.deployer.engine import PORT, SERVE, Engine

from hive.storage import Deployment, DeploymentStatus

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer


class Site:
    """A container that is deployed."""

    def __init__(self, deployer: Deployer, engine: Engine) -> None:
        self.deployer, self.engine = deployer, engine
        self.name = f"web{os.urandom(4).hex()}"

    def spec(self, tag: str, **more: Any) -> dict[str, Any]:
        return {
            "image": f"{self.engine.registry}/web:{tag}",
            "name": self.name,
            "network": "none",
            "stop_seconds": 0,
            "healthy_seconds": 20,
            "stable_seconds": 0.2,
            "health": {
                "kind": "command",
                "command": ["/bin/busybox", "grep", "-q", ".", "/www/index.html"],
                "attempts": 2,
                "interval_seconds": 0.05,
            },
            **more,
        }

    def deploy(self, tag: str, **more: Any) -> Deployment:
        return self.deployer.deploy("docker", tag, self.spec(tag, **more), self.name)

    @property
    def served(self) -> str | None:
        """What the container in service says."""
        found = [one for one in self.containers() if one[0] == self.name and one[1]]
        if not found:
            return None
        made = self.engine.api.exec_create(
            self.name, ["/bin/busybox", "wget", "-q", "-O", "-", f"http://127.0.0.1:{PORT}/"]
        )
        return str(self.engine.api.exec_start(made["Id"]).decode())

    def containers(self) -> list[tuple[str, bool]]:
        """Return the names of our containers, each with whether it runs."""
        found = self.engine.api.containers(all=True, filters={"name": self.name})
        return sorted((one["Names"][0].lstrip("/"), one["State"] == "running") for one in found)

    @property
    def running(self) -> list[str]:
        return [name for name, runs in self.containers() if runs]


@pytest.fixture
def web(deployer: Deployer, engine: Engine) -> Iterator[Site]:
    deployer.environment["HIVE_DOCKER_HOST"] = engine.address
    site = Site(deployer, engine)
    yield site
    for one in engine.api.containers(all=True):
        engine.api.remove_container(one["Id"], force=True)


def test_a_first_release_is_pulled_and_served(web: Site) -> None:
    done = web.deploy("1")
    assert (done.status, done.error, web.served) == (DeploymentStatus.SUCCEEDED, None, "1")


def test_a_second_release_takes_the_place_of_the_first(web: Site) -> None:
    first = web.deploy("1")
    web.deploy("2")
    assert (web.served, web.containers()) == ("2", [(web.name, True), (f"{web.name}-{first.id}", False)])


def test_an_image_is_built_and_served(web: Site) -> None:
    dockerfile = f'FROM scratch\nCOPY busybox /bin/busybox\nCOPY index.html /www/\nENTRYPOINT ["/bin/busybox"]\nCMD {json.dumps(SERVE)}\n'
    source = web.deployer.release(
        {"Dockerfile": dockerfile, "busybox": web.engine.busybox, "index.html": "built"}
    )
    (web.deployer.releases / source / "busybox").chmod(0o755)
    done = web.deploy("built", build=source)
    assert (done.status, done.error, web.served) == (DeploymentStatus.SUCCEEDED, None, "built")


def test_an_image_that_cannot_be_built_leaves_the_old_release(web: Site) -> None:
    web.deploy("1")
    source = web.deployer.release({"Dockerfile": "FROM scratch\nCOPY nothing /\n"})
    done = web.deploy("built", build=source)
    assert (done.status, done.error_type, web.served) == (DeploymentStatus.FAILED, "BuildError", "1")
    assert "nothing" in str(done.error)


def test_a_build_that_says_nothing_is_not_waited_for_beyond_the_timeout(web: Site) -> None:
    dockerfile = 'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "sleep", "8"]\n'
    source = web.deployer.release({"Dockerfile": dockerfile, "busybox": web.engine.busybox})
    (web.deployer.releases / source / "busybox").chmod(0o755)
    spec = web.spec("slow", build=source, timeout_seconds=1.0)
    one = web.deployer.submit("docker", "slow", spec, web.name)
    start = time.monotonic()
    while web.deployer.queue.deployment(one.id).status is DeploymentStatus.PENDING:
        web.deployer.work()
    done = web.deployer.queue.deployment(one.id)
    assert (done.status, done.error_type) == (DeploymentStatus.FAILED, "TimeoutError")
    assert time.monotonic() - start < 20


def test_a_missing_tag_is_a_clear_error(web: Site) -> None:
    done = web.deploy("none")
    assert (done.status, done.error_type) == (DeploymentStatus.FAILED, "InvalidDeploymentError")
    assert "web:none" in str(done.error)
    assert "manifest unknown" in str(done.error)


def test_a_registry_that_does_not_answer_is_tried_again_and_given_up(web: Site) -> None:
    spec = web.spec("1", image=f"127.0.0.1:{free_port()}/web:1")
    one = web.deployer.submit("docker", "1", spec, web.name)
    while web.deployer.queue.deployment(one.id).status is DeploymentStatus.PENDING:
        web.deployer.work()
    done = web.deployer.queue.deployment(one.id)
    assert (done.status, done.error_type, done.attempt) == (DeploymentStatus.FAILED, "UnreachableError", 3)


def test_an_engine_that_does_not_answer_is_a_clear_error(web: Site, tmp_path: Path) -> None:
    web.deployer.environment["HIVE_DOCKER_HOST"] = f"unix://{tmp_path}/nothing"
    one = web.deployer.submit("docker", "1", web.spec("1"), web.name)
    while web.deployer.queue.deployment(one.id).status is DeploymentStatus.PENDING:
        web.deployer.work()
    done = web.deployer.queue.deployment(one.id)
    assert (done.status, done.error_type) == (DeploymentStatus.FAILED, "UnreachableError")


@pytest.mark.parametrize("tag", ["broken", "crashing"])
def test_a_broken_image_is_rolled_back(web: Site, tag: str) -> None:
    web.deploy("1")
    done = web.deploy(tag)
    assert (done.status, done.error_type, web.served) == (DeploymentStatus.ROLLED_BACK, "RolloutError", "1")
    assert web.containers() == [(web.name, True)]


def test_a_crash_is_reported_with_what_the_container_said(web: Site) -> None:
    assert "no such table" in str(web.deploy("crashing").error)


def test_a_release_that_is_only_found_broken_after_the_swap_is_rolled_back(web: Site) -> None:
    web.deploy("1")
    check = {"kind": "command", "command": ["/bin/busybox", "false"], "attempts": 2, "interval_seconds": 0.01}
    done = web.deploy("2", health=check)
    assert (done.status, done.error_type, web.served) == (DeploymentStatus.ROLLED_BACK, "UnhealthyError", "1")
    assert web.containers() == [(web.name, True)]


def test_a_broken_first_release_leaves_nothing(web: Site) -> None:
    done = web.deploy("broken")
    assert (done.status, web.containers()) == (DeploymentStatus.ROLLED_BACK, [])


def test_a_container_that_was_there_before_is_put_back(web: Site) -> None:
    api = web.engine.api
    image = f"{web.engine.registry}/web:1"
    api.pull(image)
    made = api.create_container(image, name=web.name, host_config=api.create_host_config(network_mode="none"))
    api.start(made["Id"])
    done = web.deploy("broken", swap="stop-first")
    assert (done.status, web.served, web.running) == (DeploymentStatus.ROLLED_BACK, "1", [web.name])


def test_with_stop_first_two_releases_may_share_a_port(web: Site) -> None:
    port = free_port()
    more = {
        "network": "host",
        "swap": "stop-first",
        "command": ["httpd", "-f", "-p", f"127.0.0.1:{port}", "-h", "/www"],
        "health": {
            "kind": "http",
            "url": f"http://127.0.0.1:{port}/",
            "contains": "un",
            "interval_seconds": 0.05,
        },
    }
    web.deploy("unchecked", **more)
    done = web.deploy("unchecked", **more)
    assert (done.status, web.running) == (DeploymentStatus.SUCCEEDED, [web.name])


def test_a_release_that_takes_too_long_is_rolled_back(web: Site) -> None:
    web.deploy("1")
    done = web.deploy("unchecked", stable_seconds=60, timeout_seconds=1.0)
    assert (done.status, done.error_type, web.served) == (DeploymentStatus.ROLLED_BACK, "TimeoutError", "1")
    assert web.containers() == [(web.name, True)]


def test_old_containers_are_kept_so_many_deep(web: Site) -> None:
    for tag in ("1", "2", "3", "4"):
        last = web.deploy(tag, keep=2)
    assert (web.served, len(web.containers())) == ("4", 2)
    assert web.containers()[1] == (f"{web.name}-{last.id - 1}", False)


def test_a_release_whose_container_is_gone_is_rolled_back_to_from_its_image(web: Site) -> None:
    web.deploy("1")
    web.engine.api.remove_container(web.name, force=True)
    done = web.deploy("broken")
    assert (done.status, web.served) == (DeploymentStatus.ROLLED_BACK, "1")


def test_an_earlier_release_is_put_back_from_what_was_kept(web: Site) -> None:
    first = web.deploy("1")
    web.deploy("2")
    done = web.deploy("1", image="127.0.0.1:1/nowhere:1", kept=first.result)
    assert (done.status, web.served) == (DeploymentStatus.SUCCEEDED, "1")


@pytest.mark.parametrize(
    ("point", "side"),
    [
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
