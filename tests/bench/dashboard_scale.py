"""What each panel of the provisioned dashboards draws, and how long it takes, with few and with many instances.

For each number of instances a history is written and loaded into a real Prometheus (`prometheus` on the PATH), and every
panel is asked for as Grafana asks: all of its queries at once, with the step that a window of 1,600 pixels gives it.

Run by ``make scale`` as ``python -m tests.bench.dashboard_scale --instances 1 200 1000 --write docs/guides/scale.md``;
``--write`` puts the tables between the two ``scale`` comments of a Markdown page. Exit code 1: a panel is too slow or
draws too many lines; 2: something is missing; 130: interrupted. Everything that was written for it is deleted.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from tests.bench.asked import TIMES, WINDOW, Asked, Seen, ask, asked
from tests.bench.fleet import Fleet
from tests.conftest import Prometheus, free_port, stop, until
from tests.dashboards.readable import LINES, MARKS

from signalproof.cli.project import load_project
from signalproof.live.variables import Moment

START, END = "<!-- scale: written by make scale -->", "<!-- scale: end -->"
CHECKOUT = Path(__file__).resolve().parents[2]
SLOW = 1000.0
"""Milliseconds that a panel may take."""


@dataclass(frozen=True)
class Measured:
    """All panels with one number of instances.

    Attributes:
        instances: Of each job.
        series: In the storage.
        samples: In the storage.
        size: Bytes of the storage.
        seconds: What it took to write it.
        seen: File and title → what came back.
    """

    instances: int
    series: int
    samples: int
    size: int
    seconds: float
    seen: dict[tuple[str, str], tuple[Asked, Seen]]

    def marks_over(self, file: str, panel: Asked) -> int:
        """Return how many marks lie over a panel."""
        return sum(self.seen[file, name][1].marks for name in panel.marks)


@dataclass(frozen=True)
class Conditions:
    """What is the same for all of them.

    Attributes:
        dashboards: The provisioned dashboards.
        hours: How long the history is, and the shown time.
        interval: Seconds between two scrapes.
    """

    dashboards: Sequence[Path]
    hours: float
    interval: float


@contextmanager
def running(storage: Path, log: Path) -> Iterator[Prometheus]:
    """Run a Prometheus with its defaults on *storage*."""
    program = shutil.which("prometheus")
    if program is None:
        missing("prometheus is not on the PATH")
    config = log.with_suffix(".yml")
    config.write_text("global: {}\n")
    port = free_port()
    command = [
        program,
        f"--config.file={config}",
        f"--storage.tsdb.path={storage}",
        "--storage.tsdb.retention.time=30d",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
    with log.open("wb") as told:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=told, stderr=told)
    try:
        server = Prometheus(port, process, storage)
        until(process, lambda: server.get("/-/ready")[0] == 200, f"Prometheus ready; its log: {log}", 120)
        yield server
    finally:
        stop(process)


def missing(what: str) -> NoReturn:
    """End with exit code 2, and say why."""
    sys.stderr.write(f"{what}\n")
    raise SystemExit(2)


def measure(instances: int, conditions: Conditions, folder: Path, progress: Progress) -> Measured:
    """Write the history of so many instances under *folder*, ask for every panel, and delete it."""
    catalogue = load_project(CHECKOUT / "pyproject.toml").catalogue
    end = time.time() // 60 * 60
    fleet = Fleet(catalogue, instances, end - conditions.hours * 3600, end, conditions.interval)
    storage = folder / f"{instances}"
    bar = progress.add_task(f"{instances:,} instances", total=1.0)
    begun = time.monotonic()
    fleet.write(
        storage,
        lambda what, part: progress.update(
            bar, description=f"{instances:,} instances: {what}", completed=part
        ),
    )
    seconds = time.monotonic() - begun
    size = sum(file.stat().st_size for file in storage.rglob("*") if file.is_file())
    moment = Moment(end, conditions.hours * 3600, conditions.interval, conditions.interval)
    every = [(file.stem, one) for file in conditions.dashboards for one in asked(file, moment)]
    seen = {}
    with running(storage, folder / f"{instances}.log") as server:
        for place, (file, one) in enumerate(every):
            progress.update(
                bar, description=f"{instances:,} instances: {one.title}", completed=place / len(every)
            )
            seen[file, one.title] = one, ask(server.port, one)
    shutil.rmtree(storage)
    progress.update(bar, description=f"{instances:,} instances", completed=1.0)
    return Measured(instances, fleet.series, fleet.samples, size, seconds, seen)


def report(found: Sequence[Measured], conditions: Conditions) -> str:
    """Return the figures as Markdown."""
    return "\n".join(
        [
            f"{_versions()}, {os.cpu_count()} processors. {conditions.hours:g} hours are shown, scraped every "
            f"{conditions.interval:g} s, in a window {WINDOW:,} pixels wide; the median of {TIMES} in milliseconds.",
            "",
            *_table(_storages(found), 0),
            "",
            *_table(_summary(found), 0),
            "",
            *_table(_panels(found), 2),
            "",
            *(f"- {sentence}" for sentence in [*faults(found), "Every other panel keeps both bounds."]),
        ]
    )


def _versions() -> str:
    told = subprocess.run(["prometheus", "--version"], capture_output=True, text=True, check=True)
    number = (told.stdout or told.stderr).split("version ", 1)[1].split(" ", 1)[0].split("+", 1)[0]
    return f"Prometheus {number} with its defaults, {platform.machine()}"


def _storages(found: Sequence[Measured]) -> list[list[str]]:
    head = ["instances of each job", "processes", "series", "samples", "storage MB", "written in s"]
    return [
        head,
        *(
            [
                f"{one.instances:,}",
                f"{2 * one.instances:,}",
                f"{one.series:,}",
                f"{one.samples:,}",
                f"{one.size / 1e6:,.0f}",
                f"{one.seconds:,.0f}",
            ]
            for one in found
        ),
    ]


def _summary(found: Sequence[Measured]) -> list[list[str]]:
    rows = [["instances of each job", "slowest panel ms", "median ms", "above 1 s", "most lines", "failed"]]
    for one in found:
        seen = [each for _, each in one.seen.values()]
        spent = sorted(each.milliseconds for each in seen)
        rows.append(
            [
                f"{one.instances:,}",
                f"{spent[-1]:,.0f}",
                f"{spent[len(spent) // 2]:,.0f}",
                str(sum(each.milliseconds > SLOW for each in seen)),
                str(max(each.lines for panel, each in one.seen.values() if panel.kind in _DRAWN)),
                str(sum(bool(each.failed) for each in seen)),
            ]
        )
    return rows


_DRAWN = ("timeseries", "state-timeline", "status-history")
"""Panels whose series are lines."""


def _panels(found: Sequence[Measured]) -> list[list[str]]:
    counts = [f"{one.instances:,}" for one in found]
    head = ["panel", "kind"]
    for what in ("lines", "marks", "ms"):
        head += [f"{what}, {count}" for count in counts]
    rows = [head]
    for (file, title), (panel, _) in found[0].seen.items():
        all_of_it = [(one, one.seen[file, title][1]) for one in found]
        lines = [str(seen.lines) for _, seen in all_of_it]
        if panel.kind == "annotation":
            lines, marks = [""] * len(found), [str(seen.marks) for _, seen in all_of_it]
        else:
            marks = [str(one.marks_over(file, panel)) if panel.marks else "" for one in found]
        spent = ["failed" if seen.failed else f"{seen.milliseconds:,.0f}" for _, seen in all_of_it]
        rows.append([title, panel.kind, *lines, *marks, *spent])
    return rows


def _table(rows: Sequence[Sequence[str]], texts: int) -> list[str]:
    rule = ["---" if place < texts else "---:" for place in range(len(rows[0]))]
    return ["| " + " | ".join(row) + " |" for row in (rows[0], rule, *rows[1:])]


def faults(found: Sequence[Measured]) -> list[str]:
    """Return what is too slow, too full, or got no answer."""
    told = []
    for one in found:
        for (file, title), (panel, seen) in one.seen.items():
            place = f"{file}: {title}, {one.instances:,} instances:"
            if seen.failed:
                told.append(f"{place} {seen.failed}")
            elif seen.milliseconds > SLOW:
                told.append(f"{place} {seen.milliseconds:,.0f} ms")
            if panel.kind in _DRAWN and seen.lines > LINES:
                told.append(f"{place} {seen.lines} lines")
            if panel.kind in _DRAWN and (marks := one.marks_over(file, panel)) > MARKS:
                told.append(f"{place} {marks} marks")
    return told


def write(page: Path, text: str) -> None:
    """Put *text* between the two comments of *page*."""
    before, _, rest = page.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{START}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the page if asked to; 1 when a bound is not held."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--instances", type=int, nargs="+", default=[1, 200, 1000], help="of each job")
    parser.add_argument("--hours", type=float, default=6.0, help="length of the history, and shown time")
    parser.add_argument("--interval", type=float, default=15.0, help="seconds between two scrapes")
    parser.add_argument("--folder", type=Path, help="where the histories lie meanwhile; 4 GB for 1,000")
    parser.add_argument("--write", type=Path, help="Markdown page to put the tables into")
    options = parser.parse_args(arguments)
    dashboards = sorted((CHECKOUT / "provisioning/grafana/dashboards").glob("**/*.json"))
    conditions = Conditions(dashboards, options.hours, options.interval)
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does: nothing is left behind
    try:
        with (
            tempfile.TemporaryDirectory(prefix="scale-", dir=options.folder) as folder,
            Progress(*columns, console=console, disable=not console.is_terminal) as progress,
        ):
            found = [measure(count, conditions, Path(folder), progress) for count in options.instances]
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: nothing was written\n")
        return 130
    text = report(found, conditions)
    sys.stdout.write(text + "\n")
    if options.write is not None:
        write(options.write, text)
    return 1 if faults(found) else 0


if __name__ == "__main__":
    sys.exit(main())
