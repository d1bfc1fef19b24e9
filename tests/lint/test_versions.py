"""What a version that somebody named makes of functions that it lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from signalproof.catalogue.exposition import Exposition
from signalproof.config import Config
from signalproof.errors import Location
from signalproof.lint.finding import Severity
from signalproof.lint.project import lint
from signalproof.promql.query import Query

NOTHING = Exposition({}, complete=False)


def _found(text: str, version: str, *, select: tuple[str, ...] = ()) -> list[tuple[str, Severity]]:
    config = Config(Path(), prometheus=version, said=frozenset({"prometheus"})) if version else Config(Path())
    report = lint([Query(text, Location("q"))], NOTHING, select=select, config=config)
    return [(one.code, one.severity) for one in report.findings]


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("holt_winters(x[1h], 0.5, 0.5)", "3.0"),
        ("holt_winters(x[1h], 0.5, 0.5)", "3.14"),
        ("histogram_avg(rate(x[5m]))", "2.50"),
        ("mad_over_time(x[5m])", "2.48"),
    ],
)
def test_a_function_that_the_named_version_lacks_is_an_error_without_being_selected(
    text: str, version: str
) -> None:
    assert _found(text, version) == [("F001", Severity.ERROR)]


def test_where_the_version_is_not_known_nothing_is_said_by_default() -> None:
    assert _found("holt_winters(x[1h], 0.5, 0.5)", "") == []


def test_where_the_version_is_not_known_it_is_info_when_selected() -> None:
    assert _found("limitk(5, x)", "", select=("F001",)) == [("F001", Severity.INFO)]


def test_a_function_behind_a_flag_is_info_for_the_flag_may_be_set() -> None:
    assert _found("mad_over_time(x[5m])", "3.2") == [("F001", Severity.INFO)]


def test_a_function_that_needs_its_flag_no_longer_is_right() -> None:
    assert _found("first_over_time(x[5m])", "3.14") == []
