"""A small HTTP client for Prometheus: bounded, usable from several threads, and closed at once when interrupted."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urljoin

from signalproof.errors import SignalproofError
from signalproof.live.address import Address, shown

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_BYTES = 64 * 2**20
"""Largest answer that is read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said.

    Attributes:
        status: HTTP status.
        body: The whole body.
    """

    status: int
    body: bytes


@dataclass(eq=False)
class Client:
    """Requests to one address, over one kept connection per thread.

    Attributes:
        address: Where to.
        timeout: Seconds to wait for a connection, and for each read.
    """

    address: Address
    timeout: float = 30.0
    _local: threading.local = field(default_factory=threading.local, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _open: set[HTTPConnection] = field(default_factory=set, init=False, repr=False)
    _closed: bool = field(default=False, init=False, repr=False)

    def request(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Return the answer to one request; *path* is appended to the address.

        Raises:
            SignalproofError: The server cannot be reached, or does not answer in time or in HTTP.
        """
        try:
            return self._exchange(method, path, body, headers)
        except (ConnectionError, HTTPException):
            # a kept connection may have been closed by the server in the meantime: once more, on a new one
            self._drop()
            try:
                return self._exchange(method, path, body, headers)
            except (OSError, HTTPException) as error:
                raise self._unreachable(error) from None
        except OSError as error:
            raise self._unreachable(error) from None

    def close(self) -> None:
        """End every connection now, those that a thread waits on among them."""
        with self._lock:
            self._closed = True
            connections = list(self._open)
        for connection in connections:
            if isinstance(connection.sock, socket.socket):
                with contextlib.suppress(OSError):  # the other side may have closed it already
                    connection.sock.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _exchange(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        connection: HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connected()
        own = {**self.address.headers, **headers}
        target = f"{self.address.path}{path}"
        if self.address.query:
            target += f"{'&' if '?' in path else '?'}{self.address.query}"
        connection.request(method, target or "/", body or None, own)
        response = connection.getresponse()
        text = response.read(MOST_BYTES + 1)
        if len(text) > MOST_BYTES:
            self._drop()
            raise SignalproofError(
                f"{self.address.shown} answered with more than {MOST_BYTES >> 20} MiB",
                "ask for a shorter range or a longer step",
            )
        if response.status in _REDIRECTS and (place := response.getheader("Location")):
            raise self._sent_on(path, place)
        return Answer(response.status, text)

    def _sent_on(self, path: str, place: str) -> SignalproofError:
        """Return the refusal of a redirect: what is sent, a password perhaps, is for the server that was named."""
        with contextlib.suppress(ValueError):  # where it leads is no URL
            place = urljoin(f"{self.address.shown}{path}", place)
        return SignalproofError(
            f"{self.address.shown} sends on to {shown(place)[:200]!r}, which is not followed",
            "give that URL, if it is the server you mean",
        )

    def _connected(self) -> HTTPConnection:
        """Return a new connection of this thread, known to `close` before anything is asked over it."""
        kind = HTTPSConnection if self.address.scheme == "https" else HTTPConnection
        connection = kind(self.address.host, self.address.port, timeout=self.timeout)
        connection.auto_open = 0  # once closed it stays closed, instead of connecting anew behind our back
        if not self._closed:
            connection.connect()
        with self._lock:
            if self._closed:
                connection.close()
                raise SignalproofError(f"{self.address.shown}: interrupted")
            self._open.add(connection)
        self._local.connection = connection
        return connection

    def _drop(self) -> None:
        connection: HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            with self._lock:
                self._open.discard(connection)
            self._local.connection = None

    def _unreachable(self, error: Exception) -> SignalproofError:
        self._drop()
        said = getattr(error, "strerror", None) or str(error) or type(error).__name__
        reason = "no answer in time" if isinstance(error, TimeoutError) else said
        return SignalproofError(
            f"{self.address.shown} does not answer: {reason}", "check that it runs, and that the URL is right"
        )
