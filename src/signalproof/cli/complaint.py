"""A person's mistake in three lines on stderr: what, where, what instead."""

from __future__ import annotations

import typer

from signalproof.errors import SignalproofError
from signalproof.text import shown


def complain(mistake: SignalproofError) -> None:
    """Print *mistake*."""
    typer.secho(f"error: {shown(mistake)}", fg="red", err=True)
    if mistake.where is not None:
        typer.echo(f"  --> {shown(mistake.where)}", err=True)
    if mistake.help:
        typer.echo(f"  help: {shown(mistake.help)}", err=True)
