"""Annotations of dashboards in every form Grafana writes: what is marked is judged alike."""

from __future__ import annotations

import json
from typing import Any

import pytest

from signalproof.catalogue.exposition import Exposition
from signalproof.dashboard.foreign import dashboards, queries_of
from signalproof.documents import read_json
from signalproof.lint.project import lint

_SOURCE = {"type": "prometheus", "uid": "metrics"}
_PANEL = {"title": "Waiting", "targets": [{"refId": "A", "expr": "sum(queue_length)"}]}


def _old(expr: str, **fields: Any) -> Any:
    """Return a dashboard as Grafana 6 wrote it."""
    annotation = {"name": "ended", "datasource": "Prometheus", "expr": expr, **fields}
    return {"title": "Jobs", "annotations": {"list": [annotation]}, "panels": [_PANEL]}


def _classic(expr: str, **fields: Any) -> Any:
    annotation = {"name": "ended", "datasource": _SOURCE, "target": {"expr": expr, "refId": "Anno"}, **fields}
    return {"title": "Jobs", "annotations": {"list": [annotation]}, "panels": [_PANEL]}


def _v1(expr: str, **fields: Any) -> Any:
    return {
        "apiVersion": "dashboard.grafana.app/v1beta1",
        "metadata": {"name": "jobs"},
        "spec": _classic(expr, **fields),
    }


def _v2(expr: str, *, enable: bool = True, **fields: Any) -> Any:
    query = {"kind": "DataQuery", "group": "prometheus", "version": "v0", "spec": {"expr": expr}}
    annotation = {"name": "ended", "query": query, "enable": enable, "hide": False, "legacyOptions": fields}
    spec = {"title": "Jobs", "annotations": [{"kind": "AnnotationQuery", "spec": annotation}], "elements": {}}
    return {"apiVersion": "dashboard.grafana.app/v2beta1", "metadata": {"name": "jobs"}, "spec": spec}


each_form = pytest.mark.parametrize("form", [_old, _classic, _v1, _v2])


def _messages(tree: Any) -> list[str]:
    [found] = dashboards([read_json(json.dumps(tree), "jobs.json")], "jobs.json")
    queries = list(queries_of(found))
    return [one.message for one in lint(queries, Exposition({}, complete=False), select=["D015"]).findings]


@each_form
def test_an_increase_over_a_window_is_found_in_every_form(form: Any) -> None:
    [message] = _messages(form("increase(jobs_total[5m]) > 0"))
    assert "above 0 for 5m after each event" in message


@each_form
def test_an_annotation_that_is_switched_off_is_left_alone_in_every_form(form: Any) -> None:
    assert _messages(form("increase(jobs_total[5m]) > 0", enable=False)) == []


@each_form
def test_seconds_where_milliseconds_are_wanted_are_found_in_every_form(form: Any) -> None:
    [message] = _messages(form("max(last_run_timestamp_seconds)", useValueForTime=True))
    assert "January 1970" in message


@each_form
def test_milliseconds_are_right_in_every_form(form: Any) -> None:
    assert _messages(form("max(last_run_timestamp_seconds) * 1000", useValueForTime=True)) == []


@pytest.mark.parametrize("said", [{"step": "5m"}, {"target": {"interval": "5m", "expr": "increase(x[5m])"}}])
def test_a_window_that_is_the_step_marks_the_step_alone(said: dict[str, Any]) -> None:
    assert _messages(_classic("increase(x[5m])", **said)) == []


def test_the_moment_of_a_mark_may_be_said_by_a_condition() -> None:
    assert _messages(_classic("(last_run_timestamp_seconds > time() - 60) * 1000")) == []
