"""What each panel of the provisioned dashboards draws, and how long it takes, with few and with many instances.

For each number of instances a history is written and loaded into a real Prometheus (``prometheus`` on the PATH), and
every panel is asked for as Grafana asks: all of its queries at once, with the step that a window of 1,600 pixels gives it.
The recording rules that panels read are evaluated over the history first; what reads them is asked for without them, too.

Run by ``make scale`` as ``python -m tests.bench.dashboard_scale --instances 1 200 1000 --write docs/guides/scale.md``;
``--write`` puts the tables between the two ``scale`` comments of a Markdown page. 1,000 instances take about 20 minutes,
2 GB of disk and 8 GB of memory; everything that was written for it is deleted, after an interrupt too. Exit code 1: a
panel is too slow or draws too many lines; 2: something is missing; 130: interrupted.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from tests.bench.asked import Asked, Seen, ask, asked
from tests.bench.evaluated import cost, evaluated, rules_of
from tests.bench.fleet import Fleet
from tests.bench.fleet_dashboards import provision
from tests.bench.scale_report import Measured, Panel, faults, report, write
from tests.conftest import Prometheus, free_port, stop, until

from signalproof.catalogue.catalogue import Catalogue
from signalproof.cli.project import load_project
from signalproof.live.variables import Moment

CHECKOUT = Path(__file__).resolve().parents[2]
_READY = 300.0
"""Seconds after which a Prometheus with the largest history answers."""


@dataclass(frozen=True)
class Setting:
    """What is the same for all numbers of instances.

    Attributes:
        catalogue: What the processes expose.
        program: The path of prometheus.
        dashboards: The provisioned dashboards.
        hours: Length of the history, which is what is shown.
        interval: Seconds between two scrapes.
        folder: Where the histories lie, and the rule files.
    """

    catalogue: Catalogue
    program: str
    dashboards: Sequence[Path]
    hours: float
    interval: float
    folder: Path


@contextmanager
def running(program: str, storage: Path) -> Iterator[Prometheus]:
    """Run a Prometheus with its defaults on *storage*."""
    config, log, port = storage.with_suffix(".yml"), storage.with_suffix(".log"), free_port()
    config.write_text("global: {}\n")
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
        until(process, lambda: server.get("/-/ready")[0] == 200, f"Prometheus ready; its log: {log}", _READY)
        yield server
    finally:
        stop(process)


def measure(instances: int, setting: Setting, told: Callable[[str, float], None]) -> Measured:
    """Return all figures with so many *instances* of each job; *told* is what is done, and which part (0..1) of it."""
    end = time.time() // 60 * 60
    fleet = Fleet(setting.catalogue, instances, end - setting.hours * 3600, end, setting.interval)
    moment = Moment(end, setting.hours * 3600, setting.interval, setting.interval)
    every = [(file.stem, one) for file in setting.dashboards for one in asked(file, moment)]
    rules = rules_of(setting.folder / "prometheus/rules", [one for _, one in every])
    storage = setting.folder / f"{instances}"
    fleet.simulate(lambda part: told("simulated", part))
    fleet.write(storage, told=lambda part: told("written", part))
    with running(setting.program, storage) as server:
        recorded = evaluated(server.port, rules, fleet.start, end, lambda part: told("rules", part))
        evaluation = cost(server.port, rules, end)
        without = _answers(
            server, [one.without_rules() if one.recorded else None for _, one in every], "without rules", told
        )
    shutil.rmtree(storage)
    fleet.write(storage, recorded, told=lambda part: told("written with rules", part))
    size = sum(file.stat().st_size for file in storage.rglob("*") if file.is_file())
    with running(setting.program, storage) as server:
        seen = _answers(server, [one for _, one in every], "asked", told)
    shutil.rmtree(storage)
    marks = {
        (file, one.title): answer.marks
        for (file, one), answer in zip(every, seen, strict=True)
        if answer is not None and one.kind == "annotation"
    }
    panels = tuple(
        Panel(file, one, answer, bare, answer.marks + sum(marks[file, name] for name in one.marks))
        for (file, one), answer, bare in zip(every, seen, without, strict=True)
        if answer is not None
    )
    return Measured(instances, 2, fleet.series, fleet.samples, size, len(rules), evaluation, panels)


def _answers(
    server: Prometheus, every: Sequence[Asked | None], what: str, told: Callable[[str, float], None]
) -> list[Seen | None]:
    found = []
    for place, one in enumerate(every):
        told(what, place / len(every))
        found.append(None if one is None else ask(server.port, one))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the page if asked to; 1 when a bound is not held."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--instances", type=int, nargs="+", default=[1, 200, 1000], help="of each job")
    parser.add_argument("--hours", type=float, default=6.0, help="length of the history, and shown time")
    parser.add_argument("--interval", type=float, default=15.0, help="seconds between two scrapes")
    parser.add_argument("--folder", type=Path, help="where the histories lie meanwhile")
    parser.add_argument("--write", type=Path, help="Markdown page to put the tables into")
    options = parser.parse_args(arguments)
    program = shutil.which("prometheus")
    if program is None:
        sys.stderr.write("prometheus is not on the PATH: run sh tests/components.sh as root\n")
        return 2
    load = os.getloadavg()[0]
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    try:
        with (
            tempfile.TemporaryDirectory(prefix="scale-", dir=options.folder) as folder,
            Progress(*columns, console=console, disable=not console.is_terminal) as progress,
        ):
            project = load_project(CHECKOUT / "pyproject.toml")
            provision(project, Path(folder))
            setting = Setting(
                project.catalogue,
                program,
                sorted((Path(folder) / "grafana/dashboards").glob("**/*.json")),
                options.hours,
                options.interval,
                Path(folder),
            )
            found = [_shown(count, setting, progress) for count in options.instances]
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: nothing was written\n")
        return 130
    finally:
        signal.signal(signal.SIGTERM, before)
    text = report(found, options.hours, options.interval, load)
    sys.stdout.write(text + "\n")
    if options.write is not None:
        write(options.write, text)
    return 1 if any(faults(found)) else 0


def _shown(instances: int, setting: Setting, progress: Progress) -> Measured:
    bar = progress.add_task(f"{instances:,} instances", total=1.0)
    return measure(
        instances,
        setting,
        lambda what, part: progress.update(
            bar, description=f"{instances:,} instances: {what}", completed=part
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
