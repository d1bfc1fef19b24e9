"""A variable for the data source in every form Grafana writes: whether it says where to begin."""

from __future__ import annotations

import json
from typing import Any

import pytest

from signalproof.catalogue.exposition import Exposition
from signalproof.dashboard.foreign import dashboards
from signalproof.documents import read_json
from signalproof.lint.project import lint

_DEFAULT = {"text": "default", "value": "default"}


def _classic(**current: Any) -> Any:
    variable = {"type": "datasource", "name": "source", "query": "prometheus", **current}
    return {"title": "Jobs", "schemaVersion": 41, "templating": {"list": [variable]}, "panels": []}


def _v1(**current: Any) -> Any:
    body = {"apiVersion": "dashboard.grafana.app/v1beta1", "metadata": {"name": "jobs"}}
    return {**body, "spec": _classic(**current)}


def _v2(**current: Any) -> Any:
    variable = {"kind": "DatasourceVariable", "spec": {"name": "source", "pluginId": "prometheus", **current}}
    spec = {"title": "Jobs", "timeSettings": {"from": "now-6h"}, "variables": [variable], "elements": {}}
    return {"apiVersion": "dashboard.grafana.app/v2beta1", "metadata": {"name": "jobs"}, "spec": spec}


each_form = pytest.mark.parametrize("form", [_classic, _v1, _v2])


def _found(tree: Any) -> list[str]:
    read = list(dashboards([read_json(json.dumps(tree), "jobs.json")], "jobs.json"))
    found = lint([], Exposition({}, complete=False), dashboards=read, select=["D016"]).findings
    return [one.culprit for one in found]


@each_form
def test_a_variable_without_a_current_source_is_found_in_every_form(form: Any) -> None:
    assert _found(form()) == ["source"]


@each_form
def test_a_variable_that_begins_with_the_default_source_is_right_in_every_form(form: Any) -> None:
    assert _found(form(current=_DEFAULT)) == []


def test_a_part_of_a_dashboard_leaves_out_what_it_likes() -> None:
    part = _classic()
    del part["schemaVersion"]
    assert _found(part) == []
