"""Deployments to a real Kubernetes API server and its controllers."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hive.storage import Deployment, DeploymentStatus

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer
    from tests.deployer.kubernetes.cluster import Cluster


class Site:
    """A Deployment in a namespace of its own."""

    def __init__(self, deployer: Deployer, cluster: Cluster) -> None:
        self.deployer, self.cluster = deployer, cluster
        self.namespace = cluster.namespace()

    def spec(self, image: str, *, deadline: int = 20, **more: Any) -> dict[str, Any]:
        return {
            "namespace": self.namespace,
            "manifest": {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": "web"},
                "spec": {
                    "replicas": 2,
                    "progressDeadlineSeconds": deadline,
                    "selector": {"matchLabels": {"app": "web"}},
                    "template": {
                        "metadata": {"labels": {"app": "web"}},
                        "spec": {"containers": [{"name": "web", "image": image}]},
                    },
                },
            },
            **more,
        }

    def deploy(self, image: str, **more: Any) -> Deployment:
        return self.deploy_spec(image, self.spec(image, **more))

    def deploy_spec(self, release: str, spec: dict[str, Any]) -> Deployment:
        return self.deployer.deploy("kubernetes", release, spec, self.namespace)

    @property
    def owner(self) -> str | None:
        """The target that the Deployment is marked as belonging to."""
        found = self.cluster.deployment(self.namespace)
        return None if found is None else found["metadata"].get("annotations", {}).get("hive/target")

    @property
    def image(self) -> str | None:
        """The image of the Deployment; None where there is none, or not all of its pods are of it."""
        found = self.cluster.deployment(self.namespace)
        if found is None or found["status"].get("updatedReplicas") != found["status"].get(
            "availableReplicas"
        ):
            return None
        return str(found["spec"]["template"]["spec"]["containers"][0]["image"])


@pytest.fixture
def web(deployer: Deployer, cluster: Cluster) -> Site:
    deployer.environment["HIVE_KUBECONFIG"] = str(cluster.kubeconfig)
    return Site(deployer, cluster)


def test_a_first_release_is_rolled_out(web: Site) -> None:
    done = web.deploy("one")
    assert (done.status, done.error, web.image) == (DeploymentStatus.SUCCEEDED, None, "one")


def test_a_second_release_takes_the_place_of_the_first(web: Site) -> None:
    web.deploy("one")
    done = web.deploy("two")
    assert (done.status, done.result, web.image) == (DeploymentStatus.SUCCEEDED, {"revision": "2"}, "two")


def test_a_rollout_beyond_its_deadline_is_undone(web: Site) -> None:
    web.deploy("one")
    done = web.deploy("bad", deadline=1)
    assert (done.status, done.error_type, web.image) == (DeploymentStatus.ROLLED_BACK, "RolloutError", "one")
    assert "ProgressDeadlineExceeded" in str(done.error)
    assert "no such image: bad" in str(done.error)


def test_a_rollout_that_takes_longer_than_is_waited_for_is_undone(web: Site) -> None:
    web.deploy("one")
    done = web.deploy("bad", rollout_seconds=0.5)
    assert (done.status, web.image) == (DeploymentStatus.ROLLED_BACK, "one")


def test_a_release_that_takes_too_long_is_rolled_back(web: Site) -> None:
    web.deploy("one")
    done = web.deploy("bad", deadline=600, timeout_seconds=2.0)
    assert (done.status, done.error_type, web.image) == (DeploymentStatus.ROLLED_BACK, "TimeoutError", "one")


def test_a_deployment_that_is_cut_off_is_done_by_the_next(web: Site, tmp_path: Path) -> None:
    web.deploy("one")
    image = f"late-{web.namespace}"
    web.cluster.held.add(image)
    one = web.deployer.submit("kubernetes", image, web.spec(image, deadline=600), web.namespace)
    web.deployer.cut_off_when(lambda: "applied" in web.deployer.kinds(one.id), tmp_path / "log")
    assert web.deployer.queue.deployment(one.id).status is DeploymentStatus.PENDING
    web.cluster.held.remove(image)
    web.deployer.work()
    assert web.deployer.queue.deployment(one.id).status is DeploymentStatus.SUCCEEDED
    assert web.image == image


def test_a_broken_first_release_leaves_nothing(web: Site) -> None:
    done = web.deploy("bad", deadline=1)
    assert (done.status, web.cluster.deployment(web.namespace)) == (DeploymentStatus.ROLLED_BACK, None)


def test_after_a_rollback_the_next_release_is_not_judged_by_the_broken_one(web: Site) -> None:
    web.deploy("one")
    web.deploy("bad", deadline=1)
    assert web.deploy("two").status is DeploymentStatus.SUCCEEDED


def test_a_release_found_unhealthy_after_its_rollout_is_undone(web: Site) -> None:
    web.deploy("one")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        port = taken.getsockname()[1]
        check = {"kind": "tcp", "host": "127.0.0.1", "port": port, "attempts": 2, "interval_seconds": 0.01}
        done = web.deploy("two", health=check)
    assert (done.status, done.error_type, web.image) == (
        DeploymentStatus.ROLLED_BACK,
        "UnhealthyError",
        "one",
    )


def test_a_deployment_that_was_there_before_is_put_back(web: Site) -> None:
    web.cluster.ask(
        web.cluster.apps.create_namespaced_deployment, web.namespace, web.spec("by-hand")["manifest"]
    )
    done = web.deploy("bad", deadline=1, adopt=True)
    assert (done.status, web.image, web.owner) == (DeploymentStatus.ROLLED_BACK, "by-hand", None)


def test_an_invalid_manifest_is_reported_in_the_words_of_the_server(web: Site) -> None:
    web.deploy("one")
    spec = web.spec("two")
    spec["manifest"]["spec"]["template"]["metadata"]["labels"] = {"app": "other"}
    done = web.deploy_spec("two", spec)
    assert (done.status, done.error_type, web.image) == (
        DeploymentStatus.FAILED,
        "InvalidDeploymentError",
        "one",
    )
    assert "`selector` does not match template `labels`" in str(done.error)


def test_a_namespace_that_is_not_there_is_a_clear_error(web: Site) -> None:
    done = web.deploy_spec("one", {**web.spec("one"), "namespace": "nowhere"})
    assert (done.status, done.error_type) == (DeploymentStatus.FAILED, "InvalidDeploymentError")
    assert '"nowhere" not found' in str(done.error)


def test_a_missing_right_is_a_clear_error(web: Site) -> None:
    web.deployer.environment["HIVE_KUBECONFIG"] = str(web.cluster.limited)
    done = web.deploy("one")
    assert (done.status, done.error_type) == (DeploymentStatus.FAILED, "RefusedError")
    assert 'User "limited" cannot get resource "deployments"' in str(done.error)


def test_a_wrong_token_is_refused(web: Site, tmp_path: Path) -> None:
    content = json.loads(web.cluster.kubeconfig.read_text())
    content["users"][0]["user"]["token"] = "nonsense"
    (tmp_path / "wrong").write_text(json.dumps(content))
    web.deployer.environment["HIVE_KUBECONFIG"] = str(tmp_path / "wrong")
    done = web.deploy("one")
    assert (done.status, done.error_type) == (DeploymentStatus.FAILED, "RefusedError")


def test_a_server_with_another_certificate_is_not_trusted(web: Site, tmp_path: Path) -> None:
    content = json.loads(web.cluster.kubeconfig.read_text())
    del content["clusters"][0]["cluster"]["certificate-authority"]
    (tmp_path / "wrong").write_text(json.dumps(content))
    web.deployer.environment["HIVE_KUBECONFIG"] = str(tmp_path / "wrong")
    done = web.deploy("one")
    assert (done.status, done.error_type) == (DeploymentStatus.FAILED, "UnreachableError")
    assert "certificate verify failed" in str(done.error)


@pytest.mark.parametrize(
    ("point", "side"),
    [
        ("touching", "before"),
        ("touching", "after"),
        ("applying", "after"),
        ("applied", "before"),
        ("verifying", "after"),
        ("finished", "before"),
    ],
)
def test_a_deployment_whose_deployer_was_killed_is_done_by_the_next(web: Site, point: str, side: str) -> None:
    web.deploy("one")
    one = web.deployer.submit("kubernetes", "two", web.spec("two"), web.namespace)
    web.deployer.work_until_killed(point, side)
    web.deployer.work()
    assert web.deployer.queue.deployment(one.id).status is DeploymentStatus.SUCCEEDED
    assert web.image == "two"


@pytest.mark.parametrize(("point", "side"), [("applied", "before"), ("rolling_back", "after")])
def test_a_broken_release_whose_deployer_was_killed_is_rolled_back_by_the_next(
    web: Site, point: str, side: str
) -> None:
    web.deploy("one")
    one = web.deployer.submit("kubernetes", "bad", web.spec("bad", deadline=1), web.namespace)
    web.deployer.work_until_killed(point, side)
    web.deployer.work()
    assert web.deployer.queue.deployment(one.id).status is DeploymentStatus.ROLLED_BACK
    assert web.image == "one"
