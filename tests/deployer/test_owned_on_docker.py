"""Two targets and one name of a container: it belongs to one of them, and the other does not touch it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from tests.deployer.docker_site import Site, site
from tests.deployer.engine import Engine

from hive.storage import Deployment, DeploymentStatus

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer

FAILED, ROLLED_BACK, SUCCEEDED = (
    DeploymentStatus.FAILED,
    DeploymentStatus.ROLLED_BACK,
    DeploymentStatus.SUCCEEDED,
)


@pytest.fixture
def web(deployer: Deployer, engine: Engine) -> Iterator[Site]:
    with site(deployer, engine) as one:
        yield one


def deploy_to(web: Site, target: str, tag: str, **more: Any) -> Deployment:
    return web.deployer.deploy("docker", tag, web.spec(tag, **more), target)


def started(web: Site) -> str:
    """Return when the container in service was started."""
    return str(web.engine.api.inspect_container(web.name)["State"]["StartedAt"])


@pytest.mark.parametrize("swap", ["start-first", "stop-first"])
def test_the_container_of_another_target_is_refused_and_goes_on(web: Site, swap: str) -> None:
    web.deploy("1")
    before = started(web)
    done = deploy_to(web, "api", "2", swap=swap, adopt=True)
    assert (done.status, done.error_type, web.served) == (FAILED, "OwnedError", "1")
    assert f"the container {web.name} belongs to the target '{web.name}', not to 'api'" in str(done.error)
    assert (started(web), web.containers(), web.deployer.kinds(done.id)) == (
        before,
        [(web.name, True)],
        ["failed"],
    )


def test_of_targets_that_reach_for_one_name_at_the_same_time_one_gets_it(web: Site) -> None:
    numbers = [web.deployer.submit("docker", "1", web.spec("1"), f"{web.name}-{who}").id for who in "abcd"]
    web.deployer.work()
    done = [web.deployer.queue.deployment(number) for number in numbers]
    (won,) = [one for one in done if one.status is SUCCEEDED]
    assert {one.status for one in done if one is not won} <= {FAILED, ROLLED_BACK}
    (labels,) = [one["Labels"] for one in web.engine.api.containers(all=True, filters={"name": web.name})]
    assert (labels["hive.target"], web.served) == (won.request.target, "1")


def start_by_hand(web: Site) -> None:
    api, image = web.engine.api, f"{web.engine.registry}/web:1"
    api.pull(image)
    made = api.create_container(image, name=web.name, host_config=api.create_host_config(network_mode="none"))
    api.start(made["Id"])


def test_a_container_that_was_started_by_hand_is_refused_with_how_to_adopt_it(web: Site) -> None:
    start_by_hand(web)
    done = web.deploy("2")
    assert (done.status, done.error_type, web.containers()) == (FAILED, "OwnedError", [(web.name, True)])
    assert 'write "adopt": true into the spec' in str(done.error)


def test_a_container_that_was_started_by_hand_is_taken_over_by_a_spec_that_says_so(web: Site) -> None:
    start_by_hand(web)
    assert web.deploy("2", adopt=True).status is SUCCEEDED
    assert (web.served, web.running) == ("2", [web.name])


def test_a_rollback_leaves_alone_what_has_another_owner_by_then(web: Site) -> None:
    check = {"kind": "command", "command": ["/bin/busybox", "false"], "attempts": 1}
    one = web.deployer.submit("docker", "1", web.spec("1", health=check), web.name)
    web.deployer.work_until_killed("finished", "before")
    lease = "UPDATE deployments SET lease_expires_at = {} WHERE lease_owner IS NOT NULL"
    with web.deployer.queue.database.write() as connection:
        connection.exec_driver_sql(lease.format("9e12"))
    assert deploy_to(web, "api", "2").status is SUCCEEDED
    with web.deployer.queue.database.write() as connection:
        connection.exec_driver_sql(lease.format("0"))
    web.deployer.work()
    assert (web.deployer.queue.deployment(one.id).status, web.served) == (ROLLED_BACK, "2")
