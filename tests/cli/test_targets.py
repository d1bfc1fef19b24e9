"""Labels that no source has: which are taken as added by the scrape, and how sure the lint is of the others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from signalproof.cli.main import main

SEVERAL = """
sum by (rack) (rate(node_cpu_seconds_total[5m]))
sum by (rack) (rate(redis_commands_processed_total[5m]))
sum by (rack) (mysql_up)
"""


def linted(
    queries: str, folder: Path, capsys: pytest.CaptureFixture[str], *options: str
) -> tuple[list[tuple[str, str, str]], str]:
    """Return code, severity and culprit of each finding, and what is said about the whole."""
    (folder / "q.txt").write_text(queries)
    (folder / "pyproject.toml").write_text("")
    with pytest.raises(SystemExit):
        main(["lint", "--expressions", str(folder / "q.txt"), "--format", "json", *options])
    out, err = capsys.readouterr()
    return [(one["code"], one["severity"], one["culprit"]) for one in json.loads(out)], err


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_label_that_metrics_of_three_programs_are_asked_for_is_one_of_the_target(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, said = linted(SEVERAL, tmp_path, capsys)
    assert found == []
    assert "--target-labels rack" in said


def test_a_label_that_metrics_of_one_program_are_asked_for_is_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, said = linted("sum by (rack) (rate(node_cpu_seconds_total[5m]))\n", tmp_path, capsys)
    assert found == [("L001", "warning", "rack")]
    assert "taken as added" not in said


def test_a_slip_is_an_error_whatever_the_scrape_adds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, _ = linted("sum by (mod) (rate(node_cpu_seconds_total[5m]))\n", tmp_path, capsys)
    assert found == [("L001", "error", "mod")]


def test_who_says_which_labels_targets_have_gets_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, said = linted(SEVERAL, tmp_path, capsys, "--target-labels", "zone")
    assert found == [("L001", "error", "rack")] * 3
    assert "taken as added" not in said
