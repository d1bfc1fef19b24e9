"""Rule files as a whole: accepted and refused as promtool does, which reads them as Prometheus does."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from signalproof.catalogue.exposition import Exposition
from signalproof.config import Config
from signalproof.errors import SignalproofError
from signalproof.lint.finding import Finding
from signalproof.lint.project import lint
from signalproof.lint.sources import read

ALERT = "alert: Down\n    expr: up == 0\n"
RECORD = "record: job:up:sum\n    expr: sum by (job) (up)\n"


def _file(rule: str, group: str = "name: g", more: str = "") -> str:
    return f"groups:\n- {group}\n  rules:\n  - {rule}{more}"


def _with(rule: str, *lines: str) -> str:
    return _file(rule + "".join(f"    {line}\n" for line in lines))


_DURATIONS = (
    "5m",
    "0",
    "1h30m",
    "1m1h",
    "5 minutes",
    "-5m",
    "5",
    "1.5h",
    "1y2w3d4h5m6s7ms",
    "''",
    "null",
    "5M",
)
_NAMES = ("a", "_a", "a1", "1a", "a-b", "a.b", "__name__", "'a b'", "é", "a:b", "''", "true")

FILES = [
    _file(ALERT),
    _file(RECORD),
    *(_with(ALERT, f"for: {one}") for one in _DURATIONS),
    *(_with(ALERT, f"keep_firing_for: {one}") for one in _DURATIONS),
    *(_with(RECORD, f"for: {one}") for one in ("5m", "0", "0s", "null", "''")),
    *(_with(RECORD, f"annotations: {one}") for one in ("{a: b}", "{}", "null")),
    *(_file(ALERT, f"name: g\n  interval: {one}") for one in _DURATIONS),
    *(_with(rule, f"labels: {{{one}: x}}") for rule in (ALERT, RECORD) for one in _NAMES),
    *(_with(ALERT, f"annotations: {{{one}: x}}") for one in _NAMES),
    *(_with(ALERT, f"labels: {{a: {one}}}") for one in ("1", "true", "null", "[x]", "{b: c}", "'x'")),
    *(_with(ALERT, f"labels: {one}") for one in ("null", "[]", "[a]", "x", "{}")),
    *(_file(f"record: {one}\n    expr: up\n") for one in _NAMES),
    *(_file(f"alert: {one}\n    expr: up\n") for one in _NAMES),
    *(_file(f"alert: A\n    expr: {one}\n") for one in ("", "''", "' '", "1", "up ==", "true")),
    _file("alert: A\n"),
    _file("record: a\n"),
    _file("expr: up\n    labels: {a: b}\n"),
    _file("alert: A\n    record: a\n    expr: up\n"),
    _with(ALERT, "form: 5m"),
    _with(ALERT, "Labels: {a: b}"),
    _with(RECORD, "description: x"),
    *(_file(ALERT, f"name: {one}") for one in ("''", "null", "1", "true")),
    _file(ALERT, "interval: 1m"),
    *(_file(ALERT, f"name: g\n  {one}") for one in ("limit: 5", "limit: x", "limit: null", "every: 1m", "for: 5m")),
    _file(ALERT, more="- name: g\n  rules: []\n"),
    _file(ALERT, more="- name: h\n  rules: []\n"),
    _file(ALERT, more=f"- name: g\n  rules:\n  - {RECORD}"),
    _file(ALERT, more=f"- name: h\n  rules:\n  - {ALERT}"),
    _file(ALERT, more="  - text\n"),
    _file(ALERT, more="- text\n"),
    _file(ALERT, more="- name: h\n"),
    _file(ALERT, more="- name: h\n  rules: {a: b}\n"),
    _file(ALERT, more="extra: 1\n"),
    _with(ALERT, "expr: up == 1"),
    _with(ALERT, "for: 5m", "for: 5m"),
    _with(ALERT, "labels: {a: b, a: c}"),
    _with(ALERT, "labels: {a: b, c: d, c: d}", "annotations: {a: b}"),
    _with(ALERT, "annotations: {a: b, a: c}"),
    _with(ALERT, "labels: {a: b}", "labels: {c: d}"),
    _file(ALERT, "name: g\n  name: h"),
    _file(ALERT, more="groups: []\n"),
    "groups:\n- name: g\n  rules:\n  - &a\n    alert: A\n    expr: up\n  - <<: *a\n    alert: B\n",
    "groups:\n- name: g\n  rules:\n  - &a\n    alert: A\n    expr: up\n  - alert: B\n    <<: *a\n",
]  # fmt: skip


def _found(text: str, folder: Path, *, prometheus: str = "2.42") -> tuple[Finding, ...]:
    file = folder / "r.yml"
    file.write_text(text)
    sources = read([file])
    config = replace(Config(folder), prometheus=prometheus)
    nothing = Exposition({}, complete=False)
    return lint(
        sources.queries, nothing, select=("P",), config=config, rule_files=sources.rules
    ).findings  # fmt: skip


def _refused(text: str, folder: Path) -> bool:
    try:
        return bool(_found(text, folder))
    except SignalproofError:
        return True


def test_files_are_refused_as_promtool_refuses_them(promtool: str, tmp_path: Path) -> None:
    unlike: list[tuple[str, str]] = []
    for number, text in enumerate(FILES):
        file = tmp_path / f"{number}.yml"
        file.write_text(text)
        ended = subprocess.run(
            [promtool, "check", "rules", file], capture_output=True, text=True, check=False
        )
        if _refused(text, tmp_path) != bool(ended.returncode):
            unlike.append((text, ended.stdout + ended.stderr))
    assert "\n".join(f"{one}{said}" for one, said in unlike) == ""


@pytest.fixture
def messages(tmp_path: Path) -> Callable[..., Iterable[tuple[int, str]]]:
    return lambda text, **more: [(one.where.line, one.message) for one in _found(text, tmp_path, **more)]


def test_a_refusal_names_its_line(messages: Callable[..., Iterable[tuple[int, str]]]) -> None:
    text = _with(ALERT, "for: 5 minutes", "labels: {a-b: c}", "form: 5m")
    assert set(messages(text)) == {
        (8, "a rule has no field 'form'"),
        (6, "for is no duration: '5 minutes'"),
        (7, "'a-b' is no name of a label that a rule may set"),
    }


def test_a_key_that_stands_there_twice_is_named_where_it_does_so_again(
    messages: Callable[..., Iterable[tuple[int, str]]],
) -> None:
    text = _with(ALERT, "labels: {a: b}", "annotations:", "  c: d", "labels:", "  e: f")
    assert messages(text) == [(9, "labels stands here twice")]


def test_names_may_be_of_any_characters_since_3_0(messages: Callable[..., Iterable[tuple[int, str]]]) -> None:
    text = _file("record: a.b\n    expr: up\n    labels: {c-d: e}\n")
    assert len(list(messages(text))) == 2
    assert messages(text, prometheus="3.0") == []


def test_alerts_of_grafana_have_other_fields(messages: Callable[..., Iterable[tuple[int, str]]]) -> None:
    text = "apiVersion: 1\ngroups:\n- name: g\n  folder: f\n  rules:\n  - title: t\n    condition: A\n    data: []\n"
    assert messages(text) == []


def test_fields_of_other_servers_are_let_pass(messages: Callable[..., Iterable[tuple[int, str]]]) -> None:
    assert messages(_file(ALERT, "name: g\n  concurrency: 2\n  partial_response_strategy: warn")) == []
