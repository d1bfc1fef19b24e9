"""What `verify` shows."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from signalproof.errors import Location
from signalproof.live.table import all_alive, progress, summary, table
from signalproof.live.verify import Result, Status
from signalproof.promql.query import Query, Use

QUERY = Query("up{job=[a]}", Location("shop.json", 7), Use.PANEL, "shop", "Calls [5m]", "A")
ALIVE = Result(QUERY, Status.ALIVE, "up", 2, 482, "", 0.012)
EMPTY = Result(QUERY, Status.EMPTY, "up{job=[a]}")
ERROR = Result(QUERY, Status.ERROR, "up{", message="1:4: parse error: [")


def shown(*results: Result) -> str:
    console = Console(file=StringIO(), width=160)
    console.print(table(results))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_line_says_where_and_how_much() -> None:
    assert "alive  shop › Calls [5m] › A" in shown(ALIVE)


def test_an_empty_query_names_its_line_and_what_was_asked() -> None:
    assert "no data in up{job=[a]} (shop.json:7)" in shown(EMPTY)


def test_an_error_is_shown_in_the_servers_words() -> None:
    assert "1:4: parse error: [ (shop.json:7)" in shown(ERROR)


def test_a_query_without_a_place_is_named_by_its_line() -> None:
    assert "shop.json:7" in shown(Result(Query("up", Location("shop.json", 7)), Status.ALIVE, "up"))


@pytest.mark.parametrize(
    ("results", "text"),
    [
        ([], "0 queries: 0 alive"),
        ([ALIVE, ALIVE], "2 queries: 2 alive"),
        ([ALIVE, EMPTY, ERROR], "3 queries: 1 alive, 1 empty, 1 error"),
    ],
)
def test_the_summary_counts(results: list[Result], text: str) -> None:
    assert summary(results) == text


@pytest.mark.parametrize(
    ("results", "verdict"), [([], False), ([ALIVE], True), ([ALIVE, EMPTY], False), ([ERROR], False)]
)
def test_all_are_alive_only_if_there_are_any(
    results: list[Result], verdict: bool
) -> None:  # a parameter of the table above
    assert all_alive(results) is verdict


def test_progress_is_silent_where_there_is_no_terminal() -> None:
    stream = StringIO()
    with progress(2, Console(file=stream)) as done:
        done(ALIVE)
    assert stream.getvalue() == ""


def test_progress_moves_on_a_terminal() -> None:
    stream = StringIO()
    with progress(2, Console(file=stream, force_terminal=True, width=80)) as done:
        done(ALIVE)
        done(ALIVE)
    assert "2/2" in stream.getvalue()
