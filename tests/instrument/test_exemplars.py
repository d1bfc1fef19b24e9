"""Exemplars: the trace of a call beside its bucket, only when asked for and only of sampled spans."""

from __future__ import annotations

import re
import sys
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.instrumentation import FAULTS, Stage, Tracked
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.operation import Request
from signalproof.errors import SignalproofError
from signalproof.instrument import serve, track_request
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


class Ticks:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


_STAMP = re.compile(r"(# \{span_id=.*?\} \S+) [\d.]+$", re.MULTILINE)


@settings(max_examples=30, deadline=None)  # a slow machine is no fault
@given(st.lists(st.tuples(st.floats(0, 40), st.booleans(), st.booleans()), max_size=12))
def test_both_backends_keep_the_same_exemplars(calls: list[tuple[float, bool, bool]]) -> None:
    pages = []
    for backend in BACKENDS:
        span, clock = _Context(), Ticks()
        with pytest.MonkeyPatch.context() as patch:
            _opentelemetry(patch, partial(_Span, span))
            with record(CATALOGUE, backend, exemplars=True, clock=clock) as recorded:
                for seconds, sampled, fails in calls:
                    span.span_id += 1
                    span.trace_flags = _Flags(sampled)
                    with suppress(KeyError), track_request(WORK):
                        clock.now += seconds
                        if fails:
                            raise KeyError
                pages.append(_STAMP.sub(r"\1", recorded.openmetrics()))
    assert pages[0] == pages[1]


def _with_the_real_api(sampled: bool) -> Any:
    """Return a ``with`` block in which a span of the real OpenTelemetry API is the current one."""
    trace = pytest.importorskip("opentelemetry.trace")
    flags = trace.TraceFlags(trace.TraceFlags.SAMPLED if sampled else trace.TraceFlags.DEFAULT)
    return trace.use_span(trace.NonRecordingSpan(trace.SpanContext(0xABC, 0xDEF, False, flags)))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("sampled", [True, False])
def test_the_real_api_gives_exemplars_of_sampled_spans_only(backend: Any, sampled: bool) -> None:
    with record(CATALOGUE, backend, exemplars=True, clock=iter([0.0, 0.2]).__next__) as recorded:
        with _with_the_real_api(sampled):
            track_request(WORK)(lambda: 1)()
        assert _exemplars(recorded.openmetrics()) == (["0.25"] if sampled else [])


@pytest.mark.parametrize("backend", BACKENDS)
def test_whoever_asks_for_openmetrics_is_served_the_exemplars(backend: Any) -> None:
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
    with record(CATALOGUE, backend, exemplars=True), serve(0) as server:
        with _with_the_real_api(sampled=True):
            track_request(WORK)(lambda: 1)()
        with urllib.request.urlopen(urllib.request.Request(server.url, headers=accept), timeout=20) as answer:
            page = answer.read().decode()
    found = [
        sample.exemplar.labels
        for family in read_openmetrics(page)  # type: ignore[no-untyped-call]  # prometheus_client left it untyped
        for sample in family.samples
        if sample.exemplar
    ]
    assert found == [{"trace_id": f"{0xABC:032x}", "span_id": f"{0xDEF:016x}"}]


def test_asking_for_exemplars_without_opentelemetry_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", None)
    with pytest.raises(SignalproofError, match="which is not installed"), record(CATALOGUE, exemplars=True):
        pass
