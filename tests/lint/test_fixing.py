"""``lint --fix`` writes its fix and nothing else, into files that are the person's to write."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from signalproof.cli.main import main
from signalproof.lint import fixes as mending
from signalproof.lint.finding import Finding

BROKEN = "quantile(95, up)"
MENDED = "quantile(0.95, up)"


def dashboard(expr: str = BROKEN, title: str = "p") -> str:
    panel = {"title": title, "type": "timeseries", "targets": [{"expr": expr, "refId": "A"}]}
    return json.dumps({"uid": "u", "panels": [panel]}, indent=1)


RULES = f"groups:\n- name: g\n  rules:\n  - record: x:y\n    expr: {BROKEN}\n"


@pytest.fixture
def fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Runs ``lint --fix`` in the folder ``project``, and returns what it printed."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text("[tool.signalproof]\n")
    monkeypatch.chdir(project)
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*paths: str, select: str = "H003") -> str:
        with pytest.raises(SystemExit):
            main(["lint", *paths, "--no-catalogue", "--select", select, "--fix"])
        return "".join(capfd.readouterr())

    return run


@pytest.mark.parametrize(
    "text",
    [
        dashboard(),
        dashboard().replace("\n", "\r\n"),
        dashboard().replace("\n", "\r"),
        "\ufeff" + dashboard(),
        "\ufeff" + dashboard().replace("\n", "\r\n") + "\r\n",
        dashboard() + "\n\n",
    ],
)
def test_line_ends_marks_and_the_end_of_the_file_stay(fix: Callable[..., str], text: str) -> None:
    Path("d.json").write_bytes(text.encode())
    fix("d.json")
    assert Path("d.json").read_bytes() == text.replace(BROKEN, MENDED).encode()


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_line_ends_of_rules_stay(fix: Callable[..., str], line_end: str) -> None:
    text = RULES.replace("\n", line_end).rstrip() + f"{line_end}  # end"
    Path("r.yml").write_bytes(text.encode())
    fix("r.yml")
    assert Path("r.yml").read_bytes() == text.replace(BROKEN, MENDED).encode()


def test_a_file_of_one_line_is_mended(fix: Callable[..., str]) -> None:
    Path("d.json").write_text(json.dumps(json.loads(dashboard())))
    fix("d.json")
    assert Path("d.json").read_text() == json.dumps(json.loads(dashboard(MENDED)))


ELSEWHERE = {
    "a title that says the same, and the expression in escapes": (
        "d.json",
        dashboard(title=BROKEN).replace(" ", "").replace("\n", "").replace(f'"expr":"{BROKEN.replace(" ", "")}"', r'"expr":"quantile(95,\u0075p)"').replace(f'"title":"{BROKEN.replace(" ", "")}"', '"title":"quantile(95,up)"'),
    ),
    "an alias that is a description, too": (
        "r.yml",
        f"groups:\n- name: g\n  rules:\n  - record: x:y\n    expr: &e {BROKEN}\n  - alert: A\n    expr: up == 0\n    annotations: {{d: *e}}\n",
    ),
    "a remark that says it, and the expression in escapes": (
        "r.yml",
        f'groups:\n- name: g\n  rules:\n  - record: x:y\n    expr: "quantile(95,\\x20up)"  # {BROKEN}\n',
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ELSEWHERE)
def test_a_file_in_which_anything_else_would_change_is_left_as_it_was(
    fix: Callable[..., str], case: str
) -> None:
    name, text = ELSEWHERE[case]
    Path(name).write_text(text)
    printed = fix(name)
    assert Path(name).read_text() == text
    assert f"not fixed in {name}: 1" in printed
    assert "H003" in printed


def test_a_fix_reaches_into_a_config_map(fix: Callable[..., str]) -> None:
    text = "kind: ConfigMap\ndata:\n  d.json: |\n" + "".join(
        f"    {line}\n" for line in dashboard().splitlines()
    )
    Path("c.yaml").write_text(text)
    fix("c.yaml")
    assert Path("c.yaml").read_text() == text.replace(BROKEN, MENDED)


def test_a_link_that_leads_out_is_refused_and_nothing_is_overwritten(fix: Callable[..., str]) -> None:
    other = Path("../elsewhere")
    other.mkdir()
    (other / "real.json").write_text(dashboard())
    (other / "d.json").write_text("somebody's")
    Path("d.json").symlink_to(other / "real.json")
    printed = fix("d.json")
    assert (other / "d.json").read_text() == "somebody's"
    assert (other / "real.json").read_text() == dashboard()
    assert "error: d.json leads out of" in printed


def test_the_target_of_a_link_within_the_project_is_mended(fix: Callable[..., str]) -> None:
    Path("real").mkdir()
    Path("real/one.json").write_text(dashboard())
    Path("d.json").symlink_to("real/one.json")
    fix("d.json")
    assert (Path("real/one.json").read_text(), Path("d.json").is_symlink()) == (dashboard(MENDED), True)
    assert list(Path("real").iterdir()) == [Path("real/one.json")]


def test_a_file_that_was_named_elsewhere_is_mended(fix: Callable[..., str]) -> None:
    Path("../elsewhere").mkdir()
    Path("../elsewhere/d.json").write_text(dashboard())
    fix("../elsewhere/d.json")
    assert Path("../elsewhere/d.json").read_text() == dashboard(MENDED)


def test_standard_input_is_not_mended(fix: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(dashboard().encode())))
    assert "not fixed in <stdin>: 1" in fix("-")


@pytest.mark.parametrize(
    "wrong",
    {"its finding": "quantile(96, up)", "no query": "quantile(0.95, up", "another finding": "quantile(0.95, rate(up[$__interval]))"}.values(),
)  # fmt: skip
def test_a_fix_that_leaves_its_finding_or_brings_another_is_not_written(
    fix: Callable[..., str], monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    def changed(text: str, findings: list[Finding]) -> str:
        return wrong

    monkeypatch.setattr(mending, "_changed", changed)
    Path("d.json").write_text(dashboard())
    Path("e.json").write_text(dashboard("up"))
    printed = fix("d.json", "e.json")
    assert Path("d.json").read_text() == dashboard()
    assert "d.json is left as it was" in printed


def test_a_baseline_behind_a_link_is_written_where_the_link_leads(
    fix: Callable[..., str], capfd: pytest.CaptureFixture[str]
) -> None:
    Path("d.json").write_text(dashboard())
    Path("b.json").symlink_to("real.json")
    with pytest.raises(SystemExit):
        main(["lint", "d.json", "--no-catalogue", "--baseline", "b.json"])
    assert json.loads(Path("real.json").read_text())
    assert Path("b.json").is_symlink()


def test_a_baseline_behind_a_link_that_leads_out_is_not_written(
    fix: Callable[..., str], capfd: pytest.CaptureFixture[str]
) -> None:
    Path("../elsewhere").mkdir()
    Path("d.json").write_text(dashboard())
    Path("b.json").symlink_to("../elsewhere/real.json")
    with pytest.raises(SystemExit) as ended:
        main(["lint", "d.json", "--no-catalogue", "--baseline", "b.json"])
    assert ended.value.code == 2
    assert list(Path("../elsewhere").iterdir()) == []
