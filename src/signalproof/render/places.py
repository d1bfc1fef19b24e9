"""Where the file of each dashboard lies: no two at one place, on any file system."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import normalize

from signalproof.dashboard.model import Dashboard
from signalproof.errors import SignalproofError


def places_of(dashboards: Iterable[Dashboard]) -> dict[str, Dashboard]:
    """Return the dashboards by the path of their file below the output folder: ``folder/rest-of-the-uid.json``, or ``uid.json``.

    Raises:
        SignalproofError: Two have the same path, or one that some file systems take for the same.
    """
    places: dict[str, Dashboard] = {}
    taken: dict[str, Dashboard] = {}
    for one in dashboards:
        below = f"{one.folder}/{one.uid.removeprefix(f'{one.folder}-')}" if one.folder else one.uid
        path = f"grafana/dashboards/{below}.json"
        other = taken.setdefault(normalize("NFC", path).casefold(), one)
        if other is not one:
            raise SignalproofError(
                f"the dashboards {other.uid!r} and {one.uid!r} would both be written to {path}",
                f"the first stands at {other.where}: give one of them another uid or folder",
                where=one.where,
            )
        places[path] = one
    return places
