"""Releases as Deployments of a Kubernetes cluster: applied, rolled out by the cluster, undone when it gives up."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, field_validator

from ai_deployer.cluster import REVISION, TARGET, Object, condition, connect, owner_of
from ai_deployer.errors import InvalidDeploymentError
from ai_deployer.journal import Journal
from ai_deployer.ownership import of_another, of_nobody
from ai_deployer.specification import LONGEST_SECONDS, CommandCheck, HealthCheck, Specification
from ai_deployer.strategy import TOUCHING, DeploymentStrategy
from hive.catalogue.deployer import KUBERNETES_DEPLOYMENT
from hive.catalogue.labels import Strategy
from hive.storage import Deployment
from signalproof.instrument import track_request

_APPLYING = "applying"
_NUMBER, _RELEASE = "hive/deployment", "hive/release"


class KubernetesSpecification(Specification):
    """What runs in a cluster.

    Attributes:
        namespace: Where.
        manifest: A Deployment of ``apps/v1``; the server validates it before anything is changed. Unless it says so
            itself, its ``revisionHistoryLimit`` is `keep`.
        rollout_seconds: Seconds to wait, should the cluster not give up before.
    """

    namespace: Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")] = "default"
    manifest: dict[str, Any]
    rollout_seconds: float = Field(600.0, gt=0, le=LONGEST_SECONDS)

    @field_validator("manifest")
    @classmethod
    def _is_deployment(cls, manifest: dict[str, Any]) -> dict[str, Any]:
        metadata = manifest.get("metadata")
        if manifest.get("apiVersion") != "apps/v1" or manifest.get("kind") != "Deployment":
            raise ValueError("write a Deployment of apps/v1")
        if (
            not isinstance(metadata, dict)
            or not isinstance(metadata.get("name"), str)
            or not metadata["name"]
        ):
            raise ValueError("it has no metadata.name")
        if not isinstance(manifest.get("spec"), dict):
            raise ValueError("it has no spec")
        if not isinstance(metadata.get("annotations", {}), dict):
            raise ValueError("its metadata.annotations are no object")
        return manifest

    @field_validator("health")
    @classmethod
    def _is_from_outside(cls, health: HealthCheck | None) -> HealthCheck | None:
        if isinstance(health, CommandCheck):
            raise ValueError("a command is a readinessProbe of the manifest on Kubernetes")
        return health


class KubernetesStrategy(DeploymentStrategy):
    """Deploys to a Kubernetes cluster; its ReplicaSets are the old releases."""

    name = Strategy.KUBERNETES
    specification = KubernetesSpecification

    @track_request(KUBERNETES_DEPLOYMENT)
    async def deploy(self, deployment: Deployment, journal: Journal) -> dict[str, Any]:
        """Have the manifest validated, apply it, wait for the rollout.

        Raises:
            InvalidDeploymentError: The server does not accept the manifest.
            RolloutError: The cluster gives up, or it takes too long.
            OwnedError: The Deployment is another target's, or nobody's; nothing is touched.
        """
        spec: KubernetesSpecification = self.read(deployment)
        manifest = _manifest(deployment, spec)
        name = manifest["metadata"]["name"]
        async with connect(self.settings) as cluster:
            before = await cluster.deployment(spec.namespace, name)
            await self._own(before, deployment, spec, journal)
            await cluster.apply(spec.namespace, manifest, before, dry_run=True)
            revision = None if before is None else before["metadata"].get("annotations", {}).get(REVISION)
            stale = None if before is None else condition(before, "Progressing").get("lastUpdateTime")
            await journal.once(TOUCHING)
            await journal.once(_APPLYING, {"existed": before is not None, "revision": revision})
            await cluster.apply(spec.namespace, manifest, before)
            await journal.note("applied")
            after = await cluster.until_rolled_out(spec.namespace, name, spec.rollout_seconds, stale=stale)
        return {"revision": after["metadata"].get("annotations", {}).get(REVISION)}

    async def roll_back(
        self, deployment: Deployment, good: Deployment | None, journal: Journal
    ) -> str | None:
        """Apply the manifest of the last good release, or return to the revision before, or delete the Deployment.

        Raises:
            RolloutError: The old release does not come up again.
            OwnedError: Our release is there, and belongs to another target by now.
        """
        spec: KubernetesSpecification = self.read(deployment)
        applying = journal.found(_APPLYING)
        name = spec.manifest["metadata"]["name"]
        if good is not None and not self._is_same(good, spec):
            good = None
        if applying is None:
            return None if good is None else good.request.release
        async with connect(self.settings) as cluster:
            present = await cluster.deployment(spec.namespace, name)
            owner = None if present is None else owner_of(present)
            if present is not None and owner not in {None, deployment.request.target}:
                if present["metadata"]["annotations"].get(_NUMBER) != str(deployment.id):
                    return None  # what is there was never ours
                raise of_another(f"the Deployment {name}", str(owner), deployment.request.target)
            if good is not None:
                await cluster.apply(spec.namespace, _manifest(good, self.read(good)), present)
            elif applying["existed"] and present is not None:
                await cluster.return_to(present, str(applying["revision"]))
            else:
                await cluster.delete(spec.namespace, name)
                return None
            await cluster.until_rolled_out(spec.namespace, name, LONGEST_SECONDS, patient=True)
        return f"revision {applying['revision']}" if good is None else good.request.release

    async def settle(self, deployment: Deployment, result: Mapping[str, Any]) -> None:
        """Do nothing: the cluster itself removes what is beyond the ``revisionHistoryLimit``."""

    async def execute(self, deployment: Deployment, command: Sequence[str]) -> int:
        """Refuse: the cluster runs such checks itself.

        Raises:
            InvalidDeploymentError: Always.
        """
        raise InvalidDeploymentError("a command is a readinessProbe of the manifest on Kubernetes")

    async def _own(
        self, before: Object | None, deployment: Deployment, spec: KubernetesSpecification, journal: Journal
    ) -> None:
        """Return if the Deployment as it was *before* is this target's to change."""
        if before is None:
            return
        place, target = f"the Deployment {before['metadata']['name']}", deployment.request.target
        owner = owner_of(before)
        if owner is None and not spec.adopt and journal.found(_APPLYING) is None:
            good = await journal.last_good()
            if good is None or not self._is_same(good, spec):
                raise of_nobody(place, target)
        if owner not in {None, target}:
            raise of_another(place, str(owner), target)

    def _is_same(self, good: Deployment, spec: KubernetesSpecification) -> bool:
        """Return whether a *good* release is of the Deployment that *spec* is of."""
        if good.request.strategy != self.name.value:
            return False
        other: KubernetesSpecification = self.read(good)
        return (other.namespace, other.manifest["metadata"]["name"]) == (
            spec.namespace,
            spec.manifest["metadata"]["name"],
        )


def _manifest(deployment: Deployment, spec: KubernetesSpecification) -> dict[str, Any]:
    request = deployment.request
    return manifest_of(deployment.id, request.release, spec, request.target)


def manifest_of(number: int, release: str, spec: KubernetesSpecification, target: str) -> dict[str, Any]:
    """Return the manifest with the mark of the target, and with the number and the release of the deployment in it.

    Whoever looks at a pod finds the deployment by them.
    """
    manifest = copy.deepcopy(spec.manifest)
    manifest["spec"].setdefault("revisionHistoryLimit", spec.keep)
    marks = {_NUMBER: str(number), _RELEASE: release}
    places = [manifest]
    template = manifest["spec"].get("template")
    if isinstance(template, dict):
        places.append(template)
    for place in places:
        metadata = place.setdefault("metadata", {})
        if isinstance(metadata, dict) and isinstance(metadata.setdefault("annotations", {}), dict):
            metadata["annotations"].update(marks)
    manifest["metadata"]["annotations"][TARGET] = target
    return manifest
