"""Reading takes time that grows with the length of a file, whatever stands in it: four times as long is not sixteen times."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from signalproof.datasources import language
from signalproof.errors import Location, SignalproofError
from signalproof.lint.project import names_of_variables
from signalproof.lint.prose import names_in
from signalproof.lint.recognise import looks_like
from signalproof.lint.sources import read
from signalproof.manifests import is_json, looks_ours, may_hold
from signalproof.promql.query import Query, Use

SHORT = 0.05
"""Seconds that are too few to compare; what is quadratic takes many times as long at these lengths."""

LINEAR = 8.0
"""Times as long that four times the text may take: what is linear takes 4, what is quadratic 16."""

CONTENTS = {
    "blank lines": "\n" * 20_000,
    "spaces": " " * 20_000,
    "tabs and breaks": "\t\n" * 20_000,
    "braces": "{" * 50_000,
    "brackets": "[" * 50_000,
    "double braces": "{{ " * 20_000,
    "dashes": "-" * 50_000,
    "items": "- " * 20_000,
    "double quotes": '"' * 50_000,
    "single quotes": "'" * 50_000,
    "backquotes": "`" * 50_001,
    "escaped quotes": '\\"' * 10_000,
    "colons": "a:" * 50_000,
    "hashes": "#" * 50_000,
    "comments": "# TYPE \n" * 20_000,
    "keys": "expr " * 20_000,
    "imports": "import '" * 20_000,
    "labels": "label_values(," * 10_000,
    "spaces in parentheses": "label_values(" + " " * 20_000,
    "closed braces": "} " * 20_000,
    "backslashes": "\\" * 50_001,
    "long names": "a_" * 50_000,
    "names in code": "`a_b" * 20_000,
}


def _seconds(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(2):
        begin = time.process_time()
        with suppress(SignalproofError):
            work()
        best = min(best, time.process_time() - begin)
    return best


def _growth(work: Callable[[str], object], text: str) -> float:
    """Return how many times as long four times the text takes; 0 where that is too short to tell."""
    once, longer = _seconds(lambda: work(text)), _seconds(lambda: work(text * 4))
    return longer / once if longer >= SHORT else 0.0


@pytest.mark.parametrize("content", CONTENTS)
def test_the_looks_of_a_text_take_time_that_grows_with_it(content: str) -> None:
    def look(text: str) -> None:
        for before in ("", "expr: "):
            may_hold(before + text)
            looks_ours(before + text)
            is_json(before + text)
            looks_like(before + text, "a.yaml")
            language("{" + before + text)
            names_of_variables(Query(text + "$x ${y}", Location("a"), Use.PANEL))
            list(names_in(before + text))

    assert _growth(look, CONTENTS[content]) < LINEAR


@pytest.mark.parametrize("name", ["a.yaml", "a"])
@pytest.mark.parametrize("content", ["blank lines", "spaces", "braces", "dashes", "double quotes", "keys"])
def test_a_whole_file_takes_time_that_grows_with_it(tmp_path: Path, content: str, name: str) -> None:
    def write_and_read(text: str) -> None:
        (tmp_path / name).write_text(text)
        read([tmp_path])
        (tmp_path / name).write_text(text + "\nexpr: up\n")
        read([tmp_path])
        read([tmp_path / name], skip_others=True)

    assert _growth(write_and_read, CONTENTS[content]) < LINEAR


@pytest.mark.parametrize("content", ["spaces", "double quotes", "escaped quotes", "closed braces", "labels"])
def test_a_text_in_a_dashboard_takes_time_that_grows_with_it(tmp_path: Path, content: str) -> None:
    file = tmp_path / "a.json"

    def write_and_read(text: str) -> None:
        variable = {"name": text, "query": text, "datasource": text}
        panel = {"title": text, "datasource": text, "targets": [{"expr": text}, {"expr": "{" + text}]}
        file.write_text(json.dumps({"templating": {"list": [variable]}, "panels": [panel]}))
        read([file])

    assert _growth(write_and_read, CONTENTS[content][:20_000]) < LINEAR


def test_what_is_quadratic_is_told_from_what_is_linear() -> None:
    def pairs(text: str) -> int:
        return sum(1 for one in text for other in text if one == other)

    assert _growth(pairs, "ab" * 250) >= LINEAR
