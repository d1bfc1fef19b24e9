"""A baseline: findings and broken files that were there before the lint, so that only new ones fail."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from signalproof.errors import Location, SignalproofError
from signalproof.files import read_bytes
from signalproof.lint.finding import Finding
from signalproof.text import as_json

_WRITE: Final = "write one: signalproof lint --format json > baseline.json"


def read_baseline(path: Path) -> frozenset[str]:
    """Return the fingerprints in the baseline file *path*.

    Raises:
        SignalproofError: The file cannot be read, or is none.
    """
    try:
        data: list[dict[str, str]] = json.loads(read_bytes(path, _WRITE))
        if not isinstance(data, list):
            raise TypeError
        return frozenset(one["fingerprint"] for one in data)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise SignalproofError(
            f"{path} is no baseline",
            _WRITE,
            where=Location(str(path)),
        ) from None


def baseline_of(findings: Iterable[Finding], broken: Iterable[SignalproofError] = ()) -> str:
    """Return the text of a baseline file that holds *findings* and *broken* files; the report of format json is one, too."""
    entries = [{"code": one.code, "message": one.message, "fingerprint": one.fingerprint} for one in findings]
    entries += [
        {"code": "broken", "message": f"{_file(one)}: {one}", "fingerprint": fingerprint(one)}
        for one in broken
    ]
    entries.sort(key=lambda one: (one["code"], one["message"], one["fingerprint"]))
    return as_json(entries, indent=2) + "\n"


def fingerprint(broken: SignalproofError) -> str:
    """Return a name for a broken file that stays when its lines move."""
    identity = f"broken\0{_file(broken)}\0{broken}"
    return hashlib.sha256(identity.encode(errors="surrogatepass")).hexdigest()[:32]


def _file(broken: SignalproofError) -> str:
    return str(Location(broken.where.file)) if broken.where else ""
