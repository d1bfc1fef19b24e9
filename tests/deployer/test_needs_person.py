"""Rollbacks that do not succeed either: they end, and nothing is deployed to that target until a person was there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.deployer.ssh_site import Site

from ai_deployer.journal import Journal
from hive.application.identity import identity
from hive.storage import Deployment, DeploymentEvent, DeploymentStatus

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer, Host

FAILS = ["sh", "-c", "echo no such unit; exit 3"]


@pytest.fixture
def web(deployer: Deployer, host: Host, site: tuple[Path, str]) -> Site:
    deployer.environment |= {
        "HIVE_SSH_KNOWN_HOSTS": str(host.known),
        "HIVE_SSH_KEY": str(host.key),
        "HIVE_DEPLOYER_ROLLBACK_SECONDS": "4",
    }
    return Site(deployer, host, *site)


@pytest.fixture
def stuck(web: Site) -> Deployment:
    """A deployment whose restart fails, before and after the rollback."""
    web.deploy("1", web.good("one"))
    return web.deploy("2", web.good("two", restart=FAILS))


def call(web: Site, *arguments: str) -> tuple[int, str, str]:
    """Call the command line."""
    done = subprocess.run(
        [sys.executable, "-m", "ai_deployer", *arguments],
        env={"PATH": os.environ["PATH"], "HIVE_LOG_LEVEL": "error", **web.deployer.environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_rollback_whose_restart_fails_as_well_ends_as_one_that_needs_a_person(
    web: Site, stuck: Deployment
) -> None:
    assert (stuck.status, stuck.error_type) == (DeploymentStatus.NEEDS_PERSON, "RolloutError")
    assert "then: not rolled back within 4 s: sh ended with 3: no such unit" in str(stuck.error)
    assert web.served == "one"


def test_what_is_deployed_to_a_target_that_needs_a_person_waits_until_it_is_unblocked(
    web: Site, stuck: Deployment
) -> None:
    later = web.deployer.submit("ssh", "3", web.good("three"))
    web.deployer.work()
    assert web.deployer.queue.deployment(later.id).status is DeploymentStatus.PENDING
    web.deployer.queue.unblock("web", "ann")
    web.deployer.work()
    assert (web.deployer.queue.deployment(later.id).status, web.served) == (
        DeploymentStatus.SUCCEEDED,
        "three",
    )


def test_a_rollback_in_which_deployer_after_deployer_dies_ends_as_one_that_needs_a_person(web: Site) -> None:
    web.deploy("1", web.good("one"))
    one = web.deployer.submit("ssh", "2", web.spec({"index.html": "two"}))
    for _ in range(5):
        web.deployer.work_until_killed("rolling_back", "after")
    web.deployer.work()
    done = web.deployer.queue.deployment(one.id)
    assert (done.status, done.attempt) == (DeploymentStatus.NEEDS_PERSON, 6)
    assert "5 deployers have ended in the middle of it" in str(done.error)


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_deployer_killed_as_it_blocks_a_target_leaves_it_blocked_or_the_next_one_blocks_it(
    web: Site, side: str
) -> None:
    web.deploy("1", web.good("one"))
    one = web.deployer.submit("ssh", "2", web.good("two", restart=FAILS))
    web.deployer.work_until_killed("finished", side)
    web.deployer.work()
    (block,) = web.deployer.queue.blocked()
    status = web.deployer.queue.deployment(one.id).status
    assert (status, block.deployment_id, web.served) == (DeploymentStatus.NEEDS_PERSON, one.id, "one")


def test_a_deployment_that_touched_its_target_and_is_not_understood_any_more_needs_a_person(
    web: Site,
) -> None:
    one = web.deployer.submit("ssh", "1", web.good("one"))
    web.deployer.work_until_killed("switched", "after")
    with web.deployer.queue.database.write() as connection:
        connection.exec_driver_sql('UPDATE deployments SET spec = \'{"from": "newer code"}\'')
    web.deployer.work()
    assert web.deployer.queue.deployment(one.id).status is DeploymentStatus.NEEDS_PERSON


def test_a_rollback_that_was_given_back_in_good_order_does_not_count_as_one_that_died(web: Site) -> None:
    one = web.deployer.submit("ssh", "1", web.good("one"))
    kinds = [("rolling_back", 1), ("given_back", 1), ("rolling_back", 2)]
    events = [
        DeploymentEvent(number, one.id, attempt, kind, {}, 0.0)
        for number, (kind, attempt) in enumerate(kinds)
    ]
    assert Journal(web.deployer.queue, one, events).died_in("rolling_back") == 1


def test_the_queue_is_shown_with_the_targets_that_are_blocked_and_what_waits_for_them(
    web: Site, stuck: Deployment
) -> None:
    web.deployer.submit("ssh", "3", web.good("three"))
    _, shown, _ = call(web, "show")
    lines = shown.splitlines()
    assert lines[0].endswith("1 needs_person")
    assert "'web' is blocked since " in lines[1]
    assert lines[1].endswith(" (then: python -m ai_deployer unblock web)")
    assert lines[2].endswith("'3' to 'web' by ssh  waits: the target is blocked")


def test_a_deployment_that_waits_for_a_blocked_target_is_shown_to(web: Site, stuck: Deployment) -> None:
    later = web.deployer.submit("ssh", "3", web.good("three"))
    _, shown, _ = call(web, "show", str(later.id))
    assert "waits: 'web' is blocked since " in shown
    _, found, _ = call(web, "show", str(later.id), "--json")
    assert json.loads(found)["blocked"]["deployment_id"] == stuck.id


def test_what_is_submitted_for_a_blocked_target_is_said_to_wait(
    web: Site, stuck: Deployment, tmp_path: Path
) -> None:
    (tmp_path / "spec.json").write_text(json.dumps(web.good("three")))
    code, number, said = call(web, "submit", "ssh", "web", "3", "--spec", str(tmp_path / "spec.json"))
    assert (code, number) == (0, f"{stuck.id + 1}\n")
    assert said.startswith("it waits: 'web' is blocked since ")


def test_a_person_unblocks_a_target_and_is_noted_as_the_operating_system_knows_them(
    web: Site, stuck: Deployment
) -> None:
    code, said, _ = call(web, "unblock", "web")
    last: Any = web.deployer.queue.events(stuck.id)[-1]
    assert (code, last.kind, last.detail) == (0, "unblocked", {"by": identity()})
    assert said.startswith("'web' is open again; deployment 2 had blocked it: ")


def test_unblocking_what_is_not_blocked_is_a_mistake_with_a_remedy(web: Site) -> None:
    assert call(web, "unblock", "web") == (
        2,
        "",
        "error: the target 'web' is not blocked\n  help: see which are: python -m ai_deployer show\n",
    )
