"""Two targets and one Deployment of a cluster: it belongs to one of them, and the other does not touch it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.deployer.kubernetes.test_kubernetes import Site

from hive.storage import Deployment, DeploymentStatus

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer
    from tests.deployer.kubernetes.cluster import Cluster

FAILED, ROLLED_BACK, SUCCEEDED = (
    DeploymentStatus.FAILED,
    DeploymentStatus.ROLLED_BACK,
    DeploymentStatus.SUCCEEDED,
)


@pytest.fixture
def web(deployer: Deployer, cluster: Cluster) -> Site:
    deployer.environment["HIVE_KUBECONFIG"] = str(cluster.kubeconfig)
    return Site(deployer, cluster)


def deploy_to(web: Site, target: str, image: str, **more: Any) -> Deployment:
    return web.deployer.deploy("kubernetes", image, web.spec(image, **more), target)


def by_hand(web: Site) -> None:
    made = web.spec("by-hand")["manifest"]
    web.cluster.ask(web.cluster.apps.create_namespaced_deployment, web.namespace, made)


def change_mark(web: Site, value: str | None) -> None:
    web.cluster.ask(
        web.cluster.apps.patch_namespaced_deployment,
        "web",
        web.namespace,
        {"metadata": {"annotations": {"hive/target": value}}},
    )


def generation(web: Site) -> int:
    found = web.cluster.deployment(web.namespace)
    assert found is not None
    return int(found["metadata"]["generation"])


def test_the_deployment_of_another_target_is_refused_and_not_changed(web: Site) -> None:
    web.deploy("one")
    before = generation(web)
    done = deploy_to(web, "api", "two", adopt=True)
    assert (done.status, done.error_type, web.image) == (FAILED, "OwnedError", "one")
    assert f"the Deployment web belongs to the target '{web.namespace}', not to 'api'" in str(done.error)
    assert (generation(web), web.owner, web.deployer.kinds(done.id)) == (before, web.namespace, ["failed"])


def test_of_targets_that_make_one_deployment_at_the_same_time_one_gets_it(web: Site) -> None:
    numbers = [
        web.deployer.submit("kubernetes", name, web.spec(name), f"{web.namespace}-{name}").id
        for name in "abcd"
    ]
    web.deployer.work()
    done = [web.deployer.queue.deployment(number) for number in numbers]
    (won,) = [one for one in done if one.status is SUCCEEDED]
    assert {one.status for one in done if one is not won} <= {FAILED, ROLLED_BACK}
    assert (web.image, web.owner) == (won.request.release, won.request.target)


def test_a_deployment_that_was_made_by_hand_is_refused_with_how_to_adopt_it(web: Site) -> None:
    by_hand(web)
    done = web.deploy("one")
    assert (done.status, done.error_type, web.owner) == (FAILED, "OwnedError", None)
    assert 'write "adopt": true into the spec' in str(done.error)


def test_a_deployment_that_was_made_by_hand_is_taken_over_by_a_spec_that_says_so(web: Site) -> None:
    by_hand(web)
    assert web.deploy("one", adopt=True).status is SUCCEEDED
    assert (web.image, web.owner) == ("one", web.namespace)


def test_a_deployment_from_before_there_were_marks_goes_on_as_that_of_its_target(web: Site) -> None:
    web.deploy("one")
    change_mark(web, None)
    assert deploy_to(web, "api", "two").status is FAILED
    assert web.deploy("three").status is SUCCEEDED
    assert (web.image, web.owner) == ("three", web.namespace)


def test_a_rollback_leaves_alone_what_has_another_owner_by_then_and_a_person_is_needed(web: Site) -> None:
    web.deploy("one")
    one = web.deployer.submit("kubernetes", "bad", web.spec("bad", deadline=1), web.namespace)
    web.deployer.work_until_killed("rolling_back", "after")
    change_mark(web, "api")
    before = generation(web)
    web.deployer.work()
    status = web.deployer.queue.deployment(one.id).status
    assert (status, generation(web)) == (DeploymentStatus.NEEDS_PERSON, before)


def test_a_field_that_the_next_manifest_does_not_name_is_gone(web: Site) -> None:
    spec = web.spec("one")
    spec["manifest"]["spec"]["minReadySeconds"] = 1
    web.deploy_spec("one", spec)
    assert web.deploy("two").status is SUCCEEDED
    found = web.cluster.deployment(web.namespace)
    assert found is not None
    assert "minReadySeconds" not in found["spec"]
