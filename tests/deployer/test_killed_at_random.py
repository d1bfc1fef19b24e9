"""Deployers that are killed at any moment, again and again: every deployment ends, and what serves is what its end says.

``HIVE_KILLS`` is how many kills there are for each strategy; ``HIVE_KILLS_SEED`` is where the moments come from.
"""

from __future__ import annotations

import logging
import os
import random
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import until
from tests.deployer.docker_site import Site as Container
from tests.deployer.docker_site import site as container
from tests.deployer.engine import Engine
from tests.deployer.ssh_site import Site

from hive.storage import Deployment, DeploymentStatus
from hive.storage.deployments import DONE

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer, Host

KILLS = int(os.environ.get("HIVE_KILLS", "3"))
SEED = int(os.environ.get("HIVE_KILLS_SEED", "1"))
LONGEST = 0.4
"""Seconds after which a deployer is killed at the latest, once so much has happened as chance will have it."""
MOST = 4
"""Kills of one deployment: five in a rollback, and a person is needed."""

GOOD, BROKEN, STUCK = "good", "broken", "stuck"
ENDS = {
    GOOD: {DeploymentStatus.SUCCEEDED, DeploymentStatus.ROLLED_BACK, DeploymentStatus.FAILED},
    BROKEN: {DeploymentStatus.ROLLED_BACK, DeploymentStatus.FAILED},
    STUCK: {DeploymentStatus.NEEDS_PERSON, DeploymentStatus.FAILED},
}
"""How each may end: one whose deployers are killed more often than it is tried is rolled back, or never began."""


def kill_again_and_again(deployer: Deployer, one: Deployment, log: Path, chance: random.Random) -> int:
    """See a deployment through, with its deployers killed at most `MOST` times, and return how often they were."""
    kills, most = 0, chance.randint(1, MOST)
    lapse = "UPDATE deployments SET lease_expires_at = 0 WHERE lease_owner IS NOT NULL"

    def begun(attempt: int) -> Callable[[], bool]:
        return lambda: deployer.queue.deployment(one.id).attempt > attempt

    def happened(process: subprocess.Popen[bytes], events: int) -> bool:
        return process.poll() is not None or len(deployer.kinds(one.id)) >= events

    while kills < most and (found := deployer.queue.deployment(one.id)).status not in DONE:
        with deployer.running(log, "--once") as process:
            until(process, begun(found.attempt), "the next attempt", 30)
            events = len(deployer.kinds(one.id)) + chance.randint(0, 5)
            while not happened(process, events):
                threading.Event().wait(0.01)
            try:
                process.wait(chance.uniform(0, LONGEST))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
        with deployer.queue.database.write() as connection:
            connection.exec_driver_sql(lapse)
    while deployer.queue.deployment(one.id).status not in DONE:
        deployer.work()
    return kills


def campaign(
    deployer: Deployer,
    submit: Callable[[str, str], Deployment],
    served: Callable[[], str | None],
    log: Path,
    kinds: tuple[str, ...],
) -> dict[str, int]:
    """Kill `KILLS` times, and return how many deployments ended how; whatever ended, what serves is what it says."""
    chance, kills, serving = random.Random(SEED), 0, "1"
    ends: dict[str, int] = {}
    for number in range(10_000):
        if kills >= KILLS:
            break
        kind = kinds[number % len(kinds)]
        one = submit(kind, f"{number % 2 + 2}")
        kills += kill_again_and_again(deployer, one, log, chance)
        done = deployer.queue.deployment(one.id)
        assert done.status in ENDS[kind], (kind, done.error)
        if done.status is DeploymentStatus.SUCCEEDED:
            serving = done.request.release
        assert served() == serving
        if done.status is DeploymentStatus.NEEDS_PERSON:
            assert [block.deployment_id for block in deployer.queue.blocked()] == [one.id]
            deployer.queue.unblock(done.request.target, "a person")
        ends[done.status.value] = ends.get(done.status.value, 0) + 1
    return ends | {"kills": kills}


def test_over_ssh_every_deployment_ends_and_what_serves_is_what_it_says(
    deployer: Deployer,
    host: Host,
    site: tuple[Path, str],
    tmp_path: Path,
) -> None:
    deployer.environment |= {
        "HIVE_SSH_KNOWN_HOSTS": str(host.known),
        "HIVE_SSH_KEY": str(host.key),
        "HIVE_DEPLOYER_ROLLBACK_SECONDS": "8",
    }
    web = Site(deployer, host, *site)
    web.deploy("1", web.good("1"))

    def submit(kind: str, release: str) -> Deployment:
        files: dict[str, str | bytes] = {"index.html": release, "health": "ok", "big": bytes(3_000_000)}
        more: dict[str, Any] = {"restart": ["sleep", "0.1"]}
        if kind == BROKEN:
            del files["health"]
        if kind == STUCK:
            more = {"restart": ["sh", "-c", "sleep 0.1; exit 3"]}
        return deployer.submit("ssh", release, web.spec(files, **more))

    found = campaign(deployer, submit, lambda: web.served, tmp_path / "log", (GOOD, BROKEN, STUCK))
    logging.getLogger(__name__).info("%s", found)
    assert (found["kills"] >= KILLS, web.whole()) == (True, True)


@pytest.fixture
def box(deployer: Deployer, engine: Engine) -> Iterator[Container]:
    with container(deployer, engine) as one:
        yield one


def test_on_docker_every_deployment_ends_and_what_serves_is_what_it_says(
    box: Container, tmp_path: Path
) -> None:
    box.deployer.environment["HIVE_DEPLOYER_ROLLBACK_SECONDS"] = "20"
    box.deploy("1")

    def submit(kind: str, release: str) -> Deployment:
        spec = box.spec(release)
        if kind != GOOD:
            spec["health"] = {**spec["health"], "command": ["/bin/busybox", "false"]}
        return box.deployer.submit("docker", release, spec, box.name)

    found = campaign(box.deployer, submit, lambda: box.served, tmp_path / "log", (GOOD, BROKEN))
    logging.getLogger(__name__).info("%s", found)
    assert (found["kills"] >= KILLS, box.running) == (True, [box.name])
