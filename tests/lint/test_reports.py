"""Every report format: whole, readable by its reader, and harmless whatever the texts are."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalproof.errors import Location
from signalproof.lint.examples import exposition
from signalproof.lint.finding import Finding, Severity
from signalproof.lint.project import lint
from signalproof.lint.registry import all_rules
from signalproof.lint.report import FORMATS
from signalproof.lint.report.full import full
from signalproof.lint.report.json import json as as_json
from signalproof.promql.ast import Span
from signalproof.promql.query import Query, Use

QUERY = Query(
    "sum(rate(jobs_total{stauts!='x'}[5m]))",
    Location("dash.json", 7),
    Use.PANEL,
    "uid",
    "Jobs",
    "A",
    legend="{{queue}}",
)
FINDINGS = lint([QUERY], exposition()).findings

_TEXTS = st.text(max_size=40)


@st.composite
def _any_findings(draw: st.DrawFn) -> list[Finding]:
    text = draw(_TEXTS)
    start = draw(st.integers(0, len(text)))
    span = Span(start, draw(st.integers(start, len(text))))
    query = Query(
        text,
        Location(draw(_TEXTS), draw(st.integers(0, 9))),
        Use.PANEL,
        draw(_TEXTS),
        draw(_TEXTS),
        draw(_TEXTS),
    )
    severity = draw(st.sampled_from(list(Severity)))
    one = Finding(
        "M001", severity, draw(_TEXTS), draw(_TEXTS), query, span, draw(st.sampled_from(["", "legend"])), text
    )
    return [one] * draw(st.integers(0, 3))


def test_the_full_report_is_what_a_compiler_would_print() -> None:
    assert full(FINDINGS) == (
        "error[L001]: jobs_total has no label 'stauts'\n"
        "  --> dash.json:7\n"
        "   | uid › Jobs › A (panel)\n"
        "   |\n"
        "   | sum(rate(jobs_total{stauts!='x'}[5m]))\n"
        "   |                     ^^^^^^\n"
        "   = help: did you mean 'status'?\n"
        "\n"
        "warning[G001]: the result has no label 'queue': the legend stays empty there\n"
        "  --> dash.json:7\n"
        "   | uid › Jobs › A (panel)\n"
        "   | legend:\n"
        "   |\n"
        "   | {{queue}}\n"
        "   | ^^^^^^^^^\n"
        "   = help: it has no labels\n"
        "\n"
    )


def test_the_concise_report_has_a_line_per_finding() -> None:
    first, _ = FORMATS["concise"](FINDINGS).splitlines()
    assert first == (
        "dash.json:7: error L001 jobs_total has no label 'stauts' (did you mean 'status'?) [uid › Jobs › A (panel)]"
    )


def test_the_json_report_has_the_promised_fields() -> None:
    first, _ = json.loads(as_json(FINDINGS))
    assert first == {
        "code": "L001", "severity": "error", "message": "jobs_total has no label 'stauts'",
        "help": "did you mean 'status'?", "file": "dash.json", "line": 7, "column": 20, "end_column": 26,
        "dashboard": "uid", "panel": "Jobs", "target": "A", "expr": QUERY.text, "culprit": "stauts",
        "fingerprint": FINDINGS[0].fingerprint,
    }  # fmt: skip


def test_the_columns_of_a_culprit_cut_it_out_of_the_expression() -> None:
    first, _ = json.loads(as_json(FINDINGS))
    assert first["expr"][first["column"] : first["end_column"]] == first["culprit"]


def test_the_sarif_log_points_to_its_rules() -> None:
    [run] = json.loads(FORMATS["sarif"](FINDINGS))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[one["ruleIndex"]]["id"] for one in run["results"]] == [one.code for one in FINDINGS]


def test_the_sarif_log_lists_every_rule() -> None:
    [run] = json.loads(FORMATS["sarif"]([]))["runs"]
    assert [one["id"] for one in run["tool"]["driver"]["rules"]] == [rule.code for rule in all_rules()]


def test_the_same_fault_twice_has_two_sarif_fingerprints() -> None:
    [run] = json.loads(FORMATS["sarif"]([*FINDINGS, *FINDINGS]))["runs"]
    prints = [one["partialFingerprints"]["signalproof/v1"] for one in run["results"]]
    assert len(set(prints)) == 4


def test_a_github_command_is_one_line_with_escaped_properties() -> None:
    query = Query("nothing", Location("a,b:c.json", 3), Use.PANEL, "d", "50% slow\nness")
    [line] = FORMATS["github"](lint([query], exposition()).findings).splitlines()
    assert line.startswith(
        "::error file=a%2Cb%3Ac.json,line=3,title=M001 d › 50%25 slow\\nness (panel)::unknown metric"
    )


def test_a_gitlab_issue_has_the_required_fields() -> None:
    first, _ = json.loads(FORMATS["gitlab"](FINDINGS))
    assert (first["check_name"], first["severity"], first["location"]) == (
        "L001",
        "major",
        {"path": "dash.json", "lines": {"begin": 7}},
    )


def test_a_junit_suite_has_a_failed_case_per_finding() -> None:
    suite = ET.fromstring(FORMATS["junit"](FINDINGS))
    assert (suite.get("failures"), len(suite.findall("testcase/failure"))) == ("2", 2)


def test_a_junit_suite_without_findings_passes() -> None:
    suite = ET.fromstring(FORMATS["junit"]([]))
    assert (suite.get("tests"), suite.get("failures"), len(suite.findall("testcase"))) == ("1", "0", 1)


def test_a_long_expression_is_cut_around_the_culprit() -> None:
    query = Query(" + ".join(["sum(workers)"] * 60 + ["nothing"]), Location("f", 1))
    lines = full(lint([query], exposition()).findings).splitlines()
    at = next(number for number, line in enumerate(lines) if "^" in line)
    shown, carets = lines[at - 1][5:], lines[at][5:]
    assert len(shown) < 170
    assert shown[carets.index("^") : carets.rindex("^") + 1] == "nothing"


def test_only_the_line_of_the_culprit_is_shown() -> None:
    query = Query("sum(workers)\n  + nothing\n  + 1", Location("f", 1))
    text = full(lint([query], exposition()).findings)
    assert re.findall(r"^   \| ( .*)$", text, re.MULTILINE) == [
        "   + nothing".removeprefix(" "),
        "    ^^^^^^^",
    ]


@given(_any_findings())
def test_the_machine_formats_are_read_back_whatever_the_texts_are(findings: list[Finding]) -> None:
    for name in ("json", "sarif", "gitlab"):
        assert json.loads(FORMATS[name](findings)) is not None
    suite = ET.fromstring(FORMATS["junit"](findings))
    assert suite.get("failures") == str(len(findings))


@pytest.mark.parametrize("name", ["concise", "github"])
@given(findings=_any_findings())
def test_the_line_formats_have_one_line_per_finding(name: str, findings: list[Finding]) -> None:
    text = FORMATS[name](findings)
    assert text.count("\n") == len(findings)


@given(_any_findings())
def test_the_full_report_never_fails(findings: list[Finding]) -> None:
    said = {(one.message, one.help, one.culprit) for one in findings}
    assert full(findings).count("[M001]: ") >= len(said)


def test_what_is_wrong_in_the_same_words_is_said_once_with_its_places() -> None:
    queries = [Query("nothing_total", Location("d.json", line), panel=f"p{line}") for line in range(1, 8)]
    text = full(lint(queries, exposition()).findings)
    assert text.count("error[M001]") == 1
    assert "= also at d.json:2 (p2), d.json:3 (p3), d.json:4 (p4), d.json:5 (p5) and 2 more\n" in text


def test_the_worst_is_said_first() -> None:
    queries = [Query("queue_length offset 4w", Location("a")), Query("nothing_total", Location("b"))]
    text = full(lint(queries, exposition()).findings)
    assert text.startswith("error[M001]")
    assert "warning[R005]" in text
