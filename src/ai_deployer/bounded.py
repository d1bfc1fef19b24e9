"""The answers of an API server, within bounds of length and time."""

from __future__ import annotations

import time
from typing import Any

from urllib3 import HTTPResponse
from urllib3.exceptions import TimeoutError as NoAnswer

from ai_deployer.output import CHUNK_BYTES, MIB, MOST_BYTES, OutputError


class BoundedPool:
    """A pool of connections whose answers are read at once, within bounds, and which is not sent elsewhere.

    The client itself reads an answer whole, however long it is, and an error's before anybody could look at it.

    Args:
        pool: The pool of the client.
        seconds: Seconds that an answer may take, from the question to its end.
    """

    def __init__(self, pool: Any, seconds: float) -> None:
        self._pool = pool
        self._seconds = seconds

    def request(self, method: str, url: str, **more: Any) -> HTTPResponse:
        """Return the answer.

        Raises:
            OutputError: It is too long.
            TimeoutError: It takes too long.
        """
        end, body = time.monotonic() + self._seconds, bytearray()
        response = self._pool.request(method, url, **{**more, "preload_content": False, "redirect": False})
        try:
            while chunk := response.read1(CHUNK_BYTES):
                body += chunk
                if len(body) > MOST_BYTES:
                    raise OutputError(f"the API server said more than {MOST_BYTES / MIB:g} MiB and was ended")
                if time.monotonic() > end:
                    raise NoAnswer("no end of the answer")
        except BaseException:
            response.close()
            raise
        response.release_conn()
        return HTTPResponse(
            bytes(body), response.headers, response.status, reason=response.reason, decode_content=False
        )

    def clear(self) -> None:
        """Hang up."""
        self._pool.clear()
