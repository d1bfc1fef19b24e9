"""``signalproof verify``: every query against a real Prometheus."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def run(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Dashboard JSON, rule YAML, or folders of them; none: the project itself."),
    ] = None,
    prometheus: Annotated[
        str, typer.Option(metavar="URL", help="Where Prometheus is.")
    ] = "http://127.0.0.1:9090",
    hours: Annotated[
        float, typer.Option(min=0.05, max=24 * 366, help="Time range that is asked for, ending now.")
    ] = 1.0,
    timeout: Annotated[float, typer.Option(min=0.1, max=600, help="Seconds to wait for each answer.")] = 30.0,
    config: Annotated[Path | None, typer.Option(help="The pyproject.toml to use.")] = None,
) -> None:
    """Ask a real Prometheus every query of every panel, variable, annotation and rule; exit 1 unless all are alive."""
    from rich.console import Console

    from signalproof.cli.complaint import complain
    from signalproof.cli.project import load_project
    from signalproof.lint.sources import read
    from signalproof.live.table import all_alive, progress, summary, table
    from signalproof.live.verify import verify

    project = load_project(config)
    found = read(paths or [], exclude=project.config.lint.exclude)
    queries = list(found.queries if paths else project.queries())
    with progress(len(queries), Console(stderr=True)) as done:
        results = verify(
            prometheus,
            queries,
            span=hours * 3600,
            scrape_interval=project.config.scrape_interval,
            timeout=timeout,
            done=done,
        )
    # into a file or a pipe, a line is as long as it has to be
    Console(width=None if sys.stdout.isatty() else 200).print(table(results))
    for broken in found.broken:
        complain(broken)
    typer.echo(summary(results), err=True)
    if found.broken or not all_alive(results):
        raise typer.Exit(1)
