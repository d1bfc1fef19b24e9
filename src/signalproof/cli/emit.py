"""``signalproof emit``: synthetic but plausible series for every metric of the catalogue."""

from pathlib import Path
from typing import Annotated

import typer

from signalproof.text import shown


def run(
    serve: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Serve them as a live /metrics until interrupted.")
    ] = "",
    openmetrics: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write a history for `promtool tsdb create-blocks-from openmetrics`."
        ),
    ] = None,
    remote_write: Annotated[
        str, typer.Option(metavar="URL", help="Send a history to a remote-write receiver.")
    ] = "",
    hours: Annotated[
        float, typer.Option(min=0.01, max=24 * 31, help="Length of the history, ending now.")
    ] = 4.0,
    follow: Annotated[
        bool, typer.Option("--follow", help="With --remote-write: go on until interrupted.")
    ] = False,
    instances: Annotated[int, typer.Option(min=1, max=1000, help="Processes of each job.")] = 2,
    incidents: Annotated[
        bool, typer.Option(help="Let something go wrong for five minutes of each hour, or nothing ever.")
    ] = True,
    busy: Annotated[
        bool,
        typer.Option("--busy", help="As often as the processes can, not as declared: rare things show soon."),
    ] = False,
    seed: Annotated[int, typer.Option(help="What everything drawn depends on.")] = 1,
    config: Annotated[Path | None, typer.Option(help="The pyproject.toml to use.")] = None,
) -> None:
    """Emit synthetic series for the whole catalogue, from a model whose true ratios and quantiles are known."""
    import time

    from signalproof.cli.project import load_project
    from signalproof.errors import SignalproofError
    from signalproof.live.incident import INCIDENT_EVERY
    from signalproof.live.model import Model

    if sum(map(bool, (serve, openmetrics, remote_write))) != 1:
        raise SignalproofError(
            "nowhere to emit to"
            if not (serve or openmetrics or remote_write)
            else "more than one place to emit to",
            "give one of --serve HOST:PORT, --openmetrics FILE, --remote-write URL",
        )
    project = load_project(config)
    every = INCIDENT_EVERY if incidents else 0.0
    model = Model.of(project.own_catalogue, seed=seed, instances=instances, incident_every=every, busy=busy)
    interval = project.config.scrape_interval
    end = time.time() // interval * interval
    start = end - hours * 3600
    if serve:
        from signalproof.live.serve import parse_address
        from signalproof.live.serve import serve as serve_forever

        host, port = parse_address(serve)
        serve_forever(model, host, port, ready=lambda url: typer.echo(f"serving {shown(url)}", err=True))
    elif openmetrics is not None:
        from signalproof.live.emit import write_openmetrics

        times = [start + step * interval for step in range(int((end - start) / interval) + 1)]
        size = write_openmetrics(model, openmetrics, times)
        typer.echo(f"wrote {shown(openmetrics)}: {len(times):,} scrapes, {size:,} bytes", err=True)
    else:
        from signalproof.live.remote_write import remote_write as send

        samples = send(model, remote_write, start=start, end=end, interval=interval, follow=follow)
        typer.echo(f"sent {samples:,} samples", err=True)
