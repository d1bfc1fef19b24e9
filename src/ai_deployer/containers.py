"""A Docker Engine, asked off the event loop; each of its complaints becomes an error of the catalogue."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

import docker  # type: ignore[import-untyped]  # the package carries no types
from docker.errors import APIError, DockerException  # type: ignore[import-untyped]  # as above
from docker.utils import parse_repository_tag  # type: ignore[import-untyped]  # as above

from ai_deployer.calls import left_behind, to_its_end
from ai_deployer.config import DeployerSettings
from ai_deployer.errors import (
    BuildError,
    InvalidDeploymentError,
    RefusedError,
    RolloutError,
    UnreachableError,
)
from ai_deployer.output import Output, OutputError, messages, shortened
from ai_deployer.specification import LONGEST_SECONDS

TARGET, DEPLOYMENT = "hive.target", "hive.deployment"
"""Labels of our containers: the name of the target, and the number of the deployment that made it."""

_ANSWER_SECONDS = 60
_POLL_SECONDS = 0.1


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Raise what goes wrong at *what* as an error of the catalogue, with the Engine's own words."""
    try:
        yield
    except APIError as error:
        said = f"{what}: {shortened(str(error.explanation or error))}"
        match error.status_code:
            case 401 | 403:
                raise RefusedError(said) from error
            case 400 | 404:
                raise InvalidDeploymentError(said) from error
            case _:
                raise RolloutError(said) from error
    except (DockerException, OSError) as error:
        if any("Timeout" in one.__name__ for one in type(error).__mro__):
            raise TimeoutError(f"{what}: the Docker Engine does not answer in time") from error
        raise UnreachableError(
            f"{what}: the Docker Engine does not answer: {shortened(str(error))}"
        ) from error


