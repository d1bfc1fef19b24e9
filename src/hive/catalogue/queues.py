"""What every application says of its queue, as its last poll found it."""

from __future__ import annotations

from hive.catalogue.labels import Queue
from signalproof.catalogue.labels import labels
from signalproof.catalogue.metric import Gauge
from signalproof.catalogue.units import COUNT, SECONDS

QUEUE_WAITING = Gauge(
    "hive_queue_waiting_tasks",
    "Tasks that wait in the queue at the last poll.",
    labels(Queue),
    COUNT,
    low=0,
    shared=True,
)
QUEUE_OLDEST = Gauge(
    "hive_queue_oldest_waiting_seconds",
    "Age of the oldest task that waits, since it was due; 0 when none does.",
    labels(Queue),
    SECONDS,
    low=0,
    shared=True,
)
