"""The figures of `tests.bench.dashboard_scale` as Markdown, and which of them break a promise."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.asked import TIMES, WINDOW, Asked, Seen
from tests.bench.fleet import DISTINCT
from tests.dashboards.readable import LINES, MARKS

START, END = "<!-- scale: written by make scale -->", "<!-- scale: end -->"
SLOW = 1000.0
"""Milliseconds that a panel may take."""
_DRAWN = ("timeseries", "state-timeline", "status-history")
"""Panels whose series are lines."""


@dataclass(frozen=True)
class Panel:
    """One panel, or one annotation, with one number of instances.

    Attributes:
        dashboard: Name of its file, without ending.
        asked: What is asked.
        seen: What came back.
        without: What came back without recording rules; None where it reads none of them.
        marks: How many marks lie over it, or it sets.
    """

    dashboard: str
    asked: Asked
    seen: Seen
    without: Seen | None
    marks: int

    @property
    def lines(self) -> int:
        """How many lines it draws; 0 for what draws none."""
        return self.seen.lines if self.asked.kind in _DRAWN else 0


@dataclass(frozen=True)
class Measured:
    """All panels with one number of instances.

    Attributes:
        instances: Of each job.
        jobs: How many jobs there are.
        series: In the storage.
        samples: In the storage.
        size: Bytes of the storage.
        rules: How many recording rules are read.
        evaluation: Seconds that one evaluation of all of them takes.
        panels: In the order of the dashboards.
    """

    instances: int
    jobs: int
    series: int
    samples: int
    size: int
    rules: int
    evaluation: float
    panels: tuple[Panel, ...]


def report(found: Sequence[Measured], hours: float, interval: float, load: float) -> str:
    """Return the figures as Markdown; *load* is how many processes the machine had to run when it began."""
    counts = " / ".join(f"{one.instances:,}" for one in found)
    conditions = (
        f"{_version()} with its defaults, {platform.machine()}, {os.cpu_count()} processors with {load:.1f} other processes to run. {hours:g} hours are shown, "
        f"scraped every {interval:g} s, in a window {WINDOW:,} pixels wide. A figure in ms is the median of {TIMES} times, "
        f"or of fewer where they took more than 10 s. {DISTINCT} processes of each job are simulated, the others are "
        "copies of them under names of their own."
    )
    told = list(faults(found))
    kept = f"Every panel takes less than {SLOW / 1000:g} s and draws at most {LINES} lines."
    tables = [_table(list(_storages(found)), 0), _table(list(_panels(found, counts)), 2)]
    return "\n".join(
        [
            conditions,
            "",
            *tables[0],
            "",
            *([f"- {one}" for one in told] or [kept]),
            "",
            *(f"- {one}" for one in _wins(found)),
            "",
            f"Where a cell holds several figures, they are those of {counts} instances of each job.",
            "",
            *tables[1],
        ]
    )


def faults(found: Sequence[Measured]) -> Iterator[str]:
    """Yield what is too slow, draws too many lines, or got no answer."""
    for one in found:
        for each in one.panels:
            place = f"{each.dashboard} › {each.asked.title}, {one.instances:,} instances"
            if each.seen.failed:
                yield f"**{place}: {each.seen.failed}**"
            elif each.seen.milliseconds > SLOW:
                yield f"**{place}: {each.seen.milliseconds:,.0f} ms**"
            if each.lines > LINES:
                yield f"**{place}: {each.lines:,} lines**"


def _wins(found: Sequence[Measured]) -> Iterator[str]:
    for one in found:
        pairs = [
            (each.without.milliseconds, each.seen.milliseconds)
            for each in one.panels
            if each.without is not None and not each.without.failed
        ]
        if pairs:
            ratios = sorted(without / with_rules for without, with_rules in pairs)
            slow = sum(without > SLOW for without, _ in pairs)
            yield (
                f"{one.instances:,} instances: {len(pairs)} panels read recorded rates; without them they take "
                f"{median(ratios):.1f} times as long (median; {ratios[0]:.1f} to {ratios[-1]:.1f}), and {slow} of them "
                f"more than {SLOW / 1000:g} s, the slowest {max(pairs)[0] / 1000:,.1f} s."
            )
        full = [each.asked.title for each in one.panels if each.lines and each.marks > MARKS]
        if full:
            yield f"{one.instances:,} instances: more than {MARKS} marks lie over {', '.join(full)}."


def _storages(found: Sequence[Measured]) -> Iterator[list[str]]:
    yield ["instances of each job", "series", "samples", "MB", "rules", "s per evaluation", "slowest panel ms",
           "median ms", "most lines"]  # fmt: skip
    for one in found:
        spent = [each.seen.milliseconds for each in one.panels]
        yield [
            f"{one.instances:,}", f"{one.series:,}", f"{one.samples:,}", f"{one.size / 1e6:,.1f}", str(one.rules),
            f"{one.evaluation:.2f}", f"{max(spent):,.0f}", f"{median(spent):,.0f}",
            str(max(each.lines for each in one.panels)),
        ]  # fmt: skip


def _panels(found: Sequence[Measured], counts: str) -> Iterator[list[str]]:
    yield ["panel", "kind", f"lines, {counts}", "marks", "ms", "ms without the rules"]
    for each in zip(*(one.panels for one in found), strict=True):
        first = each[0].asked
        drawn = first.kind in _DRAWN
        yield [
            first.title,
            first.kind,
            _cell([f"{one.lines:,}" for one in each]) if drawn else "",
            _cell([f"{one.marks:,}" for one in each])
            if first.kind == "annotation" or (drawn and first.marks)
            else "",
            _cell([_spent(one.seen) for one in each]),
            _cell([_spent(one.without) for one in each if one.without is not None]),
        ]


def _cell(figures: Sequence[str]) -> str:
    return figures[0] if len(set(figures)) == 1 else " / ".join(figures)


def _spent(seen: Seen) -> str:
    return "none" if seen.failed else f"{seen.milliseconds:,.0f}"


def _table(rows: Sequence[Sequence[str]], texts: int) -> list[str]:
    rule = ["---" if place < texts else "---:" for place in range(len(rows[0]))]
    return ["| " + " | ".join(row) + " |" for row in (rows[0], rule, *rows[1:])]


def _version() -> str:
    told = subprocess.run(["prometheus", "--version"], capture_output=True, text=True, check=True)
    return (
        "Prometheus "
        + (told.stdout or told.stderr).split("version ", 1)[1].split()[0].rstrip(",").split("+")[0]
    )


def write(page: Path, text: str) -> None:
    """Put *text* between the two comments of *page*."""
    before, _, rest = page.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{START}\n\n{text}\n\n{END}{after}", encoding="utf-8")
