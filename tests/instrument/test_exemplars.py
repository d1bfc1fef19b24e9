"""Exemplars: the trace of a call beside its bucket, only when asked for and only of sampled spans."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.instrumentation import FAULTS, Stage, Tracked
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.operation import Request
from signalproof.errors import SignalproofError
from signalproof.instrument import track_request
from signalproof.testing import record


class Failure(ClosedLabel, name="error_type"):
    OTHER = "other"


WORK = Request("work", "a piece of work", labels(), Failure, owner="app.work")
CATALOGUE = Catalogue.of_entries([WORK])
BACKENDS: list[Any] = ["client", "cells"]


@dataclass
class _Flags:
    sampled: bool = True


@dataclass
class _Context:
    """What OpenTelemetry's SpanContext has of interest."""

    trace_id: int = 0xABC
    span_id: int = 0xDEF
    is_valid: bool = True
    trace_flags: _Flags = field(default_factory=_Flags)


class _Span:
    def __init__(self, context: _Context) -> None:
        self._context = context

    def get_span_context(self) -> _Context:
        return self._context


def _opentelemetry(monkeypatch: pytest.MonkeyPatch, current_span: Callable[[], Any]) -> None:
    """Put an OpenTelemetry API in place whose current span is what *current_span* returns."""
    package, trace = ModuleType("opentelemetry"), ModuleType("opentelemetry.trace")
    vars(trace)["get_current_span"] = current_span
    monkeypatch.setitem(sys.modules, "opentelemetry", package)
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", trace)


def _exemplars(page: str) -> list[str]:
    return re.findall(r'_bucket{le="([^"]+)"} 1.0 # {span_id="0+def",trace_id="0+abc"} (\S+) \d+', page) and (
        re.findall(r'le="([^"]+)"} 1\.0 #', page)
    )


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_sampled_span_is_noted_beside_the_bucket_of_its_call(
    monkeypatch: pytest.MonkeyPatch, backend: Any
) -> None:
    _opentelemetry(monkeypatch, lambda: _Span(_Context()))
    with record(CATALOGUE, backend, exemplars=True, clock=iter([0.0, 0.2]).__next__) as recorded:
        track_request(WORK)(lambda: 1)()
        assert _exemplars(recorded.openmetrics()) == ["0.25"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_span_of_a_failed_call_is_noted_too(monkeypatch: pytest.MonkeyPatch, backend: Any) -> None:
    _opentelemetry(monkeypatch, lambda: _Span(_Context()))
    with record(CATALOGUE, backend, exemplars=True, clock=iter([0.0, 2.0]).__next__) as recorded:
        with pytest.raises(KeyError), track_request(WORK):
            raise KeyError
        assert _exemplars(recorded.openmetrics()) == ["2.5"]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("context", [_Context(trace_flags=_Flags(sampled=False)), _Context(is_valid=False)])
def test_no_other_span_is_noted(monkeypatch: pytest.MonkeyPatch, backend: Any, context: _Context) -> None:
    _opentelemetry(monkeypatch, lambda: _Span(context))
    with record(CATALOGUE, backend, exemplars=True) as recorded:
        track_request(WORK)(lambda: 1)()
        assert " # {" not in recorded.openmetrics()


@pytest.mark.parametrize("backend", BACKENDS)
def test_nobody_who_did_not_ask_gets_exemplars(monkeypatch: pytest.MonkeyPatch, backend: Any) -> None:
    _opentelemetry(monkeypatch, lambda: _Span(_Context()))
    with record(CATALOGUE, backend) as recorded:
        track_request(WORK)(lambda: 1)()
        assert " # {" not in recorded.openmetrics()


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_broken_tracer_costs_neither_the_caller_nor_the_record(
    monkeypatch: pytest.MonkeyPatch, backend: Any
) -> None:
    def broken() -> Any:
        raise RuntimeError("no tracer")

    _opentelemetry(monkeypatch, broken)
    with record(CATALOGUE, backend, exemplars=True) as recorded:
        assert track_request(WORK)(lambda: 1)() == 1
        fault = recorded.value(FAULTS, Tracked("work"), Stage.EXEMPLAR)
        assert (recorded.value(WORK.duration), fault) == (1, 1)


def test_asking_for_exemplars_without_opentelemetry_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", None)
    with pytest.raises(SignalproofError, match="which is not installed"), record(CATALOGUE, exemplars=True):
        pass
