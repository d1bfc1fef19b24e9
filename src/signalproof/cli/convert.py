"""``signalproof convert``: foreign metrics, rules and dashboards to definitions in Python, which are a person's from then on."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from signalproof.errors import Location, SignalproofError
from signalproof.text import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from signalproof.convert.found import Check, Converted

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_FEW = 12
"""Names that are listed one by one."""

app = typer.Typer(
    help="Convert foreign metrics, rules and dashboards to definitions in Python.",
    no_args_is_help=True,
    context_settings=_SETTINGS,
    rich_markup_mode=None,
)

Out = Annotated[
    Path | None, typer.Option("-o", "--out", metavar="FILE", help="The module to write; else it is printed.")
]
Force = Annotated[bool, typer.Option("--force", help="Write it although FILE exists.")]


@app.command(context_settings=_SETTINGS)
def dashboard(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Dashboards as Grafana exports them, or ConfigMaps of them."),
    ],
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="DIR", help="Folder that the packages are written into.")
    ] = Path("dashboards"),
    folder: Annotated[str, typer.Option(metavar="NAME", help="Folder in Grafana.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Write packages although they exist.")] = False,
) -> None:
    """Write definitions in Python of dashboards: a package each, rendered to the same JSON again."""
    from signalproof.cli.converted_dashboards import convert

    convert(files, out, folder, force=force)


@app.command(context_settings=_SETTINGS)
def metrics(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="URL or dump of /metrics, metadata of Prometheus, a catalogue file, EXPORTER[@VERSION].",
        ),
    ] = "",
    python: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="Source code, read and never run: declarations of prometheus_client and OpenTelemetry.",
        ),
    ] = None,
    all_: Annotated[
        bool,
        typer.Option(
            "--all", help="Keep what the client library says of every process: process_*, python_*, go_*."
        ),
    ] = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """Write a catalogue in Python of what a program exposes; what is not certain is marked `# check:`."""
    from signalproof.convert.catalogue import catalogue_module

    _check_free(out, force=force)
    left_out: Mapping[str, Sequence[str]] = {}
    unread: Sequence[Check] = ()
    if (python is None) == (not source):
        raise SignalproofError(
            "give one source of metrics" if python is None else "give SOURCE or --python, not both",
            "signalproof convert metrics http://127.0.0.1:8000/metrics, or --python src",
            where=Location("signalproof convert metrics"),
        )
    if python is not None:
        from signalproof.convert.declarations import declarations

        found, unread = declarations(python)
        title = f"The metrics that {python.resolve().name} declares"
    else:
        from signalproof.cli.references import shown_by
        from signalproof.config import load_config
        from signalproof.convert.pages import found_on
        from signalproof.live.address import shown as without_secrets

        found, left_out = found_on(shown_by(source, load_config(None)), everything=all_)
        title = f"The metrics of {without_secrets(source)}"
        if not found:
            raise SignalproofError(
                f"{without_secrets(source)} has no metric of its own",
                "--all keeps what the client library says of every process",
                where=Location(without_secrets(source)),
            )
    made = catalogue_module(found, title, unread)
    _hand_over(made, out, {**left_out, **made.left_out}, "metric")


@app.command(context_settings=_SETTINGS)
def rules(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE",
            help="Rule files, PrometheusRules or ConfigMaps that hold them; - for standard input.",
        ),
    ],
    out: Out = None,
    force: Force = False,
    config: Annotated[Path | None, typer.Option(help="The pyproject.toml to use.")] = None,
) -> None:
    """Write rule groups in Python that render the same rule files; what an alert does not say is marked `# check:`."""
    from signalproof.cli.project import known_in, load_project
    from signalproof.convert.rules import rules_module

    _check_free(out, force=force)
    _hand_over(rules_module(files, known_in(load_project(config))), out, {}, "rule")


def _check_free(out: Path | None, *, force: bool) -> None:
    """Raise where *out* would be overwritten unasked or cannot be written, before anything is read."""
    if out is None:
        return
    if out.is_dir() or not out.parent.is_dir():
        said = f"{out} is a folder" if out.is_dir() else f"there is no folder {out.parent}"
        raise SignalproofError(
            said, "give the file to write, in a folder that is there", where=Location(str(out))
        )
    if not force and (out.exists() or out.is_symlink()):
        raise SignalproofError(
            f"{out} is there already",
            "give another file, or --force to write over it",
            where=Location(str(out)),
        )


def _hand_over(
    made: "Converted", out: Path | None, left_out: "Mapping[str, Sequence[str]]", noun: str
) -> None:
    """Write or print the module, and say what to check and what was left out."""
    if out is None:
        typer.echo(made.source, nl=False)
    else:
        from signalproof.render.files import apply

        apply(out.parent, {out.name: made.source.encode()})
    for check in made.checks:
        typer.echo(f"check {shown(check)}", err=True)
    for reason, names in left_out.items():
        listed = ", ".join([*names[:_FEW], *([f"and {len(names) - _FEW} more"] if len(names) > _FEW else [])])
        typer.echo(f"left out, {shown(reason)}: {shown(listed)}", err=True)
    count = f"{made.count} {noun}{'' if made.count == 1 else 's'}"
    things = "nothing to check" if not made.checks else f"{len(made.checks)} to check"
    typer.echo(f"{'wrote ' + shown(out) + ': ' if out else ''}{count}, {things}", err=True)
