"""What the instrumentation says of itself; part of what every installed catalogue exposes."""

from __future__ import annotations

from signalproof.catalogue.labels import ClosedLabel, OpenLabel, labels
from signalproof.catalogue.metric import Counter
from signalproof.errors import Location


class Tracked(OpenLabel, name="operation"):
    """Exposed prefix of an operation, or the name of a metric: as many as the catalogue has entries."""


class Stage(ClosedLabel):
    """What the metrics layer was doing when it failed."""

    CLOCK = "clock"
    LABELS = "labels"
    PREDICATE = "predicate"
    RECORD = "record"
    CARDINALITY = "cardinality"
    EXEMPLAR = "exemplar"


FAULTS = Counter(
    "signalproof_instrumentation_errors_total",
    "Faults of the metrics layer; each is a call that was not recorded as it should have been.",
    labels(Tracked, Stage),
    where=Location(__file__),
)
"""Rising means that the other metrics of the operation are incomplete from then on."""
