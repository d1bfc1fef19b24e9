"""A real Docker Engine and a real registry with images that are good, broken, crashing or unchecked."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import docker  # type: ignore[import-untyped]  # the package carries no types
import pytest
from tests.conftest import free_port, missing, stop, until
from tests.deployer.servers import bound, own_folder

PORT = 8080
"""The port in each container, which has a network of its own."""
HEALTHY = f'["/bin/busybox","wget","-q","-O","-","http://127.0.0.1:{PORT}/"]'
BROKEN = '["/bin/busybox","false"]'
USER, PASSWORD = "deployer", "correct horse"
HASHED = "$2b$04$td.a.2RlCVYY3ODnjR5OM.XbJJqLNxZcP15fePkQlWXorFgUBIz.y"
"""The account of the private registry, and its password as bcrypt hashes it."""
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
    """A Docker Engine of the tests' own, and a registry with images for it, which another one gives to `USER` only."""

    def __init__(self, address: str, registry: str, private: str, busybox: bytes) -> None:
        self.address, self.registry, self.private, self.busybox = address, registry, private, busybox
        self.api = docker.APIClient(base_url=address, version="auto", timeout=30)

    def publish(self, tag: str, healthcheck: str | None, command: list[str] | None = None) -> None:
        """Put an image into the registry that serves its own *tag*."""
        repository = f"{self.registry}/web"
        changes = ['ENTRYPOINT ["/bin/busybox"]', f"CMD {json.dumps(command or SERVE)}"]
        if healthcheck is not None:
            changes.append(f"HEALTHCHECK --interval=50ms --timeout=10s --retries=3 CMD {healthcheck}")
        files = {"bin/busybox": self.busybox, "www/index.html": tag.encode()}
        self.api.import_image_from_data(archive(files), repository=repository, tag=tag, changes=changes)
        last = [
            json.loads(line)
            for line in self.api.push(repository, tag=tag, stream=True)
            for line in line.splitlines()
        ]
        assert not [one for one in last if "error" in one], last
        self.api.remove_image(f"{repository}:{tag}")

    @contextmanager
    def bridge(self) -> Iterator[str]:
        """A network whose containers can publish ports, and its name; it is a bridge of this machine."""
        name = f"hive{os.urandom(4).hex()}"
        made = self.api.create_network(name, driver="bridge")
        try:
            yield name
        finally:
            self.api.remove_network(made["Id"])


@pytest.fixture(scope="session")
def engine(component: Callable[[str], str]) -> Iterator[Engine]:
    """A Docker Engine without networks to bridge, and a registry, both on loopback."""
    daemon, registry, busybox = (component(name) for name in ("dockerd", "docker-registry", "busybox"))
    if os.geteuid() != 0:
        missing("dockerd as root")
    with (
        own_folder("docker") as folder,
        _registry(registry, folder, "open") as port,
        _registry(registry, folder, "private") as private,
        _daemon(daemon, folder),
    ):
        one = Engine(
            f"unix://{folder}/socket",
            f"127.0.0.1:{port}",
            f"127.0.0.1:{private}",
            Path(busybox).read_bytes(),
        )
        try:
            for tag in ("1", "2", "3", "4"):
                one.publish(tag, HEALTHY)
            one.publish("broken", BROKEN)
            one.publish("crashing", None, ["sh", "-c", "echo no such table; exit 7"])
            one.publish("unchecked", None)
            yield one
        finally:
            for container in one.api.containers(all=True):
                one.api.remove_container(container["Id"], force=True)
            one.api.close()


@contextmanager
def _registry(program: str, folder: Path, name: Literal["open", "private"]) -> Iterator[int]:
    """A registry of the images in *folder*, and its port."""
    port, more = free_port(), ""
    if name == "private":
        (folder / "accounts").write_text(f"{USER}:{HASHED}\n")
        more = f"auth: {{htpasswd: {{realm: hive, path: {folder}/accounts}}}}\n"
    (folder / f"{name}.yml").write_text(
        f"version: 0.1\nlog: {{level: warn}}\nstorage: {{filesystem: {{rootdirectory: {folder}/images}}}}\n"
        f"http: {{addr: '127.0.0.1:{port}'}}\n{more}"
    )
    with _running([program, "serve", f"{folder}/{name}.yml"], folder, name) as process:
        until(process, lambda: _listens(port), f"the {name} registry")
        yield port


@contextmanager
def _daemon(program: str, folder: Path) -> Iterator[None]:
    (folder / "none.json").write_text("{}")
    command = [
        program,
        f"--data-root={folder}/data",
        f"--exec-root={folder}/exec",
        f"--pidfile={folder}/pid",
        f"--host=unix://{folder}/socket",
        f"--config-file={folder}/none.json",
        "--storage-driver=vfs",
        "--iptables=false",
        "--ip6tables=false",
        "--bridge=none",
    ]
    with _running(command, folder, "dockerd") as process:
        until(process, lambda: "API listen on" in (folder / "dockerd.log").read_text(), "dockerd")
        yield


@contextmanager
def _running(command: list[str], folder: Path, name: str) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            bound(command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder
        )
    try:
        yield process
    finally:
        stop(process)


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
