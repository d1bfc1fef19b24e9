"""Faults that people reported in public, with the dump or the series that they had: caught as written, silent as mended.

``make reports`` prints a line for each case. Those about instrumentation (``py-…``) are for other tests.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from signalproof.cli.main import main

OWN_CODE = {
    "07": "V008", "08": "V008", "13": "A006", "16": "M003", "19": "V007", "20": "N005", "23": "T007", "25": "D006",
    "26": "N006", "32": "A006", "35": "L006",
}  # fmt: skip
"""Cases for which the report names no code of ours, or another one: a dump proves no absence."""


@pytest.fixture(scope="module")
def cases(shared: Path) -> list[Path]:
    found = sorted(one.parent for one in (shared / "corpus" / "reports").glob("[0-9]*/case.json"))
    if not found:
        pytest.skip("the reports are not beside the checkout")
    return found


def linted(
    folder: Path, side: str, case: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> tuple[list[dict[str, Any]], str]:
    """Return the findings of one side, and what was said about it."""
    config = ["--config", str(folder / "pyproject.toml")] if case["config"] else []
    arguments = ["lint", str(folder / case[side]), "--catalogue", str(folder / case["catalogue"]), *config]
    with pytest.raises(SystemExit):
        main([*arguments, "--format", "json"])
    out, err = capsys.readouterr()
    return json.loads(out or "[]"), err


def test_every_report_is_caught_and_its_mended_form_is_silent(
    cases: list[Path],
    capsys: pytest.CaptureFixture[str],
    figure: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    lines, wrong = [], []
    for folder in cases:
        case = json.loads((folder / "case.json").read_text())
        number = folder.name[:2]
        (before, refused), (after, said) = (
            linted(folder, side, case, capsys) for side in ("before", "after")
        )
        if number == "37":  # a template, not rules: both sides say so
            seen = "Helm" if "Helm template" in refused else ""
            silent = refused == said.replace("after.yml", "before.yml")
        else:
            wanted = {*str(case["expected"]["code"]).replace("+", "|").split("|"), OWN_CODE.get(number, "")}
            seen = ", ".join(sorted({one["code"] for one in before if one["code"] in wanted}))
            silent = after == []
        lines.append(f"  {folder.name}: {seen or 'not seen'}; mended: {'silent' if silent else after}")
        if not (seen and silent):
            wrong.append(folder.name)
    caught = sum("not seen" not in line for line in lines)
    figure(f"public reports: {caught} of {len(lines)} caught", *lines)
    assert wrong == []
