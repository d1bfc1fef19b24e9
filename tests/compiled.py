"""Whether the parser and the inference under test are the compiled ones, see ``make compiled``; run, it demands it."""

from __future__ import annotations

import sys

from signalproof.promql import parser

COMPILED = not str(parser.__file__).endswith(".py")

if __name__ == "__main__" and not COMPILED:
    sys.exit(f"the tests would run on {parser.__file__}, which is not compiled")
