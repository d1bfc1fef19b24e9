"""Two targets and one folder on a host: the folder belongs to one of them, and the other does not touch it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.deployer.ssh_site import Site

from hive.storage import Deployment, DeploymentStatus

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer, Host

FAILED, ROLLED_BACK, SUCCEEDED = (
    DeploymentStatus.FAILED,
    DeploymentStatus.ROLLED_BACK,
    DeploymentStatus.SUCCEEDED,
)


@pytest.fixture
def web(deployer: Deployer, host: Host, site: tuple[Path, str]) -> Site:
    deployer.environment |= {"HIVE_SSH_KNOWN_HOSTS": str(host.known), "HIVE_SSH_KEY": str(host.key)}
    return Site(deployer, host, *site)


def deploy_to(web: Site, target: str, spec: dict[str, Any]) -> Deployment:
    return web.deployer.deploy("ssh", "1", spec, target)


def tree(folder: Path) -> dict[str, int]:
    """Return everything in a *folder*, each with when it was changed, in nanoseconds."""
    return {str(path.relative_to(folder)): path.lstat().st_mtime_ns for path in folder.rglob("*")}


def test_the_folder_of_another_target_is_refused_and_nothing_in_it_is_touched(web: Site) -> None:
    web.deploy("1", web.good("one"))
    before = tree(web.folder)
    done = deploy_to(web, "api", web.good("two", adopt=True))
    assert (done.status, done.error_type, web.served) == (FAILED, "OwnedError", "one")
    assert f"{web.folder} belongs to the target 'web', not to 'api'" in str(done.error)
    assert (tree(web.folder), web.deployer.kinds(done.id)) == (before, ["failed"])


def test_a_folder_within_that_of_another_target_is_refused(web: Site) -> None:
    web.deploy("1", web.good("one"))
    done = deploy_to(web, "api", web.good("two", path=f"{web.folder}/incoming/api"))
    assert (done.status, done.error_type) == (FAILED, "OwnedError")


def test_of_targets_that_reach_for_one_folder_at_the_same_time_one_gets_it(web: Site) -> None:
    numbers = [web.deployer.submit("ssh", name, web.good(name), name).id for name in "abcdef"]
    web.deployer.environment["HIVE_DEPLOYER_CONCURRENCY"] = "6"
    web.deployer.work()
    done = [web.deployer.queue.deployment(number) for number in numbers]
    (won,) = [one for one in done if one.status is SUCCEEDED]
    assert {(one.status, one.error_type) for one in done if one is not won} == {(FAILED, "OwnedError")}
    assert (web.served, web.releases(), web.whole()) == (won.request.release, 1, True)
    assert json.loads((web.folder / ".hive-target").read_text()) == {"target": won.request.target}


def by_hand(web: Site) -> None:
    """Serve something that no target has deployed."""
    (web.folder / "by hand").mkdir(parents=True)
    (web.folder / "by hand" / "index.html").write_text("by hand")
    (web.folder / "current").symlink_to("by hand")


def test_what_was_put_there_by_hand_is_refused_with_how_to_adopt_it(web: Site) -> None:
    by_hand(web)
    before = tree(web.folder)
    done = web.deploy("1", web.good("one"))
    assert (done.status, done.error_type, tree(web.folder)) == (FAILED, "OwnedError", before)
    assert (
        "carries no mark of a target: nothing of it is touched; if it is to belong to 'web', write \"adopt\""
        in str(done.error)
    )


def test_what_was_put_there_by_hand_is_taken_over_by_a_spec_that_says_so(web: Site) -> None:
    by_hand(web)
    assert web.deploy("1", web.good("one", adopt=True)).status is SUCCEEDED
    assert deploy_to(web, "api", web.good("two", adopt=True)).status is FAILED
    assert web.served == "one"


def test_a_folder_from_before_there_were_marks_goes_on_as_that_of_its_target(web: Site) -> None:
    web.deploy("1", web.good("one"))
    (web.folder / ".hive-target").unlink()
    assert deploy_to(web, "api", web.good("two")).status is FAILED
    assert web.deploy("3", web.good("three")).status is SUCCEEDED
    assert json.loads((web.folder / ".hive-target").read_text()) == {"target": "web"}


def test_a_deployment_that_began_before_there_were_marks_is_done_by_the_next_deployer(web: Site) -> None:
    one = web.deployer.submit("ssh", "1", web.good("one"))
    web.deployer.work_until_killed("switched", "after")
    (web.folder / ".hive-target").unlink()
    web.deployer.work()
    assert (web.deployer.queue.deployment(one.id).status, web.served) == (SUCCEEDED, "one")


def test_a_first_release_that_is_rolled_back_leaves_the_folder_to_whoever_comes_next(web: Site) -> None:
    assert web.deploy("1", web.spec({"index.html": "one"})).status is ROLLED_BACK
    assert not (web.folder / ".hive-target").exists()
    assert deploy_to(web, "api", web.good("two")).status is SUCCEEDED


def test_a_rollback_leaves_alone_what_has_another_owner_by_then(web: Site) -> None:
    one = web.deployer.submit("ssh", "1", web.spec({"index.html": "one"}))
    web.deployer.work_until_killed("finished", "before")
    lease = "UPDATE deployments SET lease_expires_at = {} WHERE lease_owner IS NOT NULL"
    with web.deployer.queue.database.write() as connection:
        connection.exec_driver_sql(lease.format("9e12"))
    assert deploy_to(web, "api", web.good("two")).status is SUCCEEDED
    with web.deployer.queue.database.write() as connection:
        connection.exec_driver_sql(lease.format("0"))
    web.deployer.work()
    assert (web.deployer.queue.deployment(one.id).status, web.served) == (ROLLED_BACK, "two")


def test_a_mark_that_says_nothing_is_refused(web: Site) -> None:
    web.deploy("1", web.good("one"))
    (web.folder / ".hive-target").write_bytes(b"\0")
    done = web.deploy("2", web.good("two", adopt=True))
    assert (done.status, done.error_type, web.served) == (FAILED, "OwnedError", "one")
