"""The command ``signalproof``: exit 0 clean, 1 found something, 2 the definitions or the arguments are broken."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from signalproof.cli import catalogue, emit, explain, lint, render, verify
from signalproof.cli.complaint import complain
from signalproof.errors import Location, SignalproofError

CLEAN, FOUND, BROKEN, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(
    name="signalproof",
    help="Grafana dashboards that cannot lie: one typed metric catalogue from the decorator to the panel.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
for command in (render, lint, explain, catalogue, emit, verify):
    app.command(name=command.__name__.rpartition(".")[2])(command.run)


@app.callback()
def _options(
    *, version: bool = typer.Option(False, "--version", help="Print the version and exit.", is_eager=True)
) -> None:
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"signalproof {installed('signalproof')}")
        raise typer.Exit


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit; a person's mistake costs them three lines, a bug of ours keeps its traceback."""
    try:
        code = app(arguments, standalone_mode=False)
    except SignalproofError as mistake:
        complain(mistake)
        code = BROKEN
    except TyperException as mistake:
        context = getattr(mistake, "ctx", None)
        remedy = f"see {context.command_path if context is not None else 'signalproof'} --help"
        called = shlex.join(["signalproof", *(sys.argv[1:] if arguments is None else arguments)])
        complain(SignalproofError(_sentence(mistake), remedy, where=Location(called)))
        code = BROKEN
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("interrupted", err=True)
        code = INTERRUPTED
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # or Python complains once more at exit
        code = CLEAN
    raise SystemExit(code)


def _sentence(mistake: TyperException) -> str:
    said = getattr(mistake, "format_message", mistake.__str__)()
    return f"{said[:1].lower()}{said[1:]}".rstrip(".")


if __name__ == "__main__":
    main()
