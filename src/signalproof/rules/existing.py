"""Rules that somebody already has, written down as they were found: rendered word for word, and not proven.

They are linted like those of anybody else's rule file. A rule that keeps what this project asks of one, a name that says
what it computes or a scenario that shows when it fires, is declared with `signalproof.rules.recording` or `.alert` instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from signalproof.durations import duration
from signalproof.errors import Location, SignalproofError, caller
from signalproof.promql.expr import Expr
from signalproof.rules import recording


@dataclass(frozen=True, eq=False)
class RecordingRule(recording.RecordingRule):
    """A recording rule that exists already: it may have any name, and needs no help text.

    Raises:
        SignalproofError: Prometheus could not record under that name.
    """

    existing = True

    help: str = ""

    def _check(self) -> None:
        if not re.fullmatch(r"[a-zA-Z_:][a-zA-Z0-9_:]*", self.record):
            raise SignalproofError(
                f"{self.record!r} is no name of a metric", "write letters, digits, _ and :", where=self.where
            )


@dataclass(frozen=True, eq=False)
class Alert:
    """An alert that exists already; its labels and annotations are templates of Prometheus, as they stand in its file.

    Attributes:
        name: As in the file.
        expr: The condition.
        for_: How long it must hold; empty where it fires at once.
        keep_firing_for: How long it goes on after the condition has ended; empty for not at all.
        labels: As in the file, ``severity`` among them.
        annotations: As in the file.
        where: The declaration.

    Raises:
        SignalproofError: It has no name, or a length of time is none.
    """

    existing: ClassVar[bool] = True

    name: str
    expr: Expr
    for_: str = field(default="", kw_only=True)
    keep_firing_for: str = field(default="", kw_only=True)
    labels: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    annotations: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    where: Location = field(default_factory=caller, kw_only=True)

    def __post_init__(self) -> None:
        if not self.name:
            raise SignalproofError("an alert has no name", "give it the one of its file", where=self.where)
        for one in (self.for_, self.keep_firing_for):
            if one not in ("", "0") and duration(one) is None:
                raise SignalproofError(
                    f"alert {self.name}: {one!r} is no length of time", "write 5m or 1h30m", where=self.where
                )

    @property
    def for_seconds(self) -> float:
        """How long the condition must hold, in seconds."""
        return duration(self.for_) or 0.0

    @property
    def written_labels(self) -> Mapping[str, str]:
        """The labels that the rule adds to every alert it raises."""
        return self.labels
