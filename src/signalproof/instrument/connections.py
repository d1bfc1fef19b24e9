"""An HTTP server whose connections are counted and timed, so that slow clients cost neither the program nor other scrapes.

`http.server` gives every connection a thread, for as long as the client likes. Here there are at most so many at once; one
more takes the place of the one that has kept the server waiting longest. Who has not sent a request, or not taken its
answer, in time is cut off, however little it sends or takes meanwhile. Nothing of this ends an answer that is being made.
"""

from __future__ import annotations

import errno
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BufferedIOBase
from typing import Any, Final

from signalproof.instrument.faults import LOGGER

MOST_CONNECTIONS: Final = 32
"""Open at once, each with a thread; Prometheus has one for each scrape."""
READ_SECONDS: Final = 5.0
"""Within which a client has to have shaken hands and sent its request."""
WRITE_SECONDS: Final = 30.0
"""Within which a client has to have taken the answer."""
_MOST_PAGES_AT_ONCE: Final = 2
_HEAD_BYTES: Final = 32 * 1024
_NO_FILES_LEFT: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_PAUSE_SECONDS: Final = 0.1


@dataclass(eq=False)
class Connection:
    """A client.

    Attributes:
        socket: What it is heard on.
        until: Moment at which it is cut off; None while it is the server that is waited for.
        asked: Whether it has sent its request, and so has an answer to lose.
    """

    socket: socket.socket
    until: float | None
    asked: bool = False

    def cut(self) -> None:
        """Wake whoever waits for the client."""
        with suppress(OSError):
            # that of ssl would also take the session from the thread that is using it
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)


