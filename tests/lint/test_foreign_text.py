"""Reports of findings about texts of strangers: whole for their readers, and harmless for whoever prints them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.foreign_text import HALF, TEXTS, harm

from signalproof.errors import Location, SignalproofError
from signalproof.lint.baseline import baseline_of
from signalproof.lint.finding import Finding, Report, Severity
from signalproof.lint.report import FORMATS, WHOLE
from signalproof.promql.ast import Span
from signalproof.promql.query import Query, Use

ALL = (*FORMATS, *WHOLE)


@st.composite
def _findings(draw: st.DrawFn) -> list[Finding]:
    text = draw(TEXTS)
    start = draw(st.integers(0, len(text)))
    where = Location(draw(TEXTS), draw(st.integers(0, 9)))
    query = Query(text, where, Use.PANEL, draw(TEXTS), draw(TEXTS), draw(TEXTS), title=draw(TEXTS))
    span = Span(start, draw(st.integers(start, len(text))))
    part = draw(st.one_of(st.just(""), TEXTS))
    return [Finding("M001", Severity.ERROR, draw(TEXTS), draw(TEXTS), query, span, part, text)]


def _report(name: str, findings: list[Finding]) -> str:
    return WHOLE[name](Report(tuple(findings))) if name in WHOLE else FORMATS[name](findings)


@pytest.mark.parametrize("name", ALL)
@given(findings=_findings())
def test_every_format_can_be_written_as_utf_8_whatever_the_texts_are(
    name: str, findings: list[Finding]
) -> None:
    written = _report(name, findings)
    assert written.encode().decode() == written


@pytest.mark.parametrize("name", [one for one in ALL if one != "github"])
@given(findings=_findings())
def test_no_format_does_anything_to_a_terminal_or_a_log(name: str, findings: list[Finding]) -> None:
    assert harm(_report(name, findings)) == []


@given(findings=_findings())
def test_a_github_command_is_the_only_one_of_its_line(findings: list[Finding]) -> None:
    [line, rest] = FORMATS["github"](findings).split("\n")
    assert (line.startswith("::error file="), rest, harm(line.removeprefix("::"))) == (True, "", [])


@pytest.mark.parametrize("name", ["json", "json-summary", "sarif", "gitlab"])
@given(findings=_findings())
def test_json_of_any_texts_is_read_by_a_reader_that_refuses_halves(
    name: str, findings: list[Finding]
) -> None:
    texts = json.dumps(json.loads(_report(name, findings)), ensure_ascii=False)
    assert not [one for one in texts if "\ud800" <= one <= "\udfff"]


@given(_findings())
def test_junit_of_any_texts_is_xml(findings: list[Finding]) -> None:
    assert ET.fromstring(_report("junit", findings).encode()).get("failures") == "1"


@given(_findings())
def test_a_baseline_of_any_texts_is_read_back(findings: list[Finding]) -> None:
    broken = [SignalproofError(one.message, where=one.query.where) for one in findings]
    assert len(json.loads(baseline_of(findings, broken).encode())) == 2


def test_the_columns_of_the_json_format_point_into_the_text_as_it_is_written() -> None:
    query = Query(f'a{{b="{HALF}"}} + wrong', Location("f", 1))
    at = query.text.index("wrong")
    [one] = json.loads(FORMATS["json"]([_wrong(query, at)]))
    assert one["expr"][one["column"] : one["end_column"]] == "wrong"


def test_the_carets_stand_below_what_is_written_out() -> None:
    query = Query("a\x1b + wrong\u202e", Location("f", 1))
    lines = FORMATS["full"]([_wrong(query, query.text.index("wrong"), len("wrong\u202e"))]).splitlines()
    assert lines[4:6] == [r"   | a\x1b + wrong\u202e", "   |         ^^^^^^^^^^^"]


def _wrong(query: Query, at: int, length: int = 5) -> Finding:
    return Finding("M001", Severity.ERROR, "unknown", "", query, Span(at, at + length))


def test_a_file_whose_name_is_no_utf_8_has_its_bytes_in_the_sarif_log() -> None:
    query = Query("wrong", Location("caf\udce9 1.json", 1))
    [run] = json.loads(FORMATS["sarif"]([_wrong(query, 0)]))["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "caf%E9%201.json"
