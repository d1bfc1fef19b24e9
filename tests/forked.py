"""Programs that are forked from a process that has imported what they need: that takes longer than what they then do."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from multiprocessing import get_context

_FORKING = get_context("forkserver")
_FORKING.set_forkserver_preload(
    [
        "pytest",
        __name__,
        "ai_deployer.commands",
        "ai_deployer.strategies.docker",
        "ai_deployer.strategies.kubernetes",
        "ai_deployer.strategies.ssh",
        "ai_planner.bounds",
        "ai_planner.commands",
    ]
)


def end_of(program: Callable[..., None], environment: Mapping[str, str], *arguments: object) -> int | None:
    """Return how a process ended that has nothing but that *environment* and calls *program*; None after a minute."""
    process = _FORKING.Process(target=_run, args=(program, dict(environment), arguments))
    process.start()
    process.join(60)
    if process.is_alive():
        process.kill()
        process.join()
        return None
    return process.exitcode


def _run(program: Callable[..., None], environment: Mapping[str, str], arguments: tuple[object, ...]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    program(*arguments)
