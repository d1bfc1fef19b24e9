"""A Kubernetes API server, asked off the event loop; its refusals become errors of the catalogue, in its own words."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

from kubernetes import client
from kubernetes.client.exceptions import ApiException
from kubernetes.config import ConfigException, new_client_from_config
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as NoAnswer

from ai_deployer.bounded import BoundedPool
from ai_deployer.calls import to_its_end
from ai_deployer.config import DeployerSettings
from ai_deployer.errors import InvalidDeploymentError, RefusedError, RolloutError, UnreachableError

Object = Mapping[str, Any]
"""An object of the API, as JSON."""

REVISION = "deployment.kubernetes.io/revision"
TARGET = "hive/target"
"""Annotation of a Deployment with the name of the target that it belongs to."""
_MANAGER = "hive-deployer"
_ANSWER_SECONDS = 30.0
_POLL_SECONDS = 0.2


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the API server, or the way to it, says as an error of the catalogue."""
    try:
        yield
    except ApiException as error:
        said = _words(error)
        match error.status:
            case 401 | 403:
                raise RefusedError(said) from error
            case 400 | 404 | 422:
                raise InvalidDeploymentError(said) from error
            case 301 | 302 | 303 | 307 | 308:
                raise RefusedError(
                    f"the API server sends us elsewhere, with {error.status}: write the right address into the kubeconfig"
                ) from error
            case 409:
                raise RolloutError(said) from error
            case _:
                raise UnreachableError(f"the API server does not answer: {said}") from error
    except NoAnswer as error:
        raise TimeoutError("the API server does not answer in time") from error
    except (HTTPError, OSError) as error:
        raise UnreachableError(f"the API server does not answer: {error}") from error


def _words(error: ApiException) -> str:
    """Return what the server said, its ``Status`` object unpacked."""
    try:
        return str(json.loads(error.body or "")["message"])
    except (ValueError, KeyError, TypeError):
        return str(error.reason or error.body or error)


class Cluster:
    """A connection to an API server; made by `connect`."""

    def __init__(self, connection: client.ApiClient) -> None:
        self._apps = client.AppsV1Api(connection)
        self._core = client.CoreV1Api(connection)

    async def apply(
        self, namespace: str, manifest: Object, before: Object | None, *, dry_run: bool = False
    ) -> Object:
        """Apply a Deployment, as the one who decides on every field that it names; return it as it is then.

        Args:
            namespace: Its namespace.
            manifest: The Deployment, with its mark.
            before: The Deployment as it was; None when there was none. Then one that somebody else has made in the
                meantime is left as it is.
            dry_run: Whether it is only validated.

        Raises:
            InvalidDeploymentError: The server does not accept it.
            RolloutError: It is there, although it was not before, and another target decides on its fields.
        """
        more = {"dry_run": "All"} if dry_run else {}
        return await self._ask(
            self._apps.patch_namespaced_deployment,
            manifest["metadata"]["name"],
            namespace,
            manifest,
            field_manager=_manager(before, manifest["metadata"]["annotations"][TARGET]),
            force=before is not None,
            _content_type="application/apply-patch+yaml",
            **more,
        )

    async def deployment(self, namespace: str, name: str) -> Object | None:
        """Return a Deployment, if there is one."""
        try:
            return await self._ask(self._apps.read_namespaced_deployment, name, namespace)
        except InvalidDeploymentError:
            return None

    async def return_to(self, deployment: Object, revision: str) -> None:
        """Give a Deployment the pods of an earlier *revision* of it, and take our mark off.

        Raises:
            RolloutError: That revision is gone.
        """
        metadata = deployment["metadata"]
        found = await self._ask(self._apps.list_namespaced_replica_set, metadata["namespace"])
        templates = [
            one["spec"]["template"]
            for one in found["items"]
            if any(owner["uid"] == metadata["uid"] for owner in one["metadata"].get("ownerReferences", []))
            and one["metadata"].get("annotations", {}).get(REVISION) == revision
        ]
        if not templates:
            raise RolloutError(f"revision {revision} of {metadata['name']} is gone")
        template = templates[0]
        template["metadata"].get("labels", {}).pop("pod-template-hash", None)
        changes = [{"op": "replace", "path": "/spec/template", "value": template}]
        if owner_of(deployment) is not None:
            changes.append({"op": "remove", "path": f"/metadata/annotations/{TARGET.replace('/', '~1')}"})
        await self._ask(
            self._apps.patch_namespaced_deployment,
            metadata["name"],
            metadata["namespace"],
            changes,
            _content_type="application/json-patch+json",
        )

    async def delete(self, namespace: str, name: str) -> None:
        """Delete a Deployment and its pods; return when they are gone."""
        while await self.deployment(namespace, name) is not None:
            with suppress(InvalidDeploymentError):  # it is gone already
                await self._ask(
                    self._apps.delete_namespaced_deployment, name, namespace, propagation_policy="Foreground"
                )
            await asyncio.sleep(_POLL_SECONDS)

    async def until_rolled_out(
        self, namespace: str, name: str, seconds: float, *, stale: str | None = None, patient: bool = False
    ) -> Object:
        """Return the Deployment when all its pods are new and available.

        Args:
            namespace: Its namespace.
            name: Its name.
            seconds: Longest to wait.
            stale: When the progress of the rollout before was last judged: that judgement does not count.
            patient: Whether to wait on although the server has given up.

        Raises:
            RolloutError: The server has given up (``ProgressDeadlineExceeded``), or *seconds* are over.
        """
        end = time.monotonic() + seconds
        while True:
            found = await self.deployment(namespace, name)
            if found is None:
                raise RolloutError(f"{name} was deleted while it was rolled out")
            if _is_rolled_out(found):
                return found
            progress = condition(found, "Progressing")
            late = time.monotonic() > end
            exceeded = (
                progress.get("reason") == "ProgressDeadlineExceeded"
                and progress.get("lastUpdateTime") != stale
                and _is_observed(found)
                and not patient
            )
            if exceeded or late:
                said = progress.get("message", "") if exceeded else f"not rolled out within {seconds:g} s"
                why = await self._waiting(found)
                raise RolloutError("; ".join((f"{progress.get('reason', 'Timeout')}: {said}", *why)))
            await asyncio.sleep(_POLL_SECONDS)

    async def _waiting(self, deployment: Object) -> list[str]:
        """Return why containers of a Deployment do not run, if we may know."""
        labels = deployment["spec"]["selector"].get("matchLabels", {})
        selector = ",".join(f"{name}={value}" for name, value in labels.items())
        try:
            found = await self._ask(
                self._core.list_namespaced_pod, deployment["metadata"]["namespace"], label_selector=selector
            )
        except (RefusedError, InvalidDeploymentError):
            return []
        waiting = [
            status.get("state", {}).get("waiting")
            for pod in found["items"]
            for status in pod.get("status", {}).get("containerStatuses") or []
        ]
        return sorted({f"{one.get('reason')}: {one.get('message', '')}" for one in waiting if one})[:3]

    @staticmethod
    async def _ask(method: Callable[..., Any], *args: Any, **more: Any) -> dict[str, Any]:
        def ask() -> dict[str, Any]:
            # the answer as it is: the models of one version of the client need not fit the server's
            response = method(*args, **more, _preload_content=False, _request_timeout=_ANSWER_SECONDS)
            found: dict[str, Any] = json.loads(response.data)
            return found

        with translated():
            return await to_its_end(asyncio.to_thread(ask))


