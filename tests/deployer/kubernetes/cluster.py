"""A real Kubernetes API server and controller manager; a thread plays the node, on which images called bad never run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import pytest
from tests.conftest import fetched, free_port, stop, until
from tests.deployer.servers import bound, own_folder

VERSION = "1.20"
LIMITED = "limited"
"""The user who may look at nothing."""
REQUIRED = "HIVE_KUBERNETES_TESTS"
"""Set to ``required``, this variable makes a Kubernetes that is not there a failure."""


class Cluster:
    """A Kubernetes of the tests' own.

    Attributes:
        kubeconfig: A file that says how to reach it as administrator.
        limited: The same as a user without any right.
        held: Images whose pods the node does not start yet.
    """

    def __init__(self, folder: Path, port: int, running: list[subprocess.Popen[bytes]]) -> None:
        from kubernetes import client, config

        self.kubeconfig, self.limited = folder / "admin.yaml", folder / "limited.yaml"
        for file, token in ((self.kubeconfig, "admintoken"), (self.limited, "limitedtoken")):
            content = {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [
                    {
                        "name": "one",
                        "cluster": {
                            "server": f"https://127.0.0.1:{port}",
                            "certificate-authority": f"{folder}/certificates/apiserver.crt",
                        },
                    }
                ],
                "users": [{"name": "one", "user": {"token": token}}],
                "contexts": [{"name": "one", "context": {"cluster": "one", "user": "one"}}],
                "current-context": "one",
            }
            file.write_text(json.dumps(content))
        configuration: Any = config  # its functions carry no types
        self._client = configuration.new_client_from_config(str(self.kubeconfig), persist_config=False)
        self.core, self.apps = client.CoreV1Api(self._client), client.AppsV1Api(self._client)
        self.held: set[str] = set()
        self._running = running
        self._namespaces = iter(range(10_000))
        self._stop = threading.Event()
        self._node = threading.Thread(target=self._run_pods, name="node")

    def ask(self, method: Callable[..., Any], *args: Any, **more: Any) -> dict[str, Any]:
        """Return what the API server answers, as JSON."""
        found: dict[str, Any] = json.loads(method(*args, **more, _preload_content=False).data)
        return found

    def start(self) -> None:
        """Let the node work."""
        self.ask(self.core.create_node, {"metadata": {"name": "node"}})
        self._node.start()

    def end(self) -> None:
        """Stop the node, and hang up."""
        self._stop.set()
        if self._node.is_alive():
            self._node.join()
        self._client.rest_client.pool_manager.clear()

    def namespace(self) -> str:
        """Make a namespace and return its name."""
        assert [process.args for process in self._running if process.poll() is not None] == []
        name = f"test-{next(self._namespaces)}"
        self.ask(self.core.create_namespace, {"metadata": {"name": name}})
        return name

    def deployment(self, namespace: str, name: str = "web") -> dict[str, Any] | None:
        """Return a Deployment, if there is one."""
        found = self.ask(
            self.apps.list_namespaced_deployment, namespace, field_selector=f"metadata.name={name}"
        )["items"]
        return found[0] if found else None

    def _run_pods(self) -> None:
        while not self._stop.wait(0.05):
            for pod in self.ask(self.core.list_pod_for_all_namespaces).get("items", []):
                with suppress(Exception):  # whatever goes wrong with a pod is tried again in a moment
                    self._run_pod(pod)

    def _run_pod(self, pod: dict[str, Any]) -> None:
        name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
        if "deletionTimestamp" in pod["metadata"]:
            self.ask(self.core.delete_namespaced_pod, name, namespace, grace_period_seconds=0)
        elif "nodeName" not in pod["spec"]:
            binding = {"metadata": {"name": name}, "target": {"kind": "Node", "name": "node"}}
            self.ask(self.core.create_namespaced_pod_binding, name, namespace, binding)
        elif pod["status"]["phase"] == "Pending" and "containerStatuses" not in pod["status"]:
            now = datetime.now(UTC).isoformat()
            image = pod["spec"]["containers"][0]["image"]
            if image in self.held:
                return
            bad = image.startswith("bad")
            status: dict[str, Any] = {
                "name": pod["spec"]["containers"][0]["name"],
                "ready": not bad,
                "restartCount": 0,
                "image": image,
                "imageID": image,
                "state": {"waiting": {"reason": "ErrImagePull", "message": f"no such image: {image}"}}
                if bad
                else {"running": {"startedAt": now}},
            }
            body: dict[str, Any] = {"containerStatuses": [status]}
            if not bad:
                ready = {"type": "Ready", "status": "True", "lastTransitionTime": now}
                body |= {"phase": "Running", "podIP": "127.0.0.1", "conditions": [ready]}
            self.ask(self.core.patch_namespaced_pod_status, name, namespace, {"status": body})


def not_built() -> NoReturn:
    """Skip what needs a Kubernetes, or fail it where `REQUIRED` says so.

    It is the one component that may be missing although CI=true: no distribution has packages of it, and to build it
    takes five minutes on two cores, a third of what the whole suite is given. A job of its own builds it, keeps it, and
    runs these tests as required.
    """
    reason = "Kubernetes is not built: run sh tests/deployer/kubernetes/build.sh, 5 minutes once"
    if os.environ.get(REQUIRED) == "required":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A cluster of the test session; its programs are built once by build.sh, which takes minutes."""
    programs = fetched(f"kubernetes-{VERSION}")
    etcd = shutil.which("etcd")
    if not (programs / "kube-controller-manager").is_file() or etcd is None:
        not_built()
    running: list[subprocess.Popen[bytes]] = []
    made: Cluster | None = None
    with own_folder("kubernetes") as folder:
        try:
            made = _started(folder, programs, etcd, running)
            yield made
        finally:
            if made is not None:
                made.end()
            for process in reversed(running):
                stop(process)


