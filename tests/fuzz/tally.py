"""How many inputs there were and how long the slowest took, in a file that outlives the process: libFuzzer ends without a word."""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from typing import Final

_SHAPE: Final = struct.Struct("<Qd")


class Tally:
    """Two numbers in a file."""

    def __init__(self, file: Path) -> None:
        """Go on with the numbers of *file*, or begin at 0."""
        if not file.exists():
            file.write_bytes(_SHAPE.pack(0, 0.0))
        with file.open("r+b") as opened:
            self._memory = mmap.mmap(opened.fileno(), _SHAPE.size)
        self.inputs, self.slowest = _SHAPE.unpack(self._memory[:])

    def count(self, seconds: float) -> None:
        """Count one more input, which took *seconds* of processor time."""
        self.inputs += 1
        self.slowest = max(self.slowest, seconds)
        _SHAPE.pack_into(self._memory, 0, self.inputs, self.slowest)
