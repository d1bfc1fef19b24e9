"""Structured logs on stderr: one line for each event, with the correlation id of the task, without secrets."""

from __future__ import annotations

import logging
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from hive.application.redaction import Redactor
from signalproof.text import as_json, shown

_TALKATIVE = (
    "anthropic",
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "asyncssh",
    "docker",
    "urllib3",
    "kubernetes",
    "alembic",
)
"""Libraries that log each request; heard from ``warning`` on, unless everything is to be heard."""


_OF_LINES = ("exception", "stack")


class _RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    """Renders an event and takes the secrets out of the whole line, tracebacks and other libraries' words included."""

    def __init__(self, redact: Redactor, processors: list[Processor], shared: list[Processor]) -> None:
        super().__init__(foreign_pre_chain=shared, processors=processors)
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record))


def set_up_logs(level: str, format: str, redact: Redactor) -> None:  # noqa: A002  # the name of the setting
    """Send the events of structlog and of the standard library to stderr.

    Args:
        level: Least severe events that are logged.
        format: ``json`` or ``text``.
        redact: Takes out the secrets.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if format == "json":
        last += [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=as_json, sort_keys=True),
        ]
    else:
        last += [
            structlog.processors.format_exc_info,
            _shown,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_RedactingFormatter(redact, last, shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel("DEBUG" if level == "debug" else "WARNING")
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


class _Written(str):
    """What Python wrote already, and nobody has to quote."""

    __slots__ = ()
    __repr__ = str.__str__


def _shown(logger: object, method: str, event: EventDict) -> EventDict:
    """Return *event* such that all of it stays in its line, and its traceback in lines that no event begins with."""
    return {shown(name): _value(name, value) for name, value in event.items()}


def _value(name: str, value: object) -> object:
    if not isinstance(value, str):
        written = repr(value)
        return value if shown(written) == written else _Written(shown(written))
    if name in _OF_LINES:
        return textwrap.indent(shown(value, lines=True), "    ", lambda _: True)
    return shown(value)


@contextmanager
def correlated(correlation_id: str, **more: Any) -> Iterator[None]:
    """Put the *correlation_id*, and *more*, on every event that is logged within the ``with`` block."""
    with structlog.contextvars.bound_contextvars(correlation_id=correlation_id, **more):
        yield
