"""What several panels of Everything have in common."""

from __future__ import annotations

from signalproof.dashboard import Drawn, Legend, Threshold, Tooltip

DRAWN = Drawn(thresholds="dashed")
TOOLTIP = Tooltip(mode="multi", sort="desc")
LEGEND = Legend(show=True)
LEGEND_2 = Legend(show=False)
THRESHOLDS = (Threshold(None, "text"),)
