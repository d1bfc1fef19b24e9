"""What is applied to a cluster is what current Kubernetes versions understand."""

from __future__ import annotations

import pytest

from ai_deployer.strategies.kubernetes import KubernetesSpecification, manifest_of

SPEC = {
    "manifest": {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {
            "replicas": 2,
            "progressDeadlineSeconds": 20,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "web", "image": "web:1"}]},
            },
        },
    }
}


@pytest.mark.parametrize("version", ["1.33", "1.34", "1.35", "1.36", "1.37"])
def test_the_manifest_is_valid_for_a_current_version(version: str) -> None:
    validate = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    made = manifest_of(7, "1.4.2 rc", KubernetesSpecification.model_validate(SPEC))
    validate.validate(made, version, strict=True)


def test_what_the_submitter_wrote_is_not_changed() -> None:
    spec = KubernetesSpecification.model_validate(SPEC)
    manifest_of(7, "1.4.2", spec)
    assert spec.manifest == SPEC["manifest"]


def test_a_pod_tells_the_deployment_that_made_it() -> None:
    made = manifest_of(7, "1.4.2", KubernetesSpecification.model_validate(SPEC))
    marks = {"hive/deployment": "7", "hive/release": "1.4.2"}
    assert made["metadata"]["annotations"] == made["spec"]["template"]["metadata"]["annotations"] == marks