class BoundedServer(HTTPServer):
    """Answers a bounded number of clients at once, each in a thread that does not keep the program alive.

    Attributes:
        pages: Where the answers are made.
        closing: Whether it takes nobody any more.
    """

    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        handler: type[BoundedHandler],
        tls: Callable[[], ssl.SSLContext | None] = lambda: None,
    ) -> None:
        """Bind to *address*.

        Args:
            address: Interface, IPv4 or IPv6, and port.
            handler: Of the requests.
            tls: Returns what a client that connects now has to be spoken to with; raises where it is not to be served.
        """
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.pages = Pages()
        self.closing = False
        self._tls = tls
        self._connections: dict[Connection, None] = {}
        self._changing = threading.Condition(threading.Lock())
        super().__init__(address, handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Take the next client; where the program has no file left for it, not all the time."""
        try:
            return super().get_request()
        except OSError as error:
            if error.errno in _NO_FILES_LEFT:
                time.sleep(_PAUSE_SECONDS)
            raise

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a client in a thread, or not at all where all the others are being answered."""
        connection = Connection(request, time.monotonic() + READ_SECONDS)
        if not self._admit(connection):
            self.shutdown_request(request)
            return
        thread = threading.Thread(
            target=self._serve, args=(connection, client_address), name="signalproof-scrape", daemon=True
        )
        try:
            thread.start()
        except RuntimeError:  # the system has no thread left
            self._forget(connection)

    def _admit(self, connection: Connection) -> bool:
        with self._changing:
            while len(self._connections) >= MOST_CONNECTIONS and not self._make_room():
                if self.closing:
                    return False
                self._changing.wait(_PAUSE_SECONDS)
            self._connections[connection] = None
            return True

    def _make_room(self) -> bool:
        """Cut off whoever the server has waited for longest: they stand in the order in which they came.

        Those who have not even asked go first: an answer that is on its way is not lost to newcomers.
        """
        waited_for = [one for one in self._connections if one.until is not None]
        if not waited_for:
            return False
        slowest = min(waited_for, key=lambda one: one.asked)
        del self._connections[slowest]
        slowest.cut()
        return True

    def wait_for(self, connection: Connection, seconds: float | None) -> None:
        """Give a client that much time from now on; None while it waits for the server."""
        with self._changing:
            connection.until = None if seconds is None else time.monotonic() + seconds
            connection.asked |= seconds is None
            self._changing.notify_all()

    def _forget(self, connection: Connection) -> None:
        with self._changing:
            self._connections.pop(connection, None)
            self._changing.notify_all()
        self.shutdown_request(connection.socket)

    def service_actions(self) -> None:
        """Cut off whoever is too slow; called several times a second."""
        now = time.monotonic()
        with self._changing:
            for one in self._connections:
                if one.until is not None and one.until < now:
                    one.cut()

    def _serve(self, connection: Connection, client_address: Any) -> None:
        try:
            context = self._tls()
            if context is not None:
                connection.socket = context.wrap_socket(
                    connection.socket, server_side=True, do_handshake_on_connect=False
                )
                if connection not in self._connections:  # cut off when it had no socket
                    return
                connection.socket.do_handshake()
            handler: Any = self.RequestHandlerClass
            handler(connection, client_address, self)
        except Exception:  # noqa: BLE001  # whatever a client does is no business of the program's standard error
            LOGGER.debug("a scrape from %s failed", client_address, exc_info=True)
        finally:
            self._forget(connection)

    def hang_up(self) -> None:
        """Cut off everybody."""
        with self._changing:
            for one in self._connections:
                one.cut()


class _Page:
    """One page for everybody who waits for it."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.text = b""
        self.error: Exception | None = None


class Pages:
    """Makes pages, few at once and one for all who asked for the same before it was begun.

    So many scrapes at once leave the program its share of the time, and each other theirs; none is answered with a page
    that is older than its request.
    """

    def __init__(self) -> None:
        self.turns = threading.Semaphore(_MOST_PAGES_AT_ONCE)
        self._changing = threading.Lock()
        self._wanted: dict[object, _Page] = {}

    def get(self, which: object, make: Callable[[], bytes]) -> bytes:
        """Return what *make* makes of the page that *which* tells from others; raises as it does."""
        with self._changing:
            found = self._wanted.get(which)
            page = self._wanted.setdefault(which, _Page())
        if found is not None:
            page.done.wait()
        else:
            self._make(which, page, make)
        if page.error is not None:
            raise page.error
        return page.text

    def _make(self, which: object, page: _Page, make: Callable[[], bytes]) -> None:
        with self.turns:
            with self._changing:
                del self._wanted[which]  # who asks from now on wants to know more than this page will say
            try:
                page.text = make()
            except Exception as error:  # noqa: BLE001  # all who wait are to have it
                page.error = error
            finally:
                page.done.set()


class _Head:
    """What a client sends, as far as a request may reach.

    A line that breaks off is none: half a request must not be answered.
    """

    def __init__(self, file: BufferedIOBase) -> None:
        self._file = file
        self._left = _HEAD_BYTES

    def readline(self, limit: int = -1) -> bytes:
        line = self._file.readline(self._left if limit < 0 else min(limit, self._left))
        self._left -= len(line)
        if not line.endswith(b"\n"):
            raise ConnectionError("the request breaks off, or is too long")
        return line

    def close(self) -> None:
        self._file.close()


class BoundedHandler(BaseHTTPRequestHandler):
    """One request: whoever answers it says when the client has done its part, and when the answer is there.

    Attributes:
        bounded: The server.
    """

    server_version = "signalproof"
    sys_version = ""

    def __init__(self, connection: Connection, client_address: Any, server: BoundedServer) -> None:
        self._client = connection
        self.bounded = server
        super().__init__(connection.socket, client_address, server)

    def setup(self) -> None:
        """Read no more than a request."""
        super().setup()
        head: Any = _Head(self.rfile)
        self.rfile = head

    def asked(self) -> None:
        """Note that the request is there: from now on the client waits for the server."""
        self.bounded.wait_for(self._client, None)

    def answered(self) -> None:
        """Note that the answer is there: from now on the server waits for the client."""
        self.bounded.wait_for(self._client, WRITE_SECONDS)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name that http.server gives it
        """Say nothing: a scrape comes every few seconds."""
