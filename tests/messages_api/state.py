"""What the local Messages API was told to do, and what it has seen."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from typing import Any

_LONGEST_SECONDS = 60.0
"""After which a call that waits for others is answered all the same."""


@dataclass
class State:
    """What the server was told and what it has seen.

    Attributes:
        seconds: How long an answer takes.
        together: No call is answered before so many have been there at the same time.
        fail: Share of the calls that end as overloaded.
        key: The only key that is let in; empty lets every key in.
        script: What the next calls get, one entry each.
        always: What every call gets while the script is empty.
        calls: Every call: path, headers of interest, body, when.
        running: Calls being answered.
        peak: Most calls that were answered at the same time.
    """

    seconds: float = 0.0
    together: int = 0
    fail: float = 0.0
    key: str = ""
    script: list[dict[str, Any]] = field(default_factory=list)
    always: dict[str, Any] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)
    running: int = 0
    peak: int = 0
    lock: threading.Condition = field(default_factory=threading.Condition)
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def next(self) -> dict[str, Any]:
        """Return what the call gets that just arrived."""
        with self.lock:
            self.running += 1
            self.peak = max(self.peak, self.running)
            self.lock.notify_all()
            self.lock.wait_for(lambda: self.peak >= self.together, _LONGEST_SECONDS)
            if self.script:
                return self.script.pop(0)
            if self.fail and self.chance.random() < self.fail:
                return {"do": "error", "status": 529}
            return dict(self.always)

    def done(self) -> None:
        """Note that the answer of a call is ready."""
        with self.lock:
            self.running -= 1

    def control(self, told: dict[str, Any]) -> dict[str, Any]:
        """Do as *told* and return what is to be known."""
        with self.lock:
            if told.get("forget"):
                self.calls.clear()
                self.script, self.always, self.peak = [], {}, self.running
                self.seconds = self.fail = 0.0
                self.together, self.key = 0, ""
            for name in ("seconds", "together", "fail", "key", "script", "always"):
                if name in told:
                    setattr(self, name, told[name])
            self.lock.notify_all()
            return {"calls": list(self.calls), "left": len(self.script), "peak": self.peak}
