"""What a deployment will do, printed as data: every value of its specification, one a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import typer

from hive.storage import DeploymentRequest
from signalproof.text import shown

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_WHOLE = 10**9
"""No line is cut: who approves it has to see all of it."""


def print_specification(request: DeploymentRequest) -> None:
    """Print everything that a deployment says, and the digest of it, which is what is approved."""
    for line in lines_of(request):
        typer.echo(f"  {shown(line, at_most=_WHOLE)}")
    typer.echo(f"digest: {request.digest}")


def lines_of(request: DeploymentRequest) -> Iterator[str]:
    """Yield each value of *request*, one a line and as JSON in ASCII, with the path to it: ``spec.host = "web-1"``.

    No value is left out or cut, none spans two lines, and none looks like another: what is not ASCII, or moves a
    terminal's cursor, is written as its code.
    """
    for name, value in request.as_json().items():
        yield from _lines(name, value)


def _lines(path: str, value: Any) -> Iterator[str]:
    match value:
        case Mapping() if value:
            for name, one in value.items():
                step = f".{name}" if _PLAIN.fullmatch(str(name)) else f"[{_json(str(name))}]"
                yield from _lines(f"{path}{step}", one)
        case list() | tuple() if value:
            for number, one in enumerate(value):
                yield from _lines(f"{path}[{number}]", one)
        case _:
            yield f"{path} = {_json(value)}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True).replace("\x7f", "\\u007f")
