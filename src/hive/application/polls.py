"""What a poll of a queue tells of it: how much waits, and how long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hive.application.command_line import one_line
from hive.catalogue.labels import Queue as Which
from hive.catalogue.queues import QUEUE_OLDEST, QUEUE_WAITING
from hive.storage import Queue
from signalproof.instrument import forget_gauge, set_gauge

_LOG: Any = structlog.get_logger(__name__)

R = TypeVar("R")


def polled(queue: Queue, which: Which, claim: Callable[[], R]) -> R:
    """Return what *claim* takes from the *queue*, and tell what waits in it then.

    When the database does not answer nobody knows, and nothing is told: a number that stands still would look like a
    good one, and NaN would spoil what is computed with it. That the polls fail has metrics and an alert of its own.
    """
    try:
        taken = claim()
    except BaseException:
        _untold(which)
        raise
    try:
        left = queue.waiting()
    except SQLAlchemyError as error:  # what was taken is worth more than this number
        _untold(which)
        _LOG.warning("nobody knows what waits in the queue", queue=str(which), error=one_line(error))
    else:
        set_gauge(QUEUE_WAITING, left.tasks, which)
        set_gauge(QUEUE_OLDEST, left.seconds, which)
    return taken


def _untold(which: Which) -> None:
    for gauge in (QUEUE_WAITING, QUEUE_OLDEST):
        forget_gauge(gauge, which)
