"""Command lines: exit 0 done, 1 not all of it, 2 the arguments or the configuration are broken."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from typing import NoReturn

import typer
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from typer.exceptions import TyperException

from hive.application.redaction import Redactor
from signalproof.errors import SignalproofError
from signalproof.text import shown

DONE, INCOMPLETE, BROKEN, INTERRUPTED = 0, 1, 2, 130


def application(name: str, help: str) -> typer.Typer:  # noqa: A002  # typer's own name for it
    """Return the command line called *name*, to which an application adds its commands."""
    return typer.Typer(
        name=name,
        help=help,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


def run(app: typer.Typer, arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command line and exit; a person's mistake costs them three lines, a bug of ours keeps its traceback."""
    given = sys.argv[1:] if arguments is None else arguments
    called = shlex.join(["python", "-m", str(app.info.name), *given])
    try:
        code = app(given, prog_name=f"python -m {app.info.name}", standalone_mode=False) or DONE
    except SignalproofError as mistake:
        complain(str(mistake), "" if mistake.where is None else str(mistake.where), mistake.help)
        code = BROKEN
    except TyperException as mistake:
        said = str(getattr(mistake, "format_message", mistake.__str__)())
        complain(f"{said[:1].lower()}{said[1:]}".rstrip("."), called, f"see python -m {app.info.name} --help")
        code = BROKEN
    except SQLAlchemyError as error:
        away = isinstance(error, OperationalError | InterfaceError | NoConnectionError)
        complain(
            f"the database {'does not do what it should' if away else 'refuses what was asked of it'}: {one_line(error)}",
            "",
            "check HIVE_DATABASE_URL, and that the database is up"
            if away
            else "check HIVE_DATABASE_URL, and what its user may do there; the database is up",
        )
        code = BROKEN
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("interrupted", err=True)
        code = INTERRUPTED
    raise SystemExit(code)


def one_line(error: BaseException, redact: Redactor | None = None, *, at_most: int = 500) -> str:
    """Return what *error* says in one line that can be logged and stored; of the database's errors their first line.

    PostgreSQL repeats the row in the next ones, and with it what a task says.
    """
    said = str(error)
    if isinstance(error, SQLAlchemyError):
        said = said.partition("\n")[0]
    text = " ".join(said.split()) or type(error).__name__
    text = text if redact is None else redact(text)
    return shown(text, at_most=at_most)


def complain(message: str, where: str, remedy: str) -> None:
    """Print the three lines of a mistake on stderr: what, where, what instead."""
    typer.secho(f"error: {shown(message)}", fg="red", err=True)
    if where:
        typer.echo(f"  --> {shown(where)}", err=True)
    if remedy:
        typer.echo(f"  help: {shown(remedy)}", err=True)
