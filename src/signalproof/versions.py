"""Versions of programs, in order: ``2.42`` before ``3.0``."""

from __future__ import annotations

import re

from signalproof.errors import Location, SignalproofError

_DIGITS = 18
"""Of a number in a version: more are none that anybody gave."""


def key_of(version: str) -> tuple[int, ...]:
    """Return the numbers of a *version*, to compare it with others: ``v1.10.0`` comes after ``1.9.1``."""
    return tuple(int(one[:_DIGITS]) for one in re.findall(r"\d+", version))


def check_version(version: str, where: Location) -> None:
    """Raise where *version* is none.

    Raises:
        SignalproofError: It does not begin with a number.
    """
    if not re.fullmatch(r"v?\d+(\.\d+)*([-+].*)?", version):
        raise SignalproofError(f"{version!r:.80} is no version", 'write it as "3.5"', where=where)
