"""A pace: requests are spread evenly instead of running into the API's rate limit together."""

from __future__ import annotations

import asyncio


class Pace:
    """Lets one request through at a time, evenly spread.

    Args:
        per_minute: Most requests in a minute; 0 sets no pace.
    """

    def __init__(self, per_minute: float) -> None:
        self._seconds = 60 / per_minute if per_minute else 0.0
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for one's turn."""
        if not self._seconds:
            return
        now = asyncio.get_running_loop().time()
        start = max(now, self._next)
        self._next = start + self._seconds
        await asyncio.sleep(start - now)
