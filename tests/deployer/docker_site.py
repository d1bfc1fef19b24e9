"""A container that is deployed to the tests' Docker Engine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.deployer.engine import PORT, Engine

from hive.storage import Deployment

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer


class Site:
    """A container that is deployed."""

    def __init__(self, deployer: Deployer, engine: Engine) -> None:
        self.deployer, self.engine = deployer, engine
        self.name = f"web{os.urandom(4).hex()}"

    def spec(self, tag: str, **more: Any) -> dict[str, Any]:
        return {
            "image": f"{self.engine.registry}/web:{tag}",
            "name": self.name,
            "network": "none",
            "stop_seconds": 0,
            "healthy_seconds": 20,
            "stable_seconds": 0.2,
            "health": {
                "kind": "command",
                "command": ["/bin/busybox", "grep", "-q", ".", "/www/index.html"],
                "attempts": 2,
                "interval_seconds": 0.05,
            },
            **more,
        }

    def deploy(self, tag: str, **more: Any) -> Deployment:
        return self.deployer.deploy("docker", tag, self.spec(tag, **more), self.name)

    @property
    def served(self) -> str | None:
        """What the container in service says."""
        found = [one for one in self.containers() if one[0] == self.name and one[1]]
        if not found:
            return None
        made = self.engine.api.exec_create(
            self.name, ["/bin/busybox", "wget", "-q", "-O", "-", f"http://127.0.0.1:{PORT}/"]
        )
        return str(self.engine.api.exec_start(made["Id"]).decode())

    def containers(self) -> list[tuple[str, bool]]:
        """Return the names of our containers, each with whether it runs."""
        found = self.engine.api.containers(all=True, filters={"name": self.name})
        return sorted((one["Names"][0].lstrip("/"), one["State"] == "running") for one in found)

    def remove(self) -> None:
        """Remove our containers."""
        for name, _ in self.containers():
            self.engine.api.remove_container(name, force=True)

    @property
    def running(self) -> list[str]:
        return [name for name, runs in self.containers() if runs]


@contextmanager
def site(deployer: Deployer, engine: Engine) -> Iterator[Site]:
    """Make a *deployer* know the *engine*, and yield what it deploys there, which is removed afterwards."""
    deployer.environment["HIVE_DOCKER_HOST"] = engine.address
    one = Site(deployer, engine)
    try:
        yield one
    finally:
        one.remove()