def owner_of(deployment: Object) -> str | None:
    """Return the name of the target that a Deployment belongs to, if it carries a mark."""
    found = deployment["metadata"].get("annotations", {}).get(TARGET)
    return None if found is None else str(found)


def _manager(before: Object | None, target: str) -> str:
    """Return as whom fields are applied.

    Each target has a name of its own, by which the server itself refuses a second one that makes the same Deployment. What
    was first applied under the name that all targets had in common stays under that: a field that a manifest no longer
    names would else stay.
    """
    applied = [] if before is None else before["metadata"].get("managedFields") or []
    if any((one.get("manager"), one.get("operation")) == (_MANAGER, "Apply") for one in applied):
        return _MANAGER
    return f"{_MANAGER}-{hashlib.sha256(target.encode()).hexdigest()[:16]}"


def condition(deployment: Object, kind: str) -> Object:
    """Return the condition of that *kind*; empty when there is none."""
    found = deployment.get("status", {}).get("conditions") or []
    return next((one for one in found if one["type"] == kind), {})


def _is_observed(deployment: Object) -> bool:
    observed = deployment.get("status", {}).get("observedGeneration", 0)
    return bool(observed >= deployment["metadata"]["generation"])


def _is_rolled_out(deployment: Object) -> bool:
    """Return whether every pod is of the latest template and available, as ``kubectl rollout status`` sees it."""
    status, wanted = deployment.get("status", {}), deployment["spec"].get("replicas", 1)
    return (
        _is_observed(deployment)
        and status.get("updatedReplicas", 0) >= wanted
        and status.get("replicas", 0) <= status.get("updatedReplicas", 0)
        and status.get("availableReplicas", 0) >= status.get("updatedReplicas", 0)
    )


@asynccontextmanager
async def connect(settings: DeployerSettings) -> AsyncIterator[Cluster]:
    """Open a connection to the API server that the settings name, within the ``async with`` block.

    Raises:
        InvalidDeploymentError: The settings name none.
    """
    try:
        connection = await asyncio.to_thread(
            new_client_from_config,
            config_file=str(settings.kubeconfig),
            context=settings.kubernetes_context,
            persist_config=False,
        )
    except (ConfigException, OSError) as error:
        raise InvalidDeploymentError(f"the kubeconfig cannot be used: {error}") from error
    rest: Any = connection.rest_client
    rest.pool_manager = BoundedPool(rest.pool_manager, _ANSWER_SECONDS)
    try:
        yield Cluster(connection)
    finally:
        rest.pool_manager.clear()
