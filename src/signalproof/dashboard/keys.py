"""Keys: the short names that ids, addresses and uids are made of."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b

from signalproof.errors import Location, SignalproofError

_KEY = re.compile(r"[a-z0-9][a-z0-9-]*")
_UID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_ID_SPACE = 2**31 - 1


def slug(title: str) -> str:
    """Return *title* in lower-case letters, digits and single dashes; empty when it has none of them."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


@lru_cache(maxsize=4096)
def panel_id(row: str, panel: str = "") -> int:
    """Return the id of a panel, or of the row itself, from the keys alone: 1 to 2³¹−1, the same on every machine.

    Nothing else goes into it, so another panel, another order or another title changes no id.
    """
    digest = blake2b(f"{row}\0{panel}".encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % _ID_SPACE + 1


def resource_name(uid: str) -> str:
    """Return the name that a Kubernetes resource about the dashboard *uid* has: in lower case, and no other one's."""
    name = slug(uid)
    if name == uid:
        return name
    return f"{name}-{blake2b(uid.encode(), digest_size=3).hexdigest()}".strip("-")


def check_key(key: str, what: str, where: Location) -> None:
    """Raise unless *key* can stand in an address.

    Raises:
        SignalproofError: It is empty or has other characters than lower-case letters, digits and dashes.
    """
    if not _KEY.fullmatch(key):
        raise SignalproofError(
            f"{key!r} is no key of a {what}",
            f"give key= with lower-case letters, digits and dashes: key={slug(key) or 'latency'!r}",
            where=where,
        )


def check_uid(uid: str, where: Location) -> None:
    """Raise unless *uid* is one that Grafana keeps as it is.

    Raises:
        SignalproofError: It is empty, longer than 40 characters, or has others than letters, digits, dashes, underscores.
    """
    if not _UID.fullmatch(uid):
        near = slug(uid)[:40].strip("-")
        raise SignalproofError(
            f"{uid!r} is no dashboard uid",
            f"write at most 40 letters, digits, dashes and underscores: {near or 'my-dashboard'!r}",
            where=where,
        )
