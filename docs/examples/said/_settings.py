"""What several panels of Said have in common."""

from __future__ import annotations

from signalproof.dashboard import Threshold

THRESHOLDS = (Threshold(None, "text"),)
