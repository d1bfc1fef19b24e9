"""What `verify` shows: progress while it asks, a table at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from signalproof.live.verify import Result, Status
from signalproof.text import shown as safe

_STYLES = {Status.ALIVE: "green", Status.EMPTY: "yellow", Status.ERROR: "red"}


@contextmanager
def progress(total: int, console: Console) -> Iterator[Callable[[Result], None]]:
    """Show a bar on *console* while it is a terminal; yield what has to be told each result."""
    columns = (TextColumn("verify"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("verify", total=total)
        yield lambda _: bar.advance(task)


def table(results: Sequence[Result]) -> Table:
    """Return one line for each result: where it stands, what became of it, how much it returned, and why not."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for name, justify in (
        ("", "left"),
        ("where", "left"),
        ("series", "right"),
        ("samples", "right"),
        ("ms", "right"),
    ):
        shown.add_column(name, justify="right" if justify == "right" else "left", no_wrap=name == "")
    shown.add_column("what is wrong", overflow="fold")
    for one in results:
        style = _STYLES[one.status]
        shown.add_row(
            f"[{style}]{one.status}[/]",
            escape(safe(place(one))),
            f"{one.series:,}",
            f"{one.samples:,}",
            f"{one.seconds * 1000:.0f}",
            escape(safe(reason(one))),
        )
    return shown


def summary(results: Sequence[Result]) -> str:
    """Return how many queries are alive, empty and in error, in one line."""
    tally = Counter(one.status for one in results)
    parts = [f"{tally[status]} {status}" for status in Status if tally[status] or status is Status.ALIVE]
    return f"{len(results)} queries: {', '.join(parts)}"


def all_alive(results: Sequence[Result]) -> bool:
    """Whether there are results, and every one returned data."""
    return bool(results) and all(one.status is Status.ALIVE for one in results)


def place(result: Result) -> str:
    """Return where a query stands: dashboard or rule group, panel or rule, target."""
    query = result.query
    parts = [query.dashboard, query.panel, query.target]
    return " › ".join(part for part in parts if part) or str(query.where)


def reason(result: Result) -> str:
    """Return what a person has to know of a result: nothing of most that are alive."""
    if result.status is Status.ALIVE:
        return result.message
    said = result.message or f"no data in {result.expr}"
    return f"{said} ({result.query.where})"
