"""Keeping leases alive while work goes on: one thread renews all that a process holds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

import structlog

from hive.storage.queue import Held, Queue

_LOG: Any = structlog.get_logger(__name__)


class Hold:
    """An entry that is held.

    Attributes:
        held: The entry.
        lost: Set when another worker has taken it: whatever is still done for it is in vain.
    """

    def __init__(self, held: Held, on_lost: Callable[[], None] | None) -> None:
        self.held = held
        self.lost = threading.Event()
        self._on_lost = on_lost

    def lose(self) -> None:
        """Note that it is lost."""
        self.lost.set()
        if self._on_lost is not None:
            self._on_lost()


class Heartbeat:
    """Renews the leases of a process until it is left or the process ends.

    Args:
        queue: Where the entries are.
        lease: Seconds a renewal lasts; it is made three times in that time, so that one may fail.
    """

    def __init__(self, queue: Queue, *, lease: float) -> None:
        self._queue = queue
        self._lease = lease
        self._holds: dict[int, Hold] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="hive-heartbeat", daemon=True)

    @contextmanager
    def hold(self, held: Held, on_lost: Callable[[], None] | None = None) -> Iterator[Hold]:
        """Keep the lease of an entry alive within the ``with`` block.

        Args:
            held: The entry.
            on_lost: Called in the heartbeat's thread, once, when another worker has taken it.
        """
        hold = Hold(held, on_lost)
        with self._lock:
            self._holds[held.id] = hold
        try:
            yield hold
        finally:
            with self._lock:
                self._holds.pop(held.id, None)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._stop.wait(self._lease / 3):
            with self._lock:
                holds = list(self._holds.values())
            if not holds:
                continue
            try:
                kept = self._queue.renew([hold.held for hold in holds], lease=self._lease)
            except Exception as error:  # noqa: BLE001  # whatever the database says, the next beat tries again
                _LOG.warning("leases not renewed", error_type=type(error).__name__, entries=len(holds))
                continue
            for hold in holds:
                with self._lock:
                    current = self._holds.get(hold.held.id) is hold
                if current and hold.held.id not in kept and not hold.lost.is_set():
                    hold.lose()
