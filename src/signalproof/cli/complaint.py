"""A person's mistake in three lines on stderr: what, where, what instead."""

from __future__ import annotations

import typer

from signalproof.errors import SignalproofError


def complain(mistake: SignalproofError) -> None:
    """Print *mistake*."""
    typer.secho(f"error: {mistake}", fg="red", err=True)
    if mistake.where is not None:
        typer.echo(f"  --> {mistake.where}", err=True)
    if mistake.help:
        typer.echo(f"  help: {mistake.help}", err=True)
