"""Prometheus' durations: ``15s``, ``1h30m``."""

from __future__ import annotations

import re

from signalproof.errors import Location, SignalproofError

_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}


def parse_duration(text: object, where: Location) -> float:
    """Return the seconds of a Prometheus duration such as ``15s`` or ``1h30m``.

    Raises:
        SignalproofError: It is no duration.
    """
    seconds = duration(text) if isinstance(text, str) else None
    if seconds is None:
        raise SignalproofError(
            f"{text!r:.80} is no duration", 'write it as Prometheus does: "15s", "1h30m"', where=where
        )
    return seconds


def duration(text: str) -> float | None:
    """Return the seconds of a Prometheus duration, or None where it is none."""
    if not re.fullmatch(r"(\d{1,15}(ms|[smhdwy])){1,10}", text):
        return None
    return sum(int(count) * _SECONDS[unit] for count, unit in re.findall(r"(\d+)(ms|[smhdwy])", text))


def duration_text(seconds: float) -> str:
    """Return a duration as Prometheus writes it, in the largest unit that leaves no rest: ``15m``, ``90s``, ``500ms``."""
    for unit in ("d", "h", "m", "s"):
        if seconds >= _SECONDS[unit] and not seconds % _SECONDS[unit]:
            return f"{seconds / _SECONDS[unit]:.0f}{unit}"
    return f"{seconds * 1000:.0f}ms"
