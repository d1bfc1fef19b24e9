"""What has happened to a deployment, in this attempt and in those that were cut off."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from hive.storage import Deployment, DeploymentQueue


class Journal:
    """The journal of one deployment; each event is in the database before the step that it announces."""

    def __init__(
        self, queue: DeploymentQueue, deployment: Deployment, found: dict[str, Mapping[str, Any]]
    ) -> None:
        self._queue = queue
        self._deployment = deployment
        self._found = found

    def found(self, kind: str) -> Mapping[str, Any] | None:
        """Return the details of the first event of that *kind*, if there is one."""
        return self._found.get(kind)

    async def note(self, kind: str, detail: Mapping[str, Any] | None = None) -> None:
        """Note an event.

        Raises:
            LostClaimError: Another worker has taken the deployment: leave the target alone.
        """
        await asyncio.to_thread(self._queue.note, self._deployment, kind, detail)
        self._found.setdefault(kind, dict(detail or {}))

    async def once(self, kind: str, detail: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Note an event unless it is noted already; return what was noted first."""
        if kind not in self._found:
            await self.note(kind, detail)
        return self._found[kind]
