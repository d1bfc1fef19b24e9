"""URLs that a person gives: their parts, and what may be shown of them."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from signalproof.errors import SignalproofError


def shown(url: str) -> str:
    """Return *url* without user, password, query and fragment: each may hold a secret.

    It need not be valid. Where it is not, nothing before the last ``@`` is shown: a password with a slash makes it so.
    """
    try:
        valid = urlsplit(url).port != 0
    except ValueError:
        valid = False
    user = r"//[^/?#]*@" if valid else r"//.*@"
    return re.sub(user, "//", url, count=1).partition("#")[0].partition("?")[0]


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed ``http(s)://`` URL.

    Attributes:
        scheme: ``http`` or ``https``.
        host: Host name or address.
        port: TCP port.
        path: Path, without a slash at the end.
        query: What stands behind the question mark, or nothing.
        headers: ``Authorization``, when the URL carries a user.
        shown: The URL as it may be shown: without user, password and query.
    """

    scheme: str
    host: str
    port: int
    path: str
    query: str
    headers: Mapping[str, str]
    shown: str


def address(url: str, example: str) -> Address:
    """Return *url* in its parts.

    Args:
        url: What a person gave.
        example: What it should look like, for the message.

    Raises:
        SignalproofError: It is no HTTP URL.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise SignalproofError(
            f"{shown(url)!r} is no URL: its host or port is none", f"write it like {example}"
        ) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SignalproofError(f"{shown(url)!r} is no HTTP URL", f"write it like {example}")
    headers = {}
    if parts.username is not None:
        user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + b64encode(user.encode()).decode()
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    place = host if parts.port is None else f"{host}:{port}"
    path = parts.path.rstrip("/")
    visible = f"{parts.scheme}://{place}{path}"
    return Address(parts.scheme, parts.hostname, port, path, parts.query, headers, visible)
