"""What Claude's API may send: bounded while it is read, and never from a host that nobody named.

The SDK reads whatever comes, and follows redirects, with the task in the body, though not with the key: what answers
may be a proxy, a captive portal, or somebody else.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import suppress

import anthropic
import httpx2

from ai_planner.errors import OversizedAnswerError

MOST_BYTES = 32 * 2**20
"""Of an answer: 128,000 tokens, each in an event of its own, are two thirds of it."""
MOST_EVENTS = 256_000
"""Of an answer: twice as many as it has tokens."""
MOST_EVENT_BYTES = 2 * 2**20
"""Of one event: the longest there is signs what was thought, and has a few bytes for each of its tokens."""
MOST_EVENT_LINES = 64
"""Of one event, which has three: the SDK copies all it has of an event for each line of it."""
MOST_ERROR_BYTES = 64 * 2**10
"""Of the body of an error."""

_BLANK = (b"\r\r", b"\n\n", b"\r\n\r\n")
"""How an event ends for the SDK, which gathers what comes until then."""


class RedirectedError(anthropic.APIConnectionError):
    """Claude was not reached: whoever answered sends us elsewhere, where the task must not go."""


class _Bounded(httpx2.AsyncByteStream):
    """A stream of events that is given up as soon as it, or one event of it, is longer than any answer."""

    def __init__(self, inner: httpx2.AsyncByteStream, *, compressed: bool) -> None:
        self._inner = inner
        self._compressed = compressed
        self._all = self._events = self._event = self._lines = 0
        self._last = b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if (
            self._compressed
        ):  # raised here and not sooner: there, the SDK takes every error for a lost connection
            raise OversizedAnswerError(
                "the answer is compressed, which was not asked for: its length is not known"
            )
        async for part in self._inner:
            self._take(part)
            yield part

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _take(self, part: bytes) -> None:
        self._all += len(part)
        if self._all > MOST_BYTES:
            raise OversizedAnswerError(f"the answer is longer than {MOST_BYTES} bytes and was left")
        for line in part.splitlines(keepends=True):
            self._event += len(line)
            self._lines += line.endswith((b"\n", b"\r"))  # a line may come in several parts
            if self._event > MOST_EVENT_BYTES or self._lines > MOST_EVENT_LINES:
                raise OversizedAnswerError(
                    f"an event of the answer is longer than {MOST_EVENT_BYTES} bytes, or than "
                    f"{MOST_EVENT_LINES} lines, and the answer was left"
                )
            self._last = (self._last + line)[-4:]
            if self._last.endswith(_BLANK):
                self._event, self._lines, self._last = 0, 0, b""
                self._events += 1
                if self._events > MOST_EVENTS:
                    raise OversizedAnswerError(f"the answer has more than {MOST_EVENTS} events and was left")


def bounded_client() -> httpx2.AsyncClient:
    """Return what the SDK is to speak HTTP with: its own client, with these bounds."""
    return anthropic.DefaultAsyncHttpxClient(
        follow_redirects=False,
        headers={"accept-encoding": "identity"},  # what is compressed is as long as its sender likes
        event_hooks={"response": [_bound]},
    )


async def _bound(response: httpx2.Response) -> None:
    """Bound what comes of a *response* of which only the head was read."""
    if response.has_redirect_location:
        raise RedirectedError(message=_redirected(response), request=response.request)
    compressed = response.headers.get("content-encoding", "identity").lower() != "identity"
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    if not response.is_success:
        await _replace(response, response.stream, compressed=compressed)
    else:
        response.stream = _Bounded(response.stream, compressed=compressed)


def _redirected(response: httpx2.Response) -> str:
    where = response.headers["location"][:200]
    return f"{response.request.url.host} redirects to {json.dumps(where)}, where no request is sent: set ANTHROPIC_BASE_URL"


async def _replace(response: httpx2.Response, stream: httpx2.AsyncByteStream, *, compressed: bool) -> None:
    """Read the body of an error now, and put a short one in its place if it is too long to be one."""
    parts: list[bytes] = []
    left = MOST_ERROR_BYTES
    with suppress(httpx2.TransportError):  # the status says more than how its explanation broke off
        async for part in stream:
            parts.append(part)
            left -= len(part)
            if left < 0 or compressed:
                break
    await stream.aclose()
    body = b"".join(parts)
    if left < 0 or compressed:
        why = "is compressed" if compressed else f"is longer than {MOST_ERROR_BYTES} bytes"
        body = json.dumps({"error": {"message": f"the body of this error {why} and was left"}}).encode()
    for name in ("content-encoding", "content-length", "transfer-encoding"):
        response.headers.pop(name, None)
    response.stream = httpx2.ByteStream(body)
