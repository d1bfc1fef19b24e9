"""What has happened to a deployment, in this attempt and in those that were cut off."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from hive.storage import Deployment, DeploymentEvent, DeploymentQueue
from hive.storage.deployments import GIVEN_BACK


class Journal:
    """The journal of one deployment; each event is in the database before the step that it announces."""

    def __init__(
        self, queue: DeploymentQueue, deployment: Deployment, events: Iterable[DeploymentEvent]
    ) -> None:
        self._queue = queue
        self._deployment = deployment
        self._found: dict[str, Mapping[str, Any]] = {}
        self._attempts: dict[str, set[int]] = {}
        for event in events:
            self._found.setdefault(event.kind, event.detail)
            self._attempts.setdefault(event.kind, set()).add(event.attempt)

    def found(self, kind: str) -> Mapping[str, Any] | None:
        """Return the details of the first event of that *kind*, if there is one."""
        return self._found.get(kind)

    def died_in(self, kind: str) -> int:
        """Return how many earlier attempts got as far as an event of that *kind* and ended there with their deployer.

        One that was given back in good order does not count.
        """
        return len(
            self._attempts.get(kind, set())
            - self._attempts.get(GIVEN_BACK, set())
            - {self._deployment.attempt}
        )

    async def last_good(self) -> Deployment | None:
        """Return the last deployment to the same target that succeeded before this one."""
        return await asyncio.to_thread(
            self._queue.last_good, self._deployment.request.target, before=self._deployment.id
        )

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
