"""Exemplars: the trace of a call, noted beside the bucket it fell into. Opt-in, and only where OpenTelemetry is there."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from signalproof.catalogue.instrumentation import Stage
from signalproof.errors import SignalproofError, caller
from signalproof.instrument.faults import blame

ExemplarOf = Callable[[str], dict[str, str] | None]
"""Takes the exposed prefix of an operation whose call ends now; gives the labels of the exemplar, if there is one."""


def sampled_span() -> ExemplarOf:
    """Return what gives trace and span of the span that is current when it is called, if that is a sampled one.

    Raises:
        SignalproofError: The OpenTelemetry API is not installed.
    """
    try:
        trace: Any = importlib.import_module("opentelemetry.trace")
    except ImportError:
        raise SignalproofError(
            "exemplars come from OpenTelemetry, which is not installed",
            "install opentelemetry-api, or leave exemplars=True out",
            where=caller(),
        ) from None
    current_span = trace.get_current_span

    def exemplar(operation: str) -> dict[str, str] | None:
        try:
            context = current_span().get_span_context()
            if not context.is_valid or not context.trace_flags.sampled:
                return None
            return {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}
        except Exception as fault:  # noqa: BLE001  # a broken tracer must not cost the call its record
            blame(operation, Stage.EXEMPLAR, fault)
            return None

    return exemplar