def _started(folder: Path, programs: Path, etcd: str, running: list[subprocess.Popen[bytes]]) -> Cluster:
    """Start a cluster in *folder*, whose processes are added to *running*."""
    client_port, peer_port, port = (free_port() for _ in range(3))
    subprocess.run(["openssl", "genrsa", "-out", f"{folder}/key", "2048"], check=True, capture_output=True)
    (folder / "tokens").write_text(f'admintoken,admin,1,"system:masters"\nlimitedtoken,{LIMITED},2\n')

    def start(name: str, *command: str) -> subprocess.Popen[bytes]:
        with (folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                bound(command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder
            )
        running.append(process)
        return process

    urls = [f"http://127.0.0.1:{number}" for number in (client_port, peer_port)]
    start(
        "etcd",
        etcd,
        f"--data-dir={folder}/etcd",
        f"--listen-client-urls={urls[0]}",
        f"--advertise-client-urls={urls[0]}",
        f"--listen-peer-urls={urls[1]}",
        f"--initial-advertise-peer-urls={urls[1]}",
        f"--initial-cluster=default={urls[1]}",
        "--unsafe-no-fsync",
    )
    server = start(
        "server",
        str(programs / "kube-apiserver"),
        f"--etcd-servers={urls[0]}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={folder}/certificates",
        f"--token-auth-file={folder}/tokens",
        "--authorization-mode=RBAC",
        "--service-cluster-ip-range=10.0.0.0/24",
        f"--service-account-issuer=https://127.0.0.1:{port}",
        f"--service-account-signing-key-file={folder}/key",
        f"--service-account-key-file={folder}/key",
        "--disable-admission-plugins=ServiceAccount",
    )
    until(server, (folder / "certificates" / "apiserver.crt").exists, "the certificate", 60)
    made = Cluster(folder, port, running)
    until(server, lambda: _is_ready(made), "the API server", 60)
    start(
        "manager",
        str(programs / "kube-controller-manager"),
        f"--kubeconfig={made.kubeconfig}",
        "--controllers=deployment,replicaset,garbagecollector,namespace",
        "--secure-port=0",
        "--port=0",
        "--leader-elect=false",
    )
    made.start()
    return made


def _is_ready(cluster: Cluster) -> bool:
    with suppress(Exception):  # nobody listens yet
        return "default" in {
            one["metadata"]["name"] for one in cluster.ask(cluster.core.list_namespace).get("items", [])
        }
    return False
