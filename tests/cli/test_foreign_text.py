"""Dashboards and arguments of strangers on the command line: what they say is shown, and never done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from tests.foreign_text import HALF, HOSTILE, TEXTS, harm

from signalproof.cli.main import main

FORMATS = ("full", "concise", "json", "json-summary", "sarif", "github", "gitlab", "junit")
_ANY = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def _in_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.signalproof]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str, str]:
    capfd.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    out, err = capfd.readouterr()
    return ended.value.code, out, err


def dashboard(title: str, expr: str, legend: str = "") -> str:
    target = {"refId": "A", "expr": expr, "legendFormat": legend}
    panel = {"id": 1, "type": "timeseries", "title": title, "targets": [target]}
    return json.dumps({"uid": "d", "title": title, "schemaVersion": 39, "panels": [panel]})


@pytest.mark.parametrize("format_", FORMATS)
def test_half_a_character_in_a_title_and_an_expression_is_reported(
    format_: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "d.json").write_text(dashboard(f"Jobs {HALF}", f'rate(jobs_total{{queue="{HALF}"}}[5m])'))
    code, out, err = run(capfd, "lint", "d.json", "--format", format_)
    assert (code, "Traceback" in err, "P001" in out) == (1, False, True)


def test_a_title_starts_no_command_of_a_log(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    title = "Jobs\n::error file=x::gotcha\n##[add-mask]x"
    (tmp_path / "d.json").write_text(dashboard(title, "rate(jobs_total"))
    _, out, err = run(capfd, "lint", "d.json", "--verbose")
    assert ("gotcha" in out, harm(out + err)) == (True, [])


@pytest.mark.parametrize("format_", FORMATS)
@_ANY
@given(title=TEXTS, expr=TEXTS)
def test_whatever_a_dashboard_says_is_reported_without_a_traceback(
    format_: str, title: str, expr: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "d.json").write_text(dashboard(title, f"{expr}\n+", title))  # a comment ends with its line
    code, out, err = run(capfd, "lint", "d.json", "--format", format_, "--verbose")
    commands = "".join(line.removeprefix("::") for line in out.splitlines(keepends=True))
    assert (code, harm((commands if format_ == "github" else out) + err)) == (1, [])


@pytest.mark.parametrize("text", [one for one in HOSTILE if "\0" not in one and len(one) < 200])
def test_an_argument_is_named_in_a_mistake_and_not_obeyed(
    text: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for arguments in (
        ("explain", f"x{text}"),
        ("lint", "--format", text),
        ("lint", f"no{text}"),
        (text, "x"),
    ):
        code, out, err = run(capfd, *arguments)
        assert (code, out, harm(err)) == (2, "", [])


def test_a_file_whose_name_is_no_utf_8_and_clears_the_screen_is_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    name = "caf\udce9\x1b[2J.json"
    (tmp_path / name).write_text("{")
    code, out, err = run(capfd, "lint", name)
    assert (code, r"caf\udce9\x1b[2J.json" in out + err, harm(out + err)) == (2, True, [])


@_ANY
@given(text=TEXTS)
def test_a_catalogue_of_strangers_is_printed_in_each_form(
    text: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    labels: dict[str, Any] = {"queue": {"values": [text or "x"]}}
    family = {"name": "jobs_total", "type": "counter", "help": text, "labels": labels}
    (tmp_path / "c.json").write_text(json.dumps({"signalproof": 1, "source": text, "families": [family]}))
    for format_ in ("markdown", "json", "openmetrics"):
        code, out, err = run(capfd, "catalogue", "c.json", "--format", format_)
        assert (code in {0, 2}, harm(out + err)) == (True, [])
        assert code or "jobs" in out


def test_a_table_of_markdown_keeps_its_columns(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    family = {"name": "jobs", "type": "gauge", "labels": {"queue": {"values": ["a|b", "c`d", "e\nf"]}}}
    (tmp_path / "c.json").write_text(json.dumps({"signalproof": 1, "families": [family]}))
    code, out, _ = run(capfd, "catalogue", "c.json")
    assert (code, out.splitlines()[-1]) == (
        0,
        r"| `jobs` | gauge |  | `queue`: `a\|b`, `` c`d ``, `e\nf` |  |",
    )
