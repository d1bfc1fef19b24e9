"""Releases as containers of a Docker Engine: the new one is found healthy before the old one is let go."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from ai_deployer.containers import DEPLOYMENT, TARGET, Engine, connect
from ai_deployer.errors import InvalidDeploymentError, OwnedError, RolloutError
from ai_deployer.journal import Journal
from ai_deployer.ownership import of_another, of_nobody
from ai_deployer.specification import Argument, Command, Part, Port, Specification, Text
from ai_deployer.strategy import TOUCHING, DeploymentStrategy
from hive.catalogue.deployer import BUILD_IMAGE, DOCKER_DEPLOYMENT
from hive.catalogue.labels import Strategy
from hive.storage import Deployment
from signalproof.errors import SignalproofError
from signalproof.files import read_bytes, real_place
from signalproof.instrument import track_request

_REPLACING = "replacing"
_MOST_BYTES = 1_000_000
"""Most bytes of a Dockerfile or a .dockerignore."""


class PublishedPort(Part):
    """A port of the container that is reached from outside.

    Attributes:
        container: The port in the container.
        host: The port on the Engine's host.
        address: The interface of the host.
    """

    container: Port
    host: Port
    address: Text = "127.0.0.1"


class DockerSpecification(Specification):
    """What runs on a Docker Engine.

    Attributes:
        image: Its reference; pulled, or the name of what is built.
        build: Folder with the build context, among the deployer's releases; without it, the image is pulled.
        dockerfile: Path in that folder.
        name: Name of the container in service.
        command: Arguments of the image's entry point.
        environment: Variables of the container; no secrets.
        network: The network it is connected to.
        ports: What is published; two containers cannot publish the same port at once, see `swap`.
        swap: Whether the old container serves until the new one is healthy, or is stopped first.
        healthy_seconds: Seconds within which the HEALTHCHECK must say so.
        stable_seconds: Seconds that a container without a HEALTHCHECK must keep running.
        stop_seconds: Seconds that a container is given to end.
    """

    image: Annotated[str, Field(pattern=r"^[^\s:@][^\s]{0,500}$")]
    build: Text | None = None
    dockerfile: Text = "Dockerfile"
    name: Annotated[str, Field(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$")]
    command: Command = ()
    environment: Mapping[Text, Argument] = {}
    network: Text = "bridge"
    ports: tuple[PublishedPort, ...] = ()
    swap: Literal["start-first", "stop-first"] = "start-first"
    healthy_seconds: float = Field(120.0, gt=0, le=600)
    stable_seconds: float = Field(2.0, ge=0, le=60)
    stop_seconds: int = Field(10, ge=0, le=120)

    @field_validator("dockerfile")
    @classmethod
    def _is_within(cls, path: str) -> str:
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            raise ValueError("give a path in the build context, without a leading slash and without '..'")
        return path


class DockerStrategy(DeploymentStrategy):
    """Deploys to a Docker Engine: a container for each release, the old ones kept for a rollback."""

    name = Strategy.DOCKER
    specification = DockerSpecification

    @track_request(DOCKER_DEPLOYMENT)
    async def deploy(self, deployment: Deployment, journal: Journal) -> dict[str, Any]:
        """Build or pull the image, start its container, wait until it is healthy, swap.

        Raises:
            BuildError: The image cannot be built.
            RolloutError: The container does not become healthy.
            OwnedError: The name is that of another target's container, or of nobody's; nothing is touched.
        """
        spec: DockerSpecification = self.read(deployment)
        async with connect(self.settings) as engine:
            await _own(engine, deployment, spec, journal)
            image = await self._image(engine, deployment, spec)
            serving = await _own(engine, deployment, spec, journal)
            await journal.once(TOUCHING)
            mine = (await engine.of_target(deployment.request.target)).get(deployment.id)
            old = None if serving is None or serving["Id"] == mine else str(serving["Id"])
            replaced = (await journal.once(_REPLACING, {"container": old}))["container"]
            state = None if mine is None else await engine.inspect(mine)
            if mine is None or state is None or not state["State"]["Running"]:
                if mine is not None:
                    await engine.remove(mine)
                mine = await self._create(engine, deployment, spec, image)
            if spec.swap == "stop-first":
                await self._put_aside(engine, deployment, spec, journal, mine)
            await engine.start(mine)
            await engine.until_healthy(mine, spec.healthy_seconds, spec.stable_seconds)
            await journal.note("healthy")
            await self._put_aside(engine, deployment, spec, journal, mine)
            await engine.rename(mine, spec.name)
            await journal.note("swapped")
        return {"image": image, "container": mine, "replaced": replaced}

    async def roll_back(
        self, deployment: Deployment, good: Deployment | None, journal: Journal
    ) -> str | None:
        """Remove the new container and put the old one into service again; it is made anew if it is gone.

        Raises:
            RolloutError: It does not become healthy.
            OwnedError: The name is that of another target's container by now.
        """
        spec: DockerSpecification = self.read(deployment)
        target = deployment.request.target
        async with connect(self.settings) as engine:
            ours = await engine.of_target(target)
            if deployment.id in ours:
                await engine.remove(ours[deployment.id])
            if good is not None and good.request.strategy == self.name.value:
                spec = self.read(good)
                back: str | None = ours.get(good.id)
                if back is None:
                    image = str((good.result or {}).get("image", ""))
                    if not image or not await engine.has_image(image):
                        raise RolloutError(f"neither container nor image of deployment {good.id} is there")
                    back = await self._create(engine, good, spec, image)
            else:
                back = (journal.found(_REPLACING) or {}).get("container")
            if back is None:
                serving = await engine.inspect(spec.name)
                if _refusal(serving, deployment, spec, journal) is not None:
                    return None  # what is in service there was never ours
            await self._put_aside(engine, deployment, spec, journal, back)
            if back is None or await engine.inspect(back) is None:
                return None
            await engine.start(back)
            await engine.until_healthy(back, spec.healthy_seconds, spec.stable_seconds)
            await engine.rename(back, spec.name)
        return spec.image if good is not None else back

    async def settle(self, deployment: Deployment, result: Mapping[str, Any]) -> None:
        """Remove the containers of the oldest releases."""
        spec: DockerSpecification = self.read(deployment)
        async with connect(self.settings) as engine:
            ours = await engine.of_target(deployment.request.target)
            others = sorted((number for number in ours if number != deployment.id), reverse=True)
            for number in others[spec.keep - 1 :]:
                await engine.remove(ours[number])

    async def execute(self, deployment: Deployment, command: Sequence[str]) -> int:
        """Run a *command* in the container of the release."""
        async with connect(self.settings) as engine:
            ours = await engine.of_target(deployment.request.target)
            if deployment.id not in ours:
                raise RolloutError("the container of the release is gone")
            return await engine.execute(ours[deployment.id], command)

    @track_request(BUILD_IMAGE)
    async def build_image(self, engine: Engine, spec: DockerSpecification) -> str:
        """Build the image of a release and return its id.

        Raises:
            BuildError: A step failed.
        """
        assert spec.build is not None
        folder, dockerfile = await asyncio.to_thread(self._context, spec.build, spec.dockerfile)
        return await engine.build(folder, dockerfile, spec.image)

    def _context(self, build: str, dockerfile: str) -> tuple[Path, str]:
        """Return the folder of a build context and the path of the Dockerfile in it, links resolved.

        Raises:
            InvalidDeploymentError: What the SDK would open itself, and tell the Engine, does not lie in the folder.
        """
        folder = self.folder(build)
        try:
            for name in (dockerfile, ".dockerignore"):
                if name == dockerfile or (folder / name).is_symlink() or (folder / name).exists():
                    read_bytes(folder / name, most=_MOST_BYTES, below=[folder])
            place = real_place(folder / dockerfile, [folder])
        except SignalproofError as error:
            raise InvalidDeploymentError(f"the build context {build!r}: {error}") from None
        return folder, place.relative_to(folder).as_posix()

    async def _image(self, engine: Engine, deployment: Deployment, spec: DockerSpecification) -> str:
        if spec.kept is not None:
            image = str(spec.kept.get("image", ""))
            if not image or not await engine.has_image(image):
                raise InvalidDeploymentError("the image of that release is no longer on the Docker Engine")
            return image
        if spec.build is not None:
            return await self.build_image(engine, spec)
        password = self.settings.registry_password
        auth = (
            None
            if self.settings.registry_user is None or password is None
            else {"username": self.settings.registry_user, "password": password.get_secret_value()}
        )
        return await engine.pull(spec.image, auth)

    @staticmethod
    async def _create(engine: Engine, deployment: Deployment, spec: DockerSpecification, image: str) -> str:
        return await engine.create(
            image,
            f"{spec.name}-{deployment.id}",
            {TARGET: deployment.request.target, DEPLOYMENT: str(deployment.id)},
            command=list(spec.command) or None,
            environment=dict(spec.environment),
            ports=[one.container for one in spec.ports],
            host={
                "network_mode": spec.network,
                "port_bindings": {one.container: (one.address, one.host) for one in spec.ports},
                "restart_policy": {"Name": "unless-stopped"},
            },
        )

    @staticmethod
    async def _put_aside(
        engine: Engine, deployment: Deployment, spec: DockerSpecification, journal: Journal, keep: str | None
    ) -> None:
        """Stop what has the name of the container in service, unless it is *keep*, and give it another name."""
        serving = await engine.inspect(spec.name)
        if serving is None or serving["Id"] == keep:
            return
        refused = _refusal(serving, deployment, spec, journal)
        if refused is not None:
            raise refused
        labels = serving["Config"]["Labels"] or {}
        number = labels.get(DEPLOYMENT) if labels.get(TARGET) == deployment.request.target else None
        await engine.stop(str(serving["Id"]), spec.stop_seconds)
        await engine.rename(str(serving["Id"]), f"{spec.name}-{number or f'before-{deployment.id}'}")


async def _own(
    engine: Engine, deployment: Deployment, spec: DockerSpecification, journal: Journal
) -> Mapping[str, Any] | None:
    """Return the container that has the name now, if there is one.

    Raises:
        OwnedError: It is not this target's.
    """
    serving = await engine.inspect(spec.name)
    refused = _refusal(serving, deployment, spec, journal)
    if refused is not None:
        raise refused
    return serving


def _refusal(
    serving: Mapping[str, Any] | None, deployment: Deployment, spec: DockerSpecification, journal: Journal
) -> OwnedError | None:
    """Return why the container that is *serving* is not this deployment's to replace; None when it is."""
    if serving is None:
        return None
    place, target = f"the container {spec.name}", deployment.request.target
    owner = (serving["Config"]["Labels"] or {}).get(TARGET)
    if owner is None:
        begun = serving["Id"] == (journal.found(_REPLACING) or {}).get("container")
        return None if spec.adopt or begun else of_nobody(place, target)
    return None if owner == target else of_another(place, str(owner), target)
