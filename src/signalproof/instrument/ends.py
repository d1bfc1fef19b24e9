"""When the calls of an operation last ended, by how they ended: a gauge beside the counts, where the operation has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import prometheus_client

from signalproof.catalogue.operation import Status, last_ended_of

if TYPE_CHECKING:
    from signalproof.instrument.meter import Backend, Outcome, Recorder


def note_ends(recorder: Recorder, backend: Backend) -> None:
    """Have a filled *recorder* note as well when a call ended, if its operation tells that; all of it is at 0 then.

    What is noted is no number of a cell, so the wrappers must not write to the cell themselves.
    """
    gauge = last_ended_of(recorder.operation)
    if gauge is None:
        return
    family, now = backend.families[gauge.name], backend.now

    def noting(status: Status) -> Callable[[], None]:
        child = family.child((*recorder.values, status.value))
        assert isinstance(child, prometheus_client.Gauge)
        note = child.set
        return lambda: note(now())

    returned, failed, cancelled = (noting(status) for status in Status)
    observe, succeeded = recorder.success
    recorder.local = None
    recorder.success = observe, _both(succeeded, returned)
    recorder.failures = {kind: _after(one, failed) for kind, one in recorder.failures.items()}
    recorder.cancelled = _after(recorder.cancelled, cancelled)


def _both(first: Callable[[], None] | None, second: Callable[[], None]) -> Callable[[], None]:
    if first is None:
        return second
    counted = first

    def both() -> None:
        counted()
        second()

    return both


def _after(record: Outcome, note: Callable[[], None]) -> Outcome:
    def recorded(seconds: float) -> None:
        record(seconds)
        note()

    return recorded
