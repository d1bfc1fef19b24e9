"""Deployments to a real Docker Engine, with images of a real registry."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.conftest import free_port
from tests.deployer.docker_site import Site, site
from tests.deployer.engine import PASSWORD, PORT, SERVE, USER, Engine

from hive.storage import DeploymentStatus

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer


@pytest.fixture
def web(deployer: Deployer, engine: Engine) -> Iterator[Site]:
    with site(deployer, engine) as one:
        yield one


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


def test_a_missing_tag_is_a_clear_error(web: Site) -> None:
    done = web.deploy("none")
    assert (done.status, done.error_type) == (DeploymentStatus.FAILED, "InvalidDeploymentError")
    assert "web:none" in str(done.error)
    assert "manifest unknown" in str(done.error)


def test_a_private_registry_gives_an_image_to_our_account(web: Site) -> None:
    web.deployer.environment |= {"HIVE_REGISTRY_USER": USER, "HIVE_REGISTRY_PASSWORD": PASSWORD}
    done = web.deploy("1", image=f"{web.engine.private}/web:1")
    assert (done.status, done.error, web.served) == (DeploymentStatus.SUCCEEDED, None, "1")


@pytest.mark.parametrize(
    "account", [{}, {"HIVE_REGISTRY_USER": USER, "HIVE_REGISTRY_PASSWORD": "not this one"}]
)
def test_a_registry_that_wants_another_account_is_a_clear_error(web: Site, account: dict[str, str]) -> None:
    web.deployer.environment |= account
    done = web.deploy("1", image=f"{web.engine.private}/web:1")
    assert (done.status, done.error_type, done.attempt) == (DeploymentStatus.FAILED, "RefusedError", 1)
    assert re.search("unauthorized|no basic auth credentials", str(done.error))
    assert "not this one" not in str(done.error)


def test_a_registry_that_does_not_answer_is_tried_again_and_given_up(web: Site) -> None:
    done = web.deploy("1", image=f"127.0.0.1:{free_port()}/web:1")
    assert (done.status, done.error_type, done.attempt) == (DeploymentStatus.FAILED, "UnreachableError", 3)


def test_an_engine_that_does_not_answer_is_a_clear_error(web: Site, tmp_path: Path) -> None:
    web.deployer.environment["HIVE_DOCKER_HOST"] = f"unix://{tmp_path}/nothing"
    done = web.deploy("1")
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
    done = web.deploy("broken", swap="stop-first", adopt=True)
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


def test_a_published_port_is_reached_from_outside(web: Site) -> None:
    port = free_port()
    with web.engine.bridge() as network:
        try:
            done = web.deploy(
                "unchecked",
                network=network,
                swap="stop-first",
                command=["httpd", "-f", "-p", f"{PORT}", "-h", "/www"],
                ports=[{"container": PORT, "host": port}],
                health={
                    "kind": "http",
                    "url": f"http://127.0.0.1:{port}/",
                    "contains": "unchecked",
                    "interval_seconds": 0.05,
                },
            )
        finally:
            web.remove()
    assert (done.status, done.error) == (DeploymentStatus.SUCCEEDED, None)


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
