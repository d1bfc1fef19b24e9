"""What a test of the logs must leave behind as it was."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture
def logs_restored() -> Iterator[None]:
    """Restores the configuration of structlog and of the standard library's logging."""
    import structlog

    root = logging.getLogger()
    handlers = root.handlers[:]
    levels = {one: one.level for one in _loggers()}
    yield
    root.handlers[:] = handlers
    for logger in _loggers():
        logger.setLevel(levels.get(logger, logging.NOTSET))
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def _loggers() -> list[logging.Logger]:
    named = logging.Logger.manager.loggerDict.values()
    return [logging.getLogger(), *(one for one in named if isinstance(one, logging.Logger))]
