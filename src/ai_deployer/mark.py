"""The file on a host that says which target a folder belongs to."""

from __future__ import annotations

import json
from pathlib import PurePosixPath

import asyncssh

from ai_deployer.calls import to_its_end
from ai_deployer.errors import OwnedError

NAME = ".hive-target"
"""The file: ``{"target": "web"}``."""
_MOST_BYTES = 4096


class Mark:
    """The mark of a target's folder.

    Args:
        files: The connection to the host.
        folder: The folder.
    """

    def __init__(self, files: asyncssh.SFTPClient, folder: PurePosixPath) -> None:
        self._files = files
        self._folder = folder
        self._file = folder / NAME

    async def owner(self) -> str | None:
        """Return the name of the target that the folder belongs to, or a folder that it lies in; None for nobody's.

        Raises:
            OwnedError: There is a mark that is none of ours.
        """
        for folder in (self._folder, *self._folder.parents):
            try:
                found = await self._read(folder / NAME)
            except asyncssh.SFTPPermissionDenied:
                if folder == self._folder:
                    raise
                continue  # a folder above, which we may not look into
            if found is not None:
                return found
        return None

    async def write(self, target: str, name: str) -> None:
        """Mark the folder as that of *target*, at once and as a whole; a mark that is there stays.

        Args:
            target: Name of the target.
            name: Name of the release that it is made for.
        """
        await self._files.makedirs(self._folder, exist_ok=True)
        fresh = self._fresh(name)
        async with self._files.open(fresh, "wb") as file:
            await file.write(f"{json.dumps({'target': target})}\n".encode())
        try:
            await to_its_end(self._files.rename(fresh, self._file))  # which replaces nothing
        except asyncssh.SFTPError:
            await self.clear(name)
            if await self._read(self._file) is None:
                raise

    async def clear(self, name: str) -> None:
        """Remove what is left of a mark that was not written to its end, for the release of that *name*."""
        await self._remove(self._fresh(name))

    async def remove(self) -> None:
        """Remove the mark; without effect when there is none."""
        await self._remove(self._file)

    def _fresh(self, name: str) -> PurePosixPath:
        return self._folder / f"{NAME}-{name}"

    async def _remove(self, file: PurePosixPath) -> None:
        if await self._files.lexists(file):
            await self._files.remove(file)

    async def _read(self, file: PurePosixPath) -> str | None:
        try:
            async with self._files.open(file, "rb") as opened:
                said = await opened.read(_MOST_BYTES)
        except asyncssh.SFTPNoSuchFile:
            return None
        try:
            return str(json.loads(said)["target"])
        except (ValueError, KeyError, TypeError):
            raise OwnedError(f"{file} does not say which target the folder belongs to") from None
