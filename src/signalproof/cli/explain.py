"""``signalproof explain``: one lint rule, why it is there, and what to write instead."""

from typing import Annotated

import typer


def run(code: Annotated[str, typer.Argument(help="Code of the rule, such as V003.")]) -> None:
    """Explain a lint rule: what it finds, why that is wrong, bad and good examples."""
    from signalproof.lint.reference import explain

    typer.echo(explain(code), nl=False)
