"""What is applied to a cluster is what current Kubernetes versions understand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]  # the package carries no types
import pytest
import yaml

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


VERSIONS = ["1.33", "1.34", "1.35", "1.36", "1.37"]
"""The versions of the last year and a half."""
OF_OPERATORS = {"monitoring.coreos.com/v1"}
"""What Kubernetes itself has no schema of."""


def made() -> dict[str, Any]:
    return manifest_of(7, "1.4.2 rc", KubernetesSpecification.model_validate(SPEC), "the edge")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_manifest_is_valid_for_a_current_version(version: str) -> None:
    assert kubernetes_validate.validate(made(), version, strict=True) == version


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mistake", [{"replicas": "two"}, {"progressDeadlinesSeconds": 20}, {"selector": []}])
def test_a_manifest_with_a_mistake_is_not(version: str, mistake: dict[str, Any]) -> None:
    wrong = made()
    wrong["spec"] |= mistake
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, version, strict=True)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_provisioned_for_kubernetes_is_valid_for_a_current_version(
    checkout: Path, version: str
) -> None:
    documents = [
        document
        for file in sorted((checkout / "provisioning" / "kubernetes").glob("*.yaml"))
        for document in yaml.safe_load_all(file.read_text(encoding="utf-8"))
        if document["apiVersion"] not in OF_OPERATORS
    ]
    assert documents
    assert {kubernetes_validate.validate(one, version, strict=True) for one in documents} == {version}


def test_what_the_submitter_wrote_is_not_changed() -> None:
    spec = KubernetesSpecification.model_validate(SPEC)
    manifest_of(7, "1.4.2", spec, "web")
    assert spec.manifest == SPEC["manifest"]


def test_a_pod_tells_the_deployment_that_made_it() -> None:
    made = manifest_of(7, "1.4.2", KubernetesSpecification.model_validate(SPEC), "web")
    marks = {"hive/deployment": "7", "hive/release": "1.4.2"}
    assert made["spec"]["template"]["metadata"]["annotations"] == marks
    assert made["metadata"]["annotations"] == {**marks, "hive/target": "web"}
