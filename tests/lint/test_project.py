"""Running the rules: selection, suppressions, baseline, recording rules that are followed, order, counts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from signalproof.config import Config, LintConfig
from signalproof.errors import Location, SignalproofError
from signalproof.lint.baseline import baseline_of, read_baseline
from signalproof.lint.examples import exposition
from signalproof.lint.finding import Report, Severity
from signalproof.lint.project import lint
from signalproof.lint.registry import all_rules, find_rule
from signalproof.lint.report.json import json
from signalproof.lint.shown import alert, panel, recording
from signalproof.lint.suppressions import Suppressions
from signalproof.promql.query import Query, TemplateVariable, Use

HERE = Location("file", 1)
WRONG = 'rate(jobs_total{stauts="x"}[5m]) / nothing_total'


def _codes(report: Report) -> list[str]:
    return [one.code for one in report.findings]


def _lint(*texts: str | Query, **options: object) -> Report:
    queries = [one if isinstance(one, Query) else Query(one, HERE) for one in texts]
    return lint(queries, exposition(), **options)  # type: ignore[arg-type]  # each test names its options


def test_findings_stand_in_the_order_of_the_text() -> None:
    assert [(one.code, one.culprit) for one in _lint(WRONG).findings] == [
        ("L001", "stauts"),
        ("M001", "nothing_total"),
    ]


@pytest.mark.parametrize("word", ["L", "L001", "l001", "unknown-label"])
def test_a_rule_is_selected_by_code_beginning_or_slug(word: str) -> None:
    assert _codes(_lint(WRONG, select=(word,))) == ["L001"]


@pytest.mark.parametrize("word", ["M", "M001", "unknown-metric"])
def test_a_rule_is_ignored_by_code_beginning_or_slug(word: str) -> None:
    assert _codes(_lint(WRONG, ignore=(word,))) == ["L001"]


def test_the_configuration_selects_and_ignores() -> None:
    config = Config(Path(), lint=LintConfig(select=("L", "M"), ignore=("M",)))
    assert _codes(_lint(WRONG, config=config)) == ["L001"]


@pytest.mark.parametrize("option", ["select", "ignore"])
def test_a_word_that_names_no_rule_is_refused(option: str) -> None:
    with pytest.raises(SignalproofError, match="no lint rule is called 'L01x'") as caught:
        _lint(WRONG, **{option: ("L01x",)})
    assert "'L001'" in caught.value.help


def test_an_unknown_rule_cannot_be_explained() -> None:
    with pytest.raises(SignalproofError, match="no lint rule") as caught:
        find_rule("unknown-metrc")
    assert "unknown-metric" in caught.value.help


def test_a_report_on_nothing_says_so() -> None:
    report = _lint()
    assert (report.findings, report.queries, report.fails("info")) == ((), 0, False)


@pytest.mark.parametrize(("limit", "fails"), [("error", False), ("warning", True), ("info", True)])
def test_a_report_fails_from_a_severity_on(limit: str, fails: bool) -> None:
    assert _lint('workers{region!="apac"}').fails(limit) is fails


def test_the_counts_are_by_severity() -> None:
    assert _lint(WRONG).counts == {Severity.ERROR: 2, Severity.WARNING: 0, Severity.INFO: 0}


def test_an_allowed_finding_is_counted_and_left_out() -> None:
    query = Query("rate(nothing_total[5m])", HERE, allow={"M001": "comes with the next release"})
    report = _lint(query)
    assert (report.findings, report.suppressed) == ((), 1)


def test_an_allowance_is_used_when_any_query_of_the_panel_needs_it() -> None:
    allow = {"M001": "comes with the next release"}
    queries = [Query(text, HERE, Use.PANEL, "d", "p", allow=allow) for text in ("nothing_total", "workers")]
    assert _codes(_lint(*queries)) == []


def test_an_allowance_of_a_rule_that_is_not_in_force_is_not_unused() -> None:
    query = Query("workers", HERE, allow={"M001": "comes with the next release"})
    assert _codes(_lint(query, ignore=("M001",))) == []


def test_an_allowance_of_a_code_that_does_not_exist_is_unused() -> None:
    assert _codes(_lint(Query("workers", HERE, allow={"M0001": "a slip"}))) == ["S001"]


@pytest.mark.parametrize(("today", "codes"), [(date(2026, 5, 1), []), (date(2026, 5, 2), ["S002"])])
def test_an_allowance_ends_after_its_date(today: date, codes: list[str]) -> None:
    query = Query("nothing_total", HERE, allow={"M001": "until 2026-05-01"})
    suppressions = Suppressions([query], all_rules(), today)
    for finding in lint([Query("nothing_total", HERE)], exposition()).findings:
        suppressions.used.add(("file", "", "", finding.code))
    assert [one.code for one in suppressions.complaints()] == codes


@pytest.mark.parametrize(
    "place", ["dir/x.json", "x.json", "uid", "uid/Panel", "*.json", "uid/P*", "dir/x.json/Panel"]
)
def test_the_configuration_allows_a_finding_at_a_place(place: str) -> None:
    config = Config(Path(), lint=LintConfig(allow={place: {"M001": "theirs"}}))
    query = Query("nothing_total", Location("dir/x.json", 1), Use.PANEL, "uid", "Panel")
    report = _lint(query, config=config)
    assert (report.findings, report.suppressed) == ((), 1)


def test_an_allowance_of_the_configuration_for_another_place_covers_nothing_and_is_not_unused() -> None:
    config = Config(Path(), lint=LintConfig(allow={"other.json": {"M001": "theirs"}}))
    assert _codes(_lint("nothing_total", config=config)) == ["M001"]


def test_an_allowance_of_the_configuration_that_covers_nothing_is_found_there() -> None:
    config = Config(Path("root"), lint=LintConfig(allow={"file": {"M001": "theirs"}}))
    [finding] = _lint("workers", config=config).findings
    assert (finding.code, str(finding.where)) == ("S001", "root/pyproject.toml")


def test_a_date_that_does_not_exist_has_passed() -> None:
    query = Query("rate(nothing_total[5m])", HERE, allow={"M001": "until 2999-02-31"})
    assert _codes(_lint(query)) == ["S002"]


def test_a_baseline_leaves_out_what_it_knows(tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(baseline_of(_lint(WRONG).findings))
    report = _lint(WRONG, 'workers{region="apac"}', baseline=read_baseline(file))
    assert (_codes(report), report.baselined) == (["L002"], 2)


def test_the_json_report_is_a_baseline(tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(json(_lint(WRONG).findings))
    assert _lint(WRONG, baseline=read_baseline(file)).findings == ()


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"code": "M001"}]', "[" * 5000])
def test_what_is_no_baseline_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(text)
    with pytest.raises(SignalproofError):
        assert read_baseline(file) is None


def test_a_missing_baseline_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SignalproofError, match="cannot read"):
        read_baseline(tmp_path / "none.json")


def test_a_fingerprint_stays_when_lines_move() -> None:
    one, other = (lint([Query(WRONG, Location("f", line))], exposition()).findings[0] for line in (1, 99))
    assert one.fingerprint == other.fingerprint


def test_findings_at_two_places_have_two_fingerprints() -> None:
    findings = _lint("nothing_total + nothing_total").findings
    assert len({one.fingerprint for one in findings}) == len(findings) == 2


def test_a_recording_rule_is_known_to_the_other_queries() -> None:
    rule = recording("queue:jobs:rate5m", "sum by (queue) (rate(jobs_total[5m]))")
    assert _codes(_lint("max by (queue) (queue:jobs:rate5m)", rule)) == []


def test_what_a_recording_rule_leaves_is_known() -> None:
    rule = recording("queue:jobs:rate5m", "sum by (queue) (rate(jobs_total[5m]))")
    assert _codes(_lint(rule, "max by (status) (queue:jobs:rate5m)")) == ["L001"]


def test_a_recorded_rate_is_a_rate() -> None:
    rule = recording("queue:jobs:rate5m", "sum by (queue) (rate(jobs_total[5m]))")
    assert _codes(_lint(rule, "rate(queue:jobs:rate5m[5m])")) == ["T001"]


def test_rules_of_one_expression_record_the_same() -> None:
    text = "sum by (queue) (rate(jobs_total[5m]))"
    rules = [recording(name, text, group=name) for name in ("a:jobs:rate5m", "b:jobs:rate5m")]
    found = _lint(
        *rules, "sum by (status) (a:jobs:rate5m)", "sum by (status) (b:jobs:rate5m)", select=["L001"]
    )
    assert [one.culprit for one in found.findings] == ["status", "status"]


def test_rules_of_one_expression_over_a_recorded_series_wait_for_it() -> None:
    late = [recording(name, "sum by (queue) (z:jobs:rate5m)", group=name) for name in ("a:b:c", "b:c:d")]
    first = recording("z:jobs:rate5m", "sum by (status) (rate(jobs_total[5m]))", group="z")
    found = _lint(*late, first, "max by (queue) (a:b:c)", "max by (queue) (b:c:d)", select=["L001"])
    assert [(one.culprit, one.query.text[:3]) for one in found.findings] == [
        ("queue", "sum"),
        ("queue", "sum"),
        ("queue", "max"),
        ("queue", "max"),
    ]


def test_recording_rules_are_followed_in_any_order() -> None:
    rules = [recording("c:d", "sum(b:c)", group="1"), recording("b:c", "max by (queue) (a:b)", group="2")]
    rules.append(recording("a:b", "sum by (queue, job) (rate(jobs_total[5m]))", group="3"))
    assert _codes(_lint(*rules, 'b:c{job="x"}')) == ["L001"]


def test_a_name_that_two_rules_record_has_the_labels_of_both() -> None:
    rules = [
        recording("jobs:rate", f"sum by ({label}) (rate(jobs_total[5m]))") for label in ("queue", "status")
    ]
    assert _codes(_lint(*rules, "sum by (queue, status) (jobs:rate)")) == []


def test_a_rule_that_does_not_parse_still_records() -> None:
    assert _codes(_lint(recording("queue:jobs:rate5m", "sum by (queue"), "queue:jobs:rate5m")) == ["P001"]


def test_nothing_is_said_of_names_in_an_open_world() -> None:
    from signalproof.catalogue.exposition import Exposition

    report = lint([Query(WRONG, HERE)], Exposition({}, complete=False))
    assert report.findings == ()


@pytest.mark.parametrize(
    "text",
    [
        'jobs_total{queue=~"$queue"} > 0',
        "rate(jobs_total[$__rate_interval])",
        'sum({__name__=~"${prefix}_total"})',
    ],
)
def test_a_bare_query_may_hold_any_variable(text: str) -> None:
    assert _codes(_lint(text, select=("P", "L", "M", "G"))) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('workers{region=~"$region"}', []),
        ('workers{region=~"eu$SYS|eu"}', []),
        ('workers{region=~"$regoin"}', ["G003"]),
        ('workers{region=~"${regoin:regex}|eu"}', ["G003"]),
        ("topk($n, workers)", ["G003"]),
    ],
)
def test_a_dashboard_query_may_hold_its_own_variables(text: str, codes: list[str]) -> None:
    variables = {"region": TemplateVariable("region", multi=True)}
    assert _codes(_lint(panel(text, variables=variables), select=("P", "G"))) == codes


def test_a_silent_alert_is_excused_by_one_that_watches() -> None:
    watch = alert("up == 0", "Down")
    assert _codes(_lint(alert("sum(rate(jobs_total[5m])) == 0"), watch)) == []
