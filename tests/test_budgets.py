"""No document costs more than its bytes allow: values, what aliases repeat, depth; each bound is a clear mistake."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from signalproof.documents import MAX_NODES, MAX_REPEATED, Table, read_json, read_yaml
from signalproof.errors import SignalproofError
from signalproof.lint.examples import exposition
from signalproof.lint.project import lint
from signalproof.lint.sources import read

PANEL = "{title: p, type: timeseries, targets: [{expr: 'sum(rate(up[5m]))', refId: A}]}"
SECONDS = 60.0
"""More than any of these takes, on a slow machine, too; what was not bounded took many minutes."""


def bomb(panel: str, times: int, levels: int) -> str:
    """Return a dashboard in YAML whose panels are rows of rows of aliases."""
    lines = [f"a0: &a0 {panel}"]
    lines += [
        f"a{n}: &a{n} {{type: row, panels: [{', '.join([f'*a{n - 1}'] * times)}]}}" for n in range(1, levels)
    ]
    return "\n".join([*lines, "uid: u", f"panels: [{', '.join([f'*a{levels - 1}'] * times)}]\n"])


@pytest.mark.parametrize(("times", "levels"), [(9, 30), (30, 5), (400, 2)])
def test_a_small_file_that_aliases_make_large_is_refused_with_its_line(
    tmp_path: Path, times: int, levels: int
) -> None:
    text = bomb(PANEL, times, levels)
    (tmp_path / "d.yaml").write_text(text)
    with pytest.raises(
        SignalproofError, match="more than 100,000 values by aliases in one document"
    ) as caught:
        read([tmp_path / "d.yaml"])
    assert caught.value.where is not None
    assert 1 < caught.value.where.line <= text.count("\n")
    assert caught.value.help


def test_what_aliases_may_repeat_is_linted_in_time(tmp_path: Path) -> None:
    lines = [f"a0: &a0 {PANEL}", "uid: u", f"panels: [{', '.join(['*a0'] * (MAX_REPEATED // 12))}]\n"]
    (tmp_path / "d.yaml").write_text("\n".join(lines))
    begin = time.process_time()
    found = read([tmp_path / "d.yaml"])
    lint(found.queries, exposition(), dashboards=found.dashboards)
    assert len(found.queries) > 5000
    assert time.process_time() - begin < SECONDS


def test_a_long_text_that_aliases_repeat_counts_by_its_length() -> None:
    text = f"a: &a {'x' * 1_000_000}\nb: [{', '.join(['*a'] * 20)}]\n"
    with pytest.raises(SignalproofError, match="by aliases"):
        list(read_yaml(text, "a.yaml"))


def test_a_merge_of_many_keys_into_many_tables_is_refused() -> None:
    keys = "".join(f"  k{n}: 1\n" for n in range(1000))
    text = f"a: &a\n{keys}b:\n" + "- <<: *a\n" * 1000
    with pytest.raises(SignalproofError, match="by aliases"):
        list(read_yaml(text, "a.yaml"))


def test_aliases_within_the_bound_are_read() -> None:
    (tree,) = read_yaml("a: &a {x: [1, 2]}\nb: *a\nc: {<<: *a, y: 3}\n", "a.yaml")
    assert isinstance(tree, Table)
    assert tree["c"] == {"x": ["1", "2"], "y": "3"}


def test_each_document_has_a_budget_of_its_own() -> None:
    text = f"a: &a [{', '.join(['1'] * 1000)}]\nb: [{', '.join(['*a'] * 60)}]\n---\n"
    assert len(list(read_yaml(text * 2, "a.yaml"))) == 3


def test_json_of_too_many_values_is_refused() -> None:
    with pytest.raises(SignalproofError, match="more than 1,000,000 values in one document") as caught:
        read_json("[\n" + "1," * (MAX_NODES + 1) + "1]", "a.json")
    assert str(caught.value.where) == "a.json:2"


def test_yaml_of_too_many_values_is_refused() -> None:
    with pytest.raises(SignalproofError, match="more than 1,000,000 values in one document"):
        list(read_yaml("[" + "1," * (MAX_NODES + 1) + "1]", "a.yaml"))


def test_keys_that_are_repeated_often_take_time_that_grows_with_them() -> None:
    begin = time.process_time()
    (tree,) = read_yaml("a: 1\n" * 200_000, "a.yaml")
    assert isinstance(tree, Table)
    assert len(tree.repeated) == 199_999
    assert time.process_time() - begin < SECONDS


def test_config_maps_within_config_maps_are_refused(tmp_path: Path) -> None:
    text = '{"panels": [], "uid": "u"}'
    for _ in range(8):
        body = "".join(f"    {line}\n" for line in text.splitlines())
        text = f"kind: ConfigMap\ndata:\n  expr.yaml: |\n{body}"
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(SignalproofError, match="ConfigMaps within ConfigMaps, more than 4 levels deep"):
        read([tmp_path / "c.yaml"])


@pytest.mark.parametrize("key", ["dashboard", "result", "items", "spec", "panels", "rows"])
def test_nesting_of_every_kind_is_read_or_refused(tmp_path: Path, key: str) -> None:
    inner = '{"panels": [{"targets": [{"expr": "up"}]}]}'
    for _ in range(190):
        inner = (
            f'{{"kind": "List", "{key}": [{inner}]}}'
            if key in {"items", "panels", "rows"}
            else f'{{"{key}": {inner}}}'
        )
    (tmp_path / "d.json").write_text(inner)
    found = read([tmp_path])
    lint(found.queries, exposition(), dashboards=found.dashboards)
    assert found.queries or found.broken or found.passed


def test_a_baseline_or_answer_nested_without_end_is_a_mistake(tmp_path: Path) -> None:
    from signalproof.cli.references import source_of
    from signalproof.config import Config
    from signalproof.lint.baseline import read_baseline

    (tmp_path / "a.json").write_text("[" * 100_000)
    with pytest.raises(SignalproofError, match="is no baseline"):
        read_baseline(tmp_path / "a.json")
    (tmp_path / "a.json").write_text('{"data": ' + "[" * 100_000)
    with pytest.raises(SignalproofError, match="not the JSON of Prometheus"):
        source_of(str(tmp_path / "a.json"), Config(tmp_path))
    (tmp_path / "a.json").write_text('{"signalproof": 1, "families": ' + "[" * 100_000)
    with pytest.raises(SignalproofError, match="not valid JSON"):
        source_of(str(tmp_path / "a.json"), Config(tmp_path))
