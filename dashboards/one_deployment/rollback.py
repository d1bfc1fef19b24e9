"""Row 3: the way back."""

from __future__ import annotations

from hive.catalogue.deployer import ROLLBACK
from hive.catalogue.labels import DeploymentError
from signalproof.catalogue.operation import Status
from signalproof.dashboard import Events, Row, Stat
from signalproof.promql.build import RANGE
from signalproof.promql.events import happened
from signalproof.promql.operations import calls, latency, since_ended
from signalproof.promql.overview import errors

ROW = Row(
    "Rollback – does the good release serve again?",
    (
        Stat(
            "Rollbacks",
            calls(ROLLBACK, by=Status, window=RANGE),
            "How the rollbacks of the shown time ended. A failed one leaves a broken release in front of users.",
            width=8,
            height=5,
        ),
        Stat(
            "Last rollback",
            since_ended(ROLLBACK, by=Status),
            "How long ago a rollback last ended, by how it did.",
            no_value="none yet",
            trend=False,
            width=8,
            height=5,
        ),
        Stat(
            "Rollback time",
            latency(ROLLBACK, 0.5, 0.95, window=RANGE),
            "Seconds until the good release served again, of the rollbacks of the shown time, against the promise for p95.",
            width=8,
            height=5,
        ),
        Events(
            "Rollbacks by outcome",
            happened(ROLLBACK.calls, by=Status),
            "Rollbacks, each where it ended: a failed deployment without one beside it had touched nothing.",
        ),
        Events(
            "Failed rollbacks",
            errors(ROLLBACK, by=DeploymentError),
            "Why there was no way back. Nothing more is deployed to that target until somebody has looked and unblocked it.",
        ),
    ),
    key="rollback",
)
