"""Releases as folders on a host, over SSH: uploaded beside the old one, and switched to by one rename."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import PurePosixPath
from typing import Any

from pydantic import field_validator

from ai_deployer.errors import InvalidDeploymentError, RolloutError
from ai_deployer.journal import Journal
from ai_deployer.ownership import of_another, of_nobody
from ai_deployer.remote import Remote, connect, is_release_name, release_name
from ai_deployer.specification import Command, Port, Specification, Text, read_specification
from ai_deployer.strategy import TOUCHING, DeploymentStrategy
from hive.catalogue.deployer import SSH_DEPLOYMENT, VALIDATE_CONNECTION
from hive.catalogue.labels import Strategy
from hive.storage import Deployment
from signalproof.instrument import track_request

_SWITCHING = "switching"


class SSHSpecification(Specification):
    """Where a release goes over SSH.

    Attributes:
        host: Name or address; its key must be among the known ones.
        port: Its port.
        user: Who logs in.
        path: Folder on the host that belongs to this target alone; a mark in it says so.
        source: Folder with the release, among the deployer's releases.
        restart: Run after the switch, and after a rollback; must exit with 0.
        stop: Run when a first release is rolled back and nothing is left to serve.
    """

    host: Text
    port: Port = 22
    user: Text
    path: Text
    source: Text
    restart: Command = ()
    stop: Command = ()

    @field_validator("path")
    @classmethod
    def _is_absolute(cls, path: str) -> str:
        if (
            not path.startswith("/")
            or ".." in PurePosixPath(path).parts
            or len(PurePosixPath(path).parts) < 3
        ):
            raise ValueError("write an absolute path at least two folders deep, without ..")
        return path


class SSHStrategy(DeploymentStrategy):
    """Deploys over SSH: a new folder for each release, and ``current``, which points to the one in service."""

    name = Strategy.SSH
    specification = SSHSpecification

    @track_request(SSH_DEPLOYMENT)
    async def deploy(self, deployment: Deployment, journal: Journal) -> dict[str, Any]:
        """Try the connection, upload the release, switch to it, restart.

        Raises:
            RefusedError: The host, or what we know of it, refuses; so far nothing is touched.
            OwnedError: The folder is another target's, or nobody's; nothing is touched.
            UnreachableError: The host does not answer.
            RolloutError: The restart failed, or the folder on the host is not as it should be.
        """
        spec: SSHSpecification = self.read(deployment)
        name = _kept(spec) or release_name(deployment)
        source = None if spec.kept else await asyncio.to_thread(self.folder, spec.source)
        await self.validate_connection(deployment)
        async with self._connect(spec) as remote:
            await self._own(remote, deployment, journal)
            await journal.once(TOUCHING)
            await remote.prepare()
            if not await remote.has(name):
                if source is None:
                    raise RolloutError(f"the release {name} is no longer on the host")
                await remote.upload(source, name, deployment.attempt)
                await journal.note("uploaded")
            link = f"releases/{name}"
            serving = await remote.current()
            await journal.once(_SWITCHING, {"from": serving})
            await remote.switch(link, release_name(deployment))
            await journal.note("switched")
            await self._run(remote, spec.restart)
        return {"directory": name}

    async def roll_back(
        self, deployment: Deployment, good: Deployment | None, journal: Journal
    ) -> str | None:
        """Switch back, restart, and remove the broken release; the mark as well, if it was the only one.

        Raises:
            OwnedError: The folder is another target's by now.
            RolloutError: The restart failed.
        """
        spec: SSHSpecification = self.read(deployment)
        own = release_name(deployment)
        switching = journal.found(_SWITCHING)
        async with self._connect(spec) as remote:
            owner = await remote.mark.owner()
            if owner not in {None, deployment.request.target}:
                if not await remote.has(own):  # it was undone before
                    return None
                raise of_another(spec.path, str(owner), deployment.request.target)
            serving = await remote.current()
            if switching is not None:
                link = await self._back_to(remote, good, switching)
                if link is None:
                    await remote.switch_off()
                    await self._run(remote, spec.stop)
                else:
                    await remote.switch(link, own)
                    await self._run(remote, spec.restart)
                serving = link
            await remote.remove(own)
            await remote.disown()
        return None if serving is None else PurePosixPath(serving).name

    async def settle(self, deployment: Deployment, result: Mapping[str, Any]) -> None:
        """Remove the oldest releases."""
        spec: SSHSpecification = self.read(deployment)
        async with self._connect(spec) as remote:
            await remote.prune(spec.keep)

    async def execute(self, deployment: Deployment, command: Sequence[str]) -> int:
        """Run a *command* on the host."""
        async with self._connect(self.read(deployment)) as remote:
            status, _ = await remote.run(command)
        return status

    @track_request(VALIDATE_CONNECTION)
    async def validate_connection(self, deployment: Deployment) -> None:
        """Connect to the host and leave again.

        Raises:
            RefusedError: Its key is unknown or another, or it does not accept ours.
            UnreachableError: It does not answer.
        """
        async with self._connect(self.read(deployment)):
            return

    def _connect(self, spec: SSHSpecification) -> AbstractAsyncContextManager[Remote]:
        return connect(self.settings, spec.host, spec.port, spec.user, PurePosixPath(spec.path))

    @staticmethod
    async def _own(remote: Remote, deployment: Deployment, journal: Journal) -> None:
        """Make the folder that of the deployment's target, unless it is another's."""
        spec, target = (
            read_specification(SSHSpecification, deployment.request.spec),
            deployment.request.target,
        )
        owner = await remote.mark.owner()
        if owner is None:
            begun = spec.adopt or journal.found(TOUCHING) is not None
            if not begun and await remote.is_taken() and not await _is_known(remote, journal):
                raise of_nobody(spec.path, target)
            await remote.mark.write(target, release_name(deployment))
            owner = await remote.mark.owner()
        if owner != target:
            raise of_another(spec.path, str(owner), target)

    @staticmethod
    async def _back_to(remote: Remote, good: Deployment | None, switching: Mapping[str, Any]) -> str | None:
        """Return what to point to: the last good release if it is still there, else what was served before."""
        name = None if good is None else str((good.result or {}).get("directory", ""))
        if name and is_release_name(name) and await remote.has(name):
            return f"releases/{name}"
        return None if switching["from"] is None else str(switching["from"])

    @staticmethod
    async def _run(remote: Remote, command: Sequence[str]) -> None:
        if not command:
            return
        status, said = await remote.run(command)
        if status:
            raise RolloutError(
                f"{command[0]} ended with {status}: {said}" if said else f"{command[0]} ended with {status}"
            )


async def _is_known(remote: Remote, journal: Journal) -> bool:
    """Return whether the last good release of the target is in the folder: it was deployed before there were marks."""
    good = await journal.last_good()
    name = "" if good is None else str((good.result or {}).get("directory", ""))
    return is_release_name(name) and await remote.has(name)


def _kept(spec: SSHSpecification) -> str | None:
    if spec.kept is None:
        return None
    name = str(spec.kept.get("directory", ""))
    if not is_release_name(name):
        raise InvalidDeploymentError("spec.kept names no release that was deployed over SSH")
    return name