class Engine:
    """A connection to a Docker Engine; made by `connect`."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def build(self, folder: Path, dockerfile: str, reference: str) -> str:
        """Build an image and return its id.

        Raises:
            BuildError: A step failed, with its words.
        """

        def build() -> str:
            with translated("building"):
                lines = self._client.build(
                    path=str(folder),
                    dockerfile=dockerfile,
                    tag=reference,
                    rm=True,
                    forcerm=True,
                    timeout=LONGEST_SECONDS,
                )
                found, failure = "", ""
                with closing(lines):  # which hangs up, should it not have come to its end
                    for line in messages(lines, "the build"):
                        failure = str(line.get("error", failure))
                        found = str(line.get("aux", {}).get("ID", found))
            if failure:
                raise BuildError(shortened(failure))
            return found

        try:
            return await left_behind(build)
        except OutputError:
            raise
        except (InvalidDeploymentError, RolloutError) as error:  # a Dockerfile that cannot be read
            raise BuildError(str(error)) from error

    async def pull(self, reference: str, auth: Mapping[str, str] | None) -> str:
        """Pull an image and return its id.

        Raises:
            InvalidDeploymentError: The registry has no such image.
            RefusedError: The registry wants another account.
            UnreachableError: The registry does not answer.
        """
        repository, tag = parse_repository_tag(reference)
        what = f"pulling {reference}"

        def pull() -> None:
            try:
                with translated(what):
                    lines = self._client.pull(repository, tag or "latest", stream=True, auth_config=auth)
                    failure = ""
                    with closing(lines):  # as above
                        for line in messages(lines, what):
                            failure = str(line.get("error", failure))
            except OutputError:
                raise
            except RolloutError as error:  # the Engine answers 500 for whatever the registry did
                raise _of_registry(str(error)) from error
            if failure:
                raise _of_registry(f"{what}: {shortened(failure)}")

        await left_behind(pull)
        return str((await self._call(f"image {reference}", self._client.inspect_image, reference))["Id"])

    async def has_image(self, image: str) -> bool:
        """Return whether the Engine has that *image*."""
        try:
            await self._call(f"image {image}", self._client.inspect_image, image)
        except InvalidDeploymentError:
            return False
        return True

    async def create(self, image: str, name: str, labels: Mapping[str, str], **more: Any) -> str:
        """Create a container and return its id; *more* is split into what the host and the container are told."""
        host = self._client.create_host_config(**more.pop("host"))
        made = await self._call(
            f"creating {name}",
            self._client.create_container,
            image,
            name=name,
            labels=dict(labels),
            host_config=host,
            **more,
        )
        return str(made["Id"])

    async def of_target(self, target: str) -> dict[int, str]:
        """Return the containers of a *target*: number of the deployment → id."""
        found = await self._call(
            "listing", self._client.containers, all=True, filters={"label": [f"{TARGET}={target}"]}
        )
        return {
            int(one["Labels"][DEPLOYMENT]): str(one["Id"])
            for one in found
            if str(one["Labels"].get(DEPLOYMENT, "")).isdigit()
        }

    async def inspect(self, container: str) -> Mapping[str, Any] | None:
        """Return what the Engine knows of a container, by name or id; None when there is none."""
        try:
            found: Mapping[str, Any] = await self._call(
                f"container {container}", self._client.inspect_container, container
            )
        except InvalidDeploymentError:
            return None
        return found

    async def start(self, container: str) -> None:
        """Start a container; without effect when it runs."""
        await self._call("starting", self._client.start, container)

    async def stop(self, container: str, seconds: int) -> None:
        """Stop a container, by force after that many *seconds*; without effect when it is stopped."""
        await self._call("stopping", self._client.stop, container, timeout=seconds)

    async def rename(self, container: str, name: str) -> None:
        """Give a container a *name*; without effect when it has it."""
        found = await self.inspect(container)
        if found is None or str(found["Name"]).lstrip("/") != name:
            await self._call(f"renaming to {name}", self._client.rename, container, name)

    async def remove(self, container: str) -> None:
        """Remove a container, running or not; without effect when there is none."""
        try:
            await self._call("removing", self._client.remove_container, container, force=True, v=True)
        except InvalidDeploymentError:
            return
        except RolloutError:  # 409: its removal is in progress
            if await self.inspect(container) is not None:
                raise

    async def execute(self, container: str, command: Sequence[str]) -> int:
        """Run a *command* in a container and return its exit status.

        Raises:
            OutputError: It printed too much, and is not listened to any longer.
        """

        def run() -> int:
            output = Output(command[0])
            with translated(f"running {command[0]}"):
                made = self._client.exec_create(container, list(command))
                chunks = self._client.exec_start(made["Id"], stream=True)
                try:
                    for chunk in chunks:
                        output.take(chunk)
                finally:
                    chunks.close()
                    chunks._response.close()  # noqa: SLF001  # without it the connection stays open for a while
                return int(self._client.exec_inspect(made["Id"])["ExitCode"] or 0)

        return await left_behind(run)

    async def until_healthy(self, container: str, seconds: float, stable: float) -> None:
        """Return when the HEALTHCHECK of a container says so, or, without one, when it has run for *stable* seconds.

        Raises:
            RolloutError: It says otherwise, the container ended, or *seconds* are over.
        """
        start = time.monotonic()
        while True:
            found = await self.inspect(container)
            state = {} if found is None else found["State"]
            health = state.get("Health") or {}
            if not state.get("Running") or state.get("Restarting") or (found or {}).get("RestartCount"):
                raise RolloutError(
                    f"the container ended with {state.get('ExitCode')}: {await self._said(container)}"
                )
            if health.get("Status") == "unhealthy":
                last = (health.get("Log") or [{}])[-1]
                raise RolloutError(f"the HEALTHCHECK fails: {shortened(str(last.get('Output', '')))}")
            waited = time.monotonic() - start
            if health.get("Status") == "healthy" or (not health and waited >= stable):
                return
            if waited > seconds:
                raise RolloutError(f"not healthy within {seconds:g} s: {await self._said(container)}")
            await asyncio.sleep(_POLL_SECONDS)

    async def _said(self, container: str) -> str:
        output = Output("the container")

        def read() -> None:
            with closing(self._client.logs(container, stream=True, follow=False, tail=5)) as chunks:
                for chunk in chunks:
                    output.take(chunk)

        try:
            await self._call("logs", read)
        except OutputError as error:
            return str(error)
        except (RolloutError, InvalidDeploymentError):
            return "nothing"
        return output.end or "nothing"

    @staticmethod
    async def _call(what: str, method: Callable[..., Any], *args: Any, **more: Any) -> Any:
        with translated(what):
            return await to_its_end(asyncio.to_thread(method, *args, **more))


@asynccontextmanager
async def connect(settings: DeployerSettings) -> AsyncIterator[Engine]:
    """Connect to the Docker Engine within the ``async with`` block.

    Raises:
        UnreachableError: It does not answer.
    """
    with translated(settings.docker_host):
        client = await asyncio.to_thread(_open, settings.docker_host)
    try:
        yield Engine(client)
    finally:
        client.close()


def _open(address: str) -> Any:
    if address.startswith("unix://") and not Path(address.removeprefix("unix://")).is_socket():
        raise FileNotFoundError(f"there is no socket {address}")
    return _Client(base_url=address, version="auto", timeout=_ANSWER_SECONDS)


class _Client(docker.APIClient):  # type: ignore[misc]  # the package carries no types
    """A client of the Docker Engine that is not sent elsewhere, by its very first call neither."""

    max_redirects: Any = property(lambda _: 0, lambda *_: None)


def _of_registry(said: str) -> RefusedError | UnreachableError:
    """Return the error for what a registry *said*, of which the Engine passes on nothing but the words."""
    refused = any(words in said for words in ("unauthorized", "no basic auth credentials", "denied"))
    return RefusedError(said) if refused else UnreachableError(said)
