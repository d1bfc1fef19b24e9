"""The command ``signalproof``: exit 0 clean, 1 found something, 2 the definitions or the arguments are broken."""

import gc
import os
import shlex
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.exceptions import TyperException

from signalproof.cli import catalogue, convert, emit, explain, lint, render, verify
from signalproof.cli.complaint import complain
from signalproof.errors import Location, SignalproofError

CLEAN, FOUND, BROKEN, INTERRUPTED = 0, 1, 2, 130

_OBJECTS_BEFORE_COLLECTION = 50_000
"""Modules, definitions and trees are made once and kept: looking for circles among them every 700 objects finds none."""

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

app = typer.Typer(
    name="signalproof",
    help="Grafana dashboards that cannot lie: one typed metric catalogue from the decorator to the panel.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=_SETTINGS,
)
for command in (render, lint, explain, catalogue, emit, verify):
    app.command(name=command.__name__.rpartition(".")[2], context_settings=_SETTINGS)(command.run)
app.add_typer(convert.app, name="convert")


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"signalproof {version('signalproof')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_print_version),
    ] = False,
) -> None:
    """Hold the options that come before the command."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit; a person's mistake costs them three lines, a bug of ours keeps its traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION)
    try:
        code = app(given or ["--help"], prog_name="signalproof", standalone_mode=False)
    except SignalproofError as mistake:
        complain(mistake)
        code = BROKEN
    except TyperException as mistake:
        context = getattr(mistake, "ctx", None)
        remedy = f"see {context.command_path if context is not None else 'signalproof'} --help"
        where = Location(shlex.join(["signalproof", *given]))
        complain(SignalproofError(_sentence(mistake), remedy, where=where))
        code = BROKEN
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("interrupted", err=True)
        code = INTERRUPTED
    except BrokenPipeError:
        # the reader of our output went away; Python would complain once more when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = CLEAN
    raise SystemExit(code or CLEAN)


def _sentence(mistake: TyperException) -> str:
    said = getattr(mistake, "format_message", mistake.__str__)().replace("Value error, ", "")
    return f"{said[:1].lower()}{said[1:]}".rstrip(".")


if __name__ == "__main__":
    main()
