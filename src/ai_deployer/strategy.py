"""What a deployment strategy is: how a release gets onto its target, and off it again."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from ai_deployer.config import DeployerSettings
from ai_deployer.errors import InvalidDeploymentError
from ai_deployer.journal import Journal
from ai_deployer.specification import Specification, read_specification
from hive.catalogue.labels import Strategy
from hive.storage import Deployment

TOUCHING = "touching"
"""Noted before anything on the target is changed; a deployment without it has nothing to roll back."""


class DeploymentStrategy(ABC):
    """A way to deploy. Every method may be cut off at any point and called again, by another process: it goes on.

    Attributes:
        name: Its value of the label.
        specification: What its ``spec`` says.
    """

    name: ClassVar[Strategy]
    specification: ClassVar[type[Specification]]

    def __init__(self, settings: DeployerSettings) -> None:
        self.settings = settings

    def read(self, deployment: Deployment) -> Any:
        """Return the specification of *deployment*, an instance of `specification`.

        Raises:
            InvalidDeploymentError: It makes no sense.
        """
        return read_specification(self.specification, deployment.request.spec)

    @abstractmethod
    async def deploy(self, deployment: Deployment, journal: Journal) -> dict[str, Any]:
        """Bring the release onto its target and into service; return what identifies it there, as JSON values."""

    @abstractmethod
    async def roll_back(
        self, deployment: Deployment, good: Deployment | None, journal: Journal
    ) -> str | None:
        """Bring the target back to the last *good* release, or to what was there before; leave nothing of ours.

        Returns:
            What is in service now, for people; None for nothing.
        """

    @abstractmethod
    async def settle(self, deployment: Deployment, result: Mapping[str, Any]) -> None:
        """Remove what a good release has made superfluous: older releases beyond those to be kept."""

    @abstractmethod
    async def execute(self, deployment: Deployment, command: Sequence[str]) -> int:
        """Run a *command* where the release is, and return its exit status."""

    def folder(self, relative: str) -> Path:
        """Return the folder of that name among the releases.

        Raises:
            InvalidDeploymentError: There is none, it lies outside, or something in it is neither file, folder nor link.
        """
        root = self.settings.releases.resolve()
        found = (root / relative).resolve()
        if not found.is_relative_to(root) or not found.is_dir():
            raise InvalidDeploymentError(f"there is no folder {relative!r} among the releases in {root}")
        try:
            strange = next(_strange(found), None)
        except OSError as error:
            raise InvalidDeploymentError(f"{relative!r} cannot be read: {error.strerror}") from error
        if strange is not None:
            raise InvalidDeploymentError(
                f"{strange.relative_to(found).as_posix()!r} in {relative!r} is neither file, folder nor link: it would "
                "be waited for, or read without end"
            )
        return found


def _strange(folder: Path) -> Iterator[Path]:
    """Yield what is neither a file, a folder nor a link below *folder*; links are not followed."""
    pending = [folder]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(Path(entry))
                elif not (entry.is_symlink() or entry.is_file(follow_symlinks=False)):
                    yield Path(entry)
