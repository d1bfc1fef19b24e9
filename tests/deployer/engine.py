"""A real Docker Engine and a real registry with images that are good, broken, crashing or unchecked."""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import docker  # type: ignore[import-untyped]  # the package carries no types
import pytest
from tests.conftest import free_port, missing, stop, until

PORT = 8080
"""The port in each container, which has a network of its own."""
HEALTHY = f'["/bin/busybox","wget","-q","-O","-","http://127.0.0.1:{PORT}/"]'
BROKEN = '["/bin/busybox","false"]'
SERVE = ["httpd", "-f", "-p", f"127.0.0.1:{PORT}", "-h", "/www"]


def archive(files: dict[str, bytes]) -> bytes:
    """Return a tar archive of *files*, all of them executable."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


class Engine:
    """A Docker Engine of the tests' own, and a registry with images for it."""

    def __init__(self, address: str, registry: str, busybox: bytes) -> None:
        self.address, self.registry, self.busybox = address, registry, busybox
        self.api = docker.APIClient(base_url=address, version="auto", timeout=30)

    def publish(self, tag: str, healthcheck: str | None, command: list[str] | None = None) -> None:
        """Put an image into the registry that serves its own *tag*."""
        repository = f"{self.registry}/web"
        changes = ['ENTRYPOINT ["/bin/busybox"]', f"CMD {json.dumps(command or SERVE)}"]
        if healthcheck is not None:
            changes.append(f"HEALTHCHECK --interval=50ms --timeout=2s --retries=3 CMD {healthcheck}")
        files = {"bin/busybox": self.busybox, "www/index.html": tag.encode()}
        self.api.import_image_from_data(archive(files), repository=repository, tag=tag, changes=changes)
        last = [
            json.loads(line)
            for line in self.api.push(repository, tag=tag, stream=True)
            for line in line.splitlines()
        ]
        assert not [one for one in last if "error" in one], last
        self.api.remove_image(f"{repository}:{tag}")


@pytest.fixture(scope="session")
def engine(component: Callable[[str], str]) -> Iterator[Engine]:
    """A Docker Engine without networks to bridge, and a registry, both on loopback."""
    daemon, registry, busybox = (component(name) for name in ("dockerd", "docker-registry", "busybox"))
    if os.geteuid() != 0:
        missing("dockerd as root")
    folder = Path(tempfile.mkdtemp(prefix="hive-docker-"))
    port = free_port()
    (folder / "none.json").write_text("{}")
    (folder / "registry.yml").write_text(
        f"version: 0.1\nlog: {{level: warn}}\nstorage: {{filesystem: {{rootdirectory: {folder}/registry}}}}\n"
        f"http: {{addr: '127.0.0.1:{port}'}}\n"
    )
    commands = {
        "registry": [registry, "serve", f"{folder}/registry.yml"],
        "dockerd": [
            daemon,
            f"--data-root={folder}/data",
            f"--exec-root={folder}/exec",
            f"--pidfile={folder}/pid",
            f"--host=unix://{folder}/socket",
            f"--config-file={folder}/none.json",
            "--storage-driver=vfs",
            "--iptables=false",
            "--ip6tables=false",
            "--bridge=none",
        ],
    }
    running: list[subprocess.Popen[bytes]] = []
    one: Engine | None = None
    try:
        for name, command in commands.items():
            with (folder / f"{name}.log").open("wb") as log:
                running.append(
                    subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder)
                )
        until(running[1], lambda: "API listen on" in (folder / "dockerd.log").read_text(), "dockerd")
        until(running[0], lambda: _listens(port), "the registry")
        one = Engine(f"unix://{folder}/socket", f"127.0.0.1:{port}", Path(busybox).read_bytes())
        for tag in ("1", "2", "3", "4"):
            one.publish(tag, HEALTHY)
        one.publish("broken", BROKEN)
        one.publish("crashing", None, ["sh", "-c", "echo no such table; exit 7"])
        one.publish("unchecked", None)
        yield one
    finally:
        if one is not None:
            for container in one.api.containers(all=True):
                one.api.remove_container(container["Id"], force=True)
            one.api.close()
        for process in reversed(running):
            stop(process)
        # the network of containers on the host's network stays mounted, and its folder could not be removed
        for mount in (folder / "exec" / "netns").glob("*"):
            subprocess.run(["umount", mount], check=False, capture_output=True)
        shutil.rmtree(folder)


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
