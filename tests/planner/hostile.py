"""A server that answers the Messages API's calls with what no plan is: without end, in pieces, or from elsewhere."""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MEGABYTE = 2**20


def event(kind: str, **content: Any) -> bytes:
    """Return an event of a stream."""
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **content})}\n\n".encode()


def delta(kind: str, name: str, text: str) -> bytes:
    """Return an event with a piece of an answer."""
    return event("content_block_delta", index=0, delta={"type": kind, name: text})


START = event(
    "message_start",
    message={
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-5-5", "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1},
    },
)  # fmt: skip


def for_ever(piece: bytes, begin: bytes = START) -> Iterator[bytes]:
    """Yield *begin*, and then a *piece* again and again, in parts of a megabyte."""
    yield begin
    part = piece * (MEGABYTE // len(piece) + 1)
    while True:
        yield part


def bomb() -> Iterator[bytes]:
    """Yield what is a thousand times longer when it is unpacked: half a gigabyte."""
    packer = zlib.compressobj(wbits=31)
    for _ in range(512):
        yield packer.compress(b"x" * MEGABYTE)
    yield packer.flush()


@dataclass(frozen=True)
class Answer:
    """An answer: status, headers, and what its body is made of."""

    body: Callable[[], Iterator[bytes]]
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Server(ThreadingHTTPServer):
    """Gives every call the same answer.

    Attributes:
        answer: What every call gets.
        calls: The headers of each call.
        sent: Bytes of bodies that were taken off us.
    """

    daemon_threads = True

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.calls: list[dict[str, str]] = []
        self.sent = 0

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]  # narrowed: only our server makes handlers

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name in the base class
        pass

    def do_GET(self) -> None:  # the name that http.server calls
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self._answer()

    def _answer(self) -> None:
        answer = self.server.answer
        self.server.calls.append({name.lower(): text for name, text in self.headers.items()})
        self.close_connection = True
        with suppress(OSError):
            self.send_response(answer.status)
            for name, text in {"content-type": "text/event-stream", **answer.headers}.items():
                self.send_header(name, text)
            self.end_headers()
            for part in answer.body():
                self.wfile.write(part)
                self.server.sent += len(part)


@contextmanager
def hostile(answer: Answer) -> Iterator[Server]:
    """Serve an *answer* within the ``with`` block."""
    server = Server(answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
