"""Who may ask for the page, and how it is spoken to: a web configuration at work.

The files are looked at for every connection, so that a certificate is renewed and a user is taken away without a restart.
While they are broken nobody is served, as with Prometheus: serving on with what held before could serve whom it shuts out.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from signalproof.errors import SignalproofError
from signalproof.instrument.faults import LOGGER
from signalproof.instrument.web_config import Tls, WebConfig, read_web_config

_NOBODY: Final = "$2b$10$" + "." * 53
"""A hash that no password has: asking for a user who does not exist takes as long as any other."""
_MOST_BYTES: Final = 72
"""Of a password, as far as bcrypt looks at it."""
_Signs = tuple[object, ...]


@dataclass(frozen=True)
class Access:
    """What holds for a connection.

    Attributes:
        config: What the file says.
        context: What TLS is spoken with; None where it is not.
        checked: Digests of names and passwords that were right.
    """

    config: WebConfig
    context: ssl.SSLContext | None
    checked: set[bytes] = field(default_factory=set)


class Gate:
    """A web configuration, read again whenever it or a file that it names has changed."""

    def __init__(self, file: Path) -> None:
        """Read *file*.

        Raises:
            SignalproofError: It is wrong, a file that it names cannot be used, or the package bcrypt is missing.
        """
        self._file = file
        self._changing, self._checking = threading.Lock(), threading.Lock()
        self._salt = secrets.token_bytes(32)
        self._signs = _signs((file,))
        self._access: Access | None = opened(file)
        self._watched = self._all_files()
        self._signs = _signs(self._watched)

    def access(self) -> Access:
        """Return what holds now.

        Raises:
            SignalproofError: The file has become wrong.
        """
        with self._changing:
            signs = _signs(self._watched)
            if signs != self._signs:
                self._signs = signs
                self._access = None
                try:
                    self._access = opened(self._file)
                except SignalproofError as error:
                    LOGGER.error("%s: nobody is served until it is mended (%s)", error, error.where)
                else:
                    self._watched = self._all_files()
                    self._signs = _signs(self._watched)
            if self._access is None:
                raise SignalproofError(f"{self._file} is wrong", "see the log")
            return self._access

    def _all_files(self) -> tuple[Path, ...]:
        tls = self._access.config.tls if self._access else None
        return (self._file, *(tls.files if tls else ()))

    def check_name(self, access: Access, client: Any) -> None:
        """See that the certificate of the *client* at the other end of a socket has one of the names that it needs.

        Raises:
            ConnectionError: It has none of them.
        """
        names = access.config.tls.allowed_sans if access.config.tls else ()
        if names and not any(
            name in names for _, name in (client.getpeercert() or {}).get("subjectAltName", ())
        ):
            raise ConnectionError(f"the client's certificate has none of the names {', '.join(names)}")

    def admits(self, access: Access, header: str) -> bool:
        """Return whether an ``Authorization`` *header* names a user with the right password, or nobody has to."""
        users = access.config.users
        if not users:
            return True
        name, password = _credentials(header)
        hashed = users.get(name, _NOBODY)
        asked = hashlib.blake2b(
            b"\0".join((name.encode(), hashed.encode(), password)), key=self._salt
        ).digest()
        if asked in access.checked:
            return True
        # one at a time: guessing must not take all processors
        with self._checking:
            import bcrypt  # which reading the file has found to be there

            right = False
            with suppress(ValueError):
                right = bcrypt.checkpw(password[:_MOST_BYTES], hashed.encode())
        right = right and len(password) <= _MOST_BYTES and name in users
        if right:
            access.checked.add(asked)
        return right


def opened(file: Path) -> Access:
    """Return what the web configuration *file* says, put to use; raises as `Gate` does."""
    config = read_web_config(file)
    if config.users:
        try:
            import bcrypt  # noqa: F401  # as it will be needed
        except ImportError:
            raise SignalproofError(
                f"{file} has basic_auth_users, and the package bcrypt is not installed",
                "install it: pip install 'signalproof[auth]'",
            ) from None
    return Access(config, None if config.tls is None else _context(config.tls))


def _context(tls: Tls) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version, context.maximum_version = tls.oldest, tls.newest
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    if tls.own_order:
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
    uses: dict[str, Callable[[], None]] = {
        # without a function that gives a password, OpenSSL would ask for it on the terminal
        "certificate": lambda: context.load_cert_chain(tls.cert_file, tls.key_file, password=lambda: "")
    }
    if tls.client_ca_file is not None:
        uses["client_ca_file"] = lambda: context.load_verify_locations(tls.client_ca_file)
    if tls.ciphers:
        uses["cipher_suites"] = lambda: context.set_ciphers(tls.ciphers)
    for what, use in uses.items():
        try:
            use()
        except (OSError, ValueError) as error:  # of which ssl.SSLError is one
            reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
            raise SignalproofError(
                f"the {what} of tls_server_config cannot be used: {reason}",
                f"it names {', '.join(map(str, tls.files))}; a key has no password",
                where=tls.where,
            ) from None
    context.verify_mode = tls.clients
    return context


def _credentials(header: str) -> tuple[str, bytes]:
    """Return the name and the password of an ``Authorization`` header; empty ones where there are none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", b""
    try:
        name, _, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
        return name.decode(), password
    except (binascii.Error, ValueError):
        return "", b""


def _signs(files: tuple[Path, ...]) -> _Signs:
    """Return what changes when one of *files* does."""
    found: list[object] = []
    for one in files:
        try:
            status = one.stat()
        except OSError as error:
            found.append(error.errno)
        else:
            found.append((status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(found)
