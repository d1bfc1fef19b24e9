"""Row: The end."""

from __future__ import annotations

from signalproof.dashboard import Link, Row, Stat
from signalproof.promql.build import promql

from ._settings import THRESHOLDS

ROW = Row(
    "The end",
    (
        Stat(
            "Workers",
            promql(
                'sum(workers_running{job=~"$job",instance=~"$instance"})',
                name="workers running",
            ),
            "All.",
            no_value="no data",
            unit="none",
            thresholds=THRESHOLDS,
            links=(Link("Runbook", "https://runbook.test#workers"),),
            data_links=(Link("Logs", "/logs"),),
            width=24,
            height=4,
            raw={
                "fieldConfig": {
                    "defaults": {"color": {"fixedColor": "text", "mode": "fixed"}},
                },
                "options": {
                    "colorMode": "value",
                    "graphMode": "area",
                    "justifyMode": "auto",
                    "orientation": "auto",
                    "reduceOptions": {"calcs": ["lastNotNull"], "values": False},
                    "textMode": "auto",
                },
            },
        ),
    ),
)
