"""The figures of the fuzz campaign grow, and no input is lost on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fuzz.page import PAGE, Figures, added, record
from tests.fuzz.tally import Tally
from tests.fuzz.targets import TARGETS
from tests.fuzz.words import WORDS

EMPTY = """# Page

Words.

## By target

| target | inputs | hours | faults found | slowest |
|---|---:|---:|---:|---:|

## By release

| release | inputs | hours | faults found | slowest |
|---|---:|---:|---:|---:|
"""


def test_the_figures_of_a_target_are_added_up() -> None:
    once = added(EMPTY, "1.0", {"promql": Figures(1_500_000, 0.5, 1, 0.25)})
    twice = added(once, "1.1", {"promql": Figures(500_000, 0.25, 0, 0.5)})
    assert "| `promql` | 2,000,000 | 0.750 | 1 | 0.50 s |" in twice


def test_each_release_has_a_line_of_its_own() -> None:
    once = added(EMPTY, "1.0", {"promql": Figures(1000, 0.5)})
    twice = added(once, "1.1", {"promql": Figures(2000, 0.25), "rules": Figures(1, 0.0)})
    assert "| `1.0` | 1,000 | 0.500 | 0 | 0.00 s |" in twice
    assert "| `1.1` | 2,001 | 0.250 | 0 | 0.00 s |" in twice


def test_adding_nothing_changes_nothing() -> None:
    page = added(EMPTY, "1.0", {"promql": Figures(1000, 0.5, 2, 0.1)})
    assert added(page, "1.0", {"promql": Figures()}) == page


def test_the_page_in_the_repository_can_be_read_and_written() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert added(page, "none", {}) == page


def test_the_page_is_written_on_disk(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(EMPTY)
    record("1.0", {"rules": Figures(3, 0.1)}, file)
    assert "| `rules` | 3 |" in file.read_text()


def test_what_was_counted_outlives_whoever_counted(tmp_path: Path) -> None:
    Tally(tmp_path / "tally").count(0.5)
    Tally(tmp_path / "tally").count(0.25)
    found = Tally(tmp_path / "tally")
    assert (found.inputs, found.slowest) == (2, 0.5)


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_has_words_and_is_explained(name: str) -> None:
    assert WORDS[name]
    assert f"| `{name}` |" in (Path(__file__).parent / "README.md").read_text()
