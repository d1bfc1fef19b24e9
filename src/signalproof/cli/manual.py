"""The library's own reference pages, from its own code: ``python -m signalproof.cli.manual [--check] FOLDER``.

Not a command of ``signalproof``, because a project that uses the library has no use for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.main import get_command

from signalproof.cli.main import app
from signalproof.cli.settings import configuration_reference
from signalproof.knowledge.schema import schema
from signalproof.lint.reference import rule_reference
from signalproof.render.files import apply, compare
from signalproof.render.knowledge_reference import knowledge_reference

_WIDTH = 100


def command_reference() -> str:
    """Return what ``--help`` prints, of every command, and what can be configured, in Markdown."""
    group = get_command(app)
    with group.make_context("signalproof", [], resilient_parsing=True, terminal_width=_WIDTH) as context:
        parts = [
            (
                "<!-- Written by `make dashboards` from the commands' own --help and the configuration's own classes; edit those. -->\n\n"
                "# The command line\n\n"
                "Exit codes: 0 clean, 1 found something, 2 the definitions or the arguments are broken. Output of machine\n"
                "formats goes to stdout alone; progress, summaries and mistakes go to stderr.\n\n"
                f"```text\n{group.get_help(context).strip()}\n```\n"
            )
        ]
        parts += _pages(group, "signalproof")
    return "".join([*parts, configuration_reference()])


def _pages(group: Any, above: str) -> Iterator[str]:
    """Yield the help of every command of *group*, and of those of a command that has its own."""
    for name, command in group.commands.items():
        called = f"{above} {name}"
        with command.make_context(called, [], resilient_parsing=True, terminal_width=_WIDTH) as inner:
            yield f"\n## {called}\n\n```text\n{command.get_help(inner).strip()}\n```\n"
        if hasattr(command, "commands"):
            yield from _pages(command, called)


def run(
    folder: Annotated[Path, typer.Argument(help="Where the pages are kept.")],
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 when a page is stale.")
    ] = False,
) -> None:
    """Write the reference of the commands, the lint rules, the bundled exporters and the catalogue file."""
    files = {
        "cli.md": command_reference().encode(),
        "lint.md": rule_reference().encode(),
        "knowledge.md": knowledge_reference().encode(),
        "catalogue.schema.json": schema().encode(),
    }
    changes = (compare if check else apply)(folder, files)
    for change in changes:
        typer.echo(change.diff if check else f"wrote {folder / change.path}", err=not check)
    if check and changes:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(run)
