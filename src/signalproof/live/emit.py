"""Synthetic but plausible series for a whole catalogue: as a file for backfill, served, or sent by remote write."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from signalproof.errors import Location, SignalproofError
from signalproof.live.incident import INCIDENT_EVERY
from signalproof.live.model import RESTART_EVERY, Model
from signalproof.live.openmetrics import openmetrics, scrape_times
from signalproof.live.remote_write import remote_write
from signalproof.live.serve import parse_address, serve
from signalproof.live.truth import Profile, Truth

__all__ = [
    "INCIDENT_EVERY",
    "RESTART_EVERY",
    "Model",
    "Profile",
    "Truth",
    "openmetrics",
    "parse_address",
    "remote_write",
    "scrape_times",
    "serve",
    "write_openmetrics",
]


def write_openmetrics(model: Model, file: Path, times: Sequence[float]) -> int:
    """Write every series at *times* (Unix seconds, ascending) to *file*; return how many bytes.

    The file appears whole or not at all.

    Raises:
        SignalproofError: The file cannot be written, or there is no moment to write.
    """
    if not times:
        raise SignalproofError("nothing to write: the range holds no scrape", "give a longer range of hours")
    written = 0
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                for piece in openmetrics(model, times):
                    written += stream.write(piece)
            Path(name).chmod(0o644)
            Path(name).replace(file)
        except BaseException:  # an interrupt, too, leaves no half file
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SignalproofError(
            f"cannot write {file}: {error.strerror}",
            "choose a folder that exists and is yours",
            where=Location(str(file)),
        ) from None
    return written
