"""The table of `verify`: titles of strangers and words of a server stay in their cells."""

from __future__ import annotations

import io

from hypothesis import given
from rich.console import Console
from tests.foreign_text import TEXTS, harm

from signalproof.errors import Location
from signalproof.live.table import table
from signalproof.live.verify import Result, Status
from signalproof.promql.query import Query


@given(TEXTS, TEXTS)
def test_whatever_a_panel_and_a_server_say_is_shown_and_not_done(title: str, said: str) -> None:
    query = Query("up", Location("f", 1), dashboard=title, panel=title)
    result = Result(
        query=query, expr="up", status=Status.ERROR, message=said, series=0, samples=0, seconds=0.0
    )
    written = io.StringIO()
    Console(file=written, width=20_000).print(table([result]))
    assert harm(written.getvalue()) == []
