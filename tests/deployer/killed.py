"""A deployer that gets a SIGKILL just before or just after it writes a certain event."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from ai_deployer.commands import APPLICATION
from hive.application.command_line import run
from hive.storage import DeploymentQueue


def work(point: str, side: str) -> None:
    """Deploy, and die *side* (before, after) the event *point*."""
    for name in ("note", "move", "finish"):
        kind_of = (lambda *args: "finished") if name == "finish" else (lambda kind, *rest: str(kind))
        setattr(DeploymentQueue, name, _dying(getattr(DeploymentQueue, name), kind_of, point, side))
    run(APPLICATION, ["run", "--once", "--metrics-port", "0"])


def _dying(
    method: Callable[..., None], kind_of: Callable[..., str], point: str, side: str
) -> Callable[..., None]:
    def call(queue: DeploymentQueue, held: Any, *args: Any, **more: Any) -> None:
        here = kind_of(*args) == point
        if here and side == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        method(queue, held, *args, **more)
        if here:
            os.kill(os.getpid(), signal.SIGKILL)

    return call
