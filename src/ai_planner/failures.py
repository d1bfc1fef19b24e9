"""What went wrong with a call of Claude: whether it passes by itself, and under which type it is counted."""

from __future__ import annotations

import anthropic
import httpx2  # what the SDK speaks HTTP with: it hands on its errors as they are while an answer streams

from ai_planner.errors import UnavailableError
from hive.catalogue.labels import PlanningError

_OF_TYPE: dict[str, type[anthropic.APIStatusError]] = {
    "rate_limit_error": anthropic.RateLimitError,
    "overloaded_error": anthropic.OverloadedError,
    "api_error": anthropic.InternalServerError,
    "timeout_error": anthropic.InternalServerError,
}
"""Type in the body of an error → class, for errors that come in the middle of an answer, whose status is 200."""

_PASSING_STATUS = frozenset({408, 409, 429})
_TYPES = {one.value: one for one in PlanningError}


def as_sdk_error(error: Exception) -> Exception:
    """Return *error*, which broke an answer off, as the SDK would have raised it before the answer began."""
    if isinstance(error, anthropic.APIStatusError) and error.type in _OF_TYPE:
        return _OF_TYPE[error.type](error.message, response=error.response, body=error.body)
    if isinstance(error, httpx2.TimeoutException):
        return anthropic.APITimeoutError(request=error.request)
    if isinstance(error, httpx2.TransportError):
        return anthropic.APIConnectionError(message=f"the answer broke off: {error}", request=error.request)
    return error


def passes(error: Exception) -> bool:
    """Return whether the same request may well succeed later: Claude was not reached, or was too busy."""
    if isinstance(error, anthropic.APIStatusError):
        return (
            isinstance(error, tuple(_OF_TYPE.values()))
            or error.status_code >= 500
            or error.status_code in _PASSING_STATUS
        )
    return isinstance(error, anthropic.APIConnectionError | UnavailableError | TimeoutError)


def planning_error(error: BaseException) -> PlanningError:
    """Return the type under which the instrumentation counts *error*: the first class whose name is declared."""
    names = (kind.__name__ for kind in type(error).__mro__)
    return next((_TYPES[name] for name in names if name in _TYPES), PlanningError.OTHER)
