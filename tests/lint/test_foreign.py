"""Files of others: what the house asks of its own files does not bind them, and what is not known is not held against them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from signalproof.config import Config
from signalproof.dashboard.foreign import queries_of
from signalproof.errors import Location
from signalproof.lint.examples import exposition
from signalproof.lint.finding import Finding, Severity
from signalproof.lint.fixes import fixes
from signalproof.lint.project import lint
from signalproof.lint.registry import all_rules
from signalproof.lint.shown import alert, dashboard, panel
from signalproof.promql.query import Query, Use

FIXED = panel("sum(rate(jobs_total[5m]))", kind="timeseries")
SHORT = panel("sum(rate(jobs_total[20s]))", kind="timeseries")
UNOWNED = alert("queue_length > 10", owner="")


def _lint(*queries: Query, **options: Any) -> list[tuple[str, Severity]]:
    return [(one.code, one.severity) for one in lint(queries, exposition(), **options).findings]


def _of(*texts: str, foreign: bool) -> tuple[Finding, ...]:
    read = [dashboard(text) for text in texts]
    queries = [query for one in read for query in queries_of(one)]
    return lint(queries, exposition(), dashboards=read, foreign=foreign).findings


@pytest.mark.parametrize("query", [FIXED, UNOWNED])
def test_a_rule_of_the_house_is_for_its_own_files(query: Query) -> None:
    assert [severity for _, severity in _lint(query)] == [Severity.WARNING]
    assert _lint(query, foreign=True) == []


def test_how_often_others_scrape_is_not_known_until_somebody_says_so() -> None:
    said = Config(Path(), said=frozenset({"scrape_interval"}))
    assert _lint(SHORT) == [("R001", Severity.ERROR)]
    assert _lint(SHORT, foreign=True) == []
    assert _lint(SHORT, foreign=True, config=said) == [("R001", Severity.ERROR)]


UNUSED = """{"uid": "a", "title": "Jobs",
  "templating": {"list": [{"type": "query", "name": "queue", "query": "label_values(queue_length, queue)"}]},
  "panels": [{"title": "Waiting", "targets": [{"expr": "sum(queue_length)"}]}]}"""
OVERRIDE = """{"title": "Jobs", "panels": [{"type": "timeseries", "title": "Jobs",
  "targets": [{"expr": "sum(queue_length)", "legendFormat": "waiting"}],
  "fieldConfig": {"overrides": [{"matcher": {"id": "byName", "options": "running"}}]}}]}"""
OTHER = (
    '{"uid": "a", "title": "Calls", "panels": [{"title": "Calls", "targets": [{"expr": "sum(workers)"}]}]}'
)


@pytest.mark.parametrize(
    ("code", "texts"), [("G003", (UNUSED,)), ("G005", (OVERRIDE,)), ("D010", (UNUSED, OTHER))]
)  # fmt: skip
def test_in_files_of_others_it_is_worth_knowing_and_no_more(code: str, texts: tuple[str, ...]) -> None:
    for foreign, severity in ((False, Severity.WARNING), (True, Severity.INFO)):
        found = [one.severity for one in _of(*texts, foreign=foreign) if one.code == code]
        assert found == [severity]


def test_an_alternative_of_a_dashboard_in_another_folder_keeps_its_uid(tmp_path: Path) -> None:
    old, new = UNUSED, UNUSED.replace("sum(queue_length)", "max(queue_length)")
    read = []
    for folder, text in (("v1", old), ("v2", new)):
        one = dashboard(text)
        read.append(type(one)(str(tmp_path / folder / "jobs.json"), one.uid, one.spec))
    codes = {one.code for one in lint([], exposition(), dashboards=read).findings}
    assert codes == {"G003"}
    beside = [type(one)(str(tmp_path / "v1" / f"{at}.json"), one.uid, one.spec) for at, one in enumerate(read)]  # fmt: skip
    codes = {one.code for one in lint([], exposition(), dashboards=beside).findings}
    assert codes == {"G003", "D010"}


def test_a_window_is_never_changed_by_a_fix() -> None:
    found = lint([FIXED, SHORT], exposition()).findings
    assert [one.fix for one in found] == [None, None]
    assert fixes(found).files == {}
    assert [one.code for one in all_rules() if one.fixable and one.code.startswith("R001")] == []


DESCRIBED = """{"panels": [{"type": "timeseries", "title": "Jobs", "description": "%s",
  "targets": [{"refId": "A", "expr": "sum(rate(jobs_total[5m]))"}]}]}"""


@pytest.mark.parametrize(
    ("description", "codes"),
    [("Jobs of the last 5 minutes.", []), ("Jobs of the last hour.", ["R001"]), ("", ["R001"])],
)
def test_a_description_may_name_the_window(description: str, codes: list[str]) -> None:
    assert [one.code for one in _of(DESCRIBED % description, foreign=False)] == codes


STYLED = """{"panels": [{"type": "%s", "title": "Hits", "targets": [{"refId": "A", "expr": "cache_hit_ratio"}], %s
  "fieldConfig": {"defaults": {%s "thresholds": {"steps": [{"value": 70}]}}, "overrides": [%s]}}]}"""
_CELLS = '"custom": {"cellOptions": {"type": "%s"}},'
_OVERRIDE = '{"matcher": {"id": "byName"}, "properties": [{"id": "custom.cellOptions", "value": {}}]}'


@pytest.mark.parametrize(
    ("kind", "options", "defaults", "overrides", "drawn"),
    [
        ("stat", "", "", "", True),
        ("stat", '"options": {"colorMode": "none"},', "", "", False),
        ("gauge", "", "", "", True),
        ("timeseries", "", "", "", False),
        ("timeseries", "", '"color": {"mode": "thresholds"},', "", True),
        ("table", "", _CELLS % "auto", "", False),
        ("table", "", _CELLS % "color-background", "", True),
        ("table", "", _CELLS % "auto", _OVERRIDE, True),
        ("table", "", "", "", False),
    ],
)
def test_a_threshold_counts_where_it_is_drawn(
    kind: str, options: str, defaults: str, overrides: str, drawn: bool
) -> None:
    found = [one.code for one in _of(STYLED % (kind, options, defaults, overrides), foreign=True)]
    assert found == (["U003"] if drawn else [])


@pytest.mark.parametrize(("kind", "codes"), [("stat", []), ("gauge", []), ("timeseries", ["U003"])])
def test_the_threshold_that_grafana_writes_into_every_panel_counts_only_as_a_line(
    kind: str, codes: list[str]
) -> None:
    untouched = STYLED.replace("70", "80") % (
        kind,
        "",
        '"custom": {"thresholdsStyle": {"mode": "line"}},',
        "",
    )
    assert [one.code for one in _of(untouched, foreign=True)] == codes


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("sum by (job) (shop_orders) / shop_limit", Severity.WARNING),
        ("shop_limit > 1 and sum by (job) (shop_orders)", Severity.WARNING),
        ('sum by (job) (shop_orders) / shop_limit{instance=~".+"}', Severity.ERROR),
        ("sum by (job) (queue_length) / memory_limit_bytes", Severity.ERROR),
    ],
)
def test_the_instance_of_a_metric_that_nobody_described_is_taken_for_granted(
    text: str, severity: Severity
) -> None:
    world = replace(exposition(), complete=False)
    found = lint([panel(text)], world).findings
    assert [(one.code, one.severity) for one in found] == [("V001", severity)]


@pytest.mark.parametrize(
    "text",
    [
        "sum by (job) (shop_orders) / job:shop_limit:sum",
        'sum by (job) (shop_orders) / shop_limit{instance=""}',
    ],
)
def test_what_may_lack_its_instance_may_meet_an_aggregate(text: str) -> None:
    assert lint([panel(text)], replace(exposition(), complete=False)).findings == ()


REPEATED = """{"templating": {"list": [{"type": "query", "name": "queue", "multi": true, "query": ""}]}, "panels": [%s]}"""
_PANEL = (
    '{"type": "stat", "title": "Waiting", %s "targets": [{"expr": "sum(queue_length{queue=\\"$queue\\"})"}]}'
)


@pytest.mark.parametrize(
    ("panels", "codes"),
    [
        (_PANEL % "", ["G003"]),
        (_PANEL % '"repeat": "queue",', []),
        ('{"type": "row", "repeat": "queue", "collapsed": true, "panels": [%s]}' % (_PANEL % ""), []),
        ('{"type": "row", "repeat": "queue", "panels": []}, %s' % (_PANEL % ""), []),
    ],
)
def test_a_variable_has_one_value_in_what_is_repeated_for_it(panels: str, codes: list[str]) -> None:
    assert [one.code for one in _of(REPEATED % panels, foreign=True)] == codes


def test_rules_of_several_files_that_read_each_other_are_alternatives_in_files_of_others() -> None:
    one = Query("b", Location("old-to-new.yml"), Use.RECORDING, "g", "a")
    other = Query("a", Location("new-to-old.yml"), Use.RECORDING, "g", "b")
    beside = [one, Query("a", Location("old-to-new.yml"), Use.RECORDING, "g", "b")]
    assert "RR004" not in {found.code for found in lint([one, other], exposition(), foreign=True).findings}
    assert "RR004" in {found.code for found in lint([one, other], exposition()).findings}
    assert "RR004" in {found.code for found in lint(beside, exposition(), foreign=True).findings}


def test_a_variable_may_list_what_raw_counters_have() -> None:
    listed = Query("sum by (queue) (jobs_total)", Location("d"), Use.VARIABLE, label="queue")
    assert "T004" not in {found.code for found in lint([listed], exposition(), foreign=True).findings}
