"""What the readers of files promise for any text whatever: something, nothing, or an error for a person."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

from tests.fuzz.language import EVERY, WORLD

from signalproof.catalogue.family import Family, exposition_of
from signalproof.config import load_config
from signalproof.dashboard.foreign import dashboards, queries_of
from signalproof.documents import read_json, read_yaml
from signalproof.errors import Location, SignalproofError
from signalproof.instrument.web_config import read_web_config
from signalproof.knowledge.answers import families_of_json
from signalproof.knowledge.file import read_catalogue
from signalproof.knowledge.text import families_of_text
from signalproof.knowledge.writing import write_catalogue
from signalproof.lint.project import lint
from signalproof.promql.query import Query
from signalproof.rules.foreign import queries_of as queries_of_group
from signalproof.rules.foreign import rule_groups

T = TypeVar("T")


def or_refused(read: Callable[[], T], text: str) -> T | None:
    """Return what *read* makes of *text*; None where it says for a person what is wrong, on a line that is there."""
    try:
        return read()
    except SignalproofError as refusal:
        error = refusal
        line = error.where.line if error.where else 0
        # a line ends where one of the readers thinks it does: at any of what splitlines() takes, or at \r\n as two
        most = len(text.splitlines()) + text.count("\r\n") + 1
        assert 0 <= line <= most, f"line {line} of {most}"
        return None


def dashboard(text: str) -> bool:
    """Any text is JSON with dashboards in it or not, or an error for a person; return whether it has queries."""
    found = or_refused(lambda: list(dashboards([read_json(text, "fuzz.json")], "fuzz.json")), text) or []
    queries = [query for one in found for query in queries_of(one)]
    lint(queries, WORLD, dashboards=found, select=EVERY)
    return bool(queries)


def rules(text: str) -> bool:
    """Any text is YAML with rules in it or not, or an error for a person; return whether it has rules."""
    groups = (
        or_refused(lambda: list(rule_groups(list(read_yaml(text, "fuzz.yaml")), "fuzz.yaml")), text) or []
    )
    queries = [query for one in groups for query in queries_of_group(one, "fuzz.yaml")]
    lint(queries, WORLD, select=EVERY)
    return bool(queries)


def exposition(text: str) -> bool:
    """Any text is an exposition in one of its forms, or an error for a person; return whether it has series."""
    found = [
        or_refused(lambda: exposition_of(families_of_text(text, "fuzz.txt")), text),
        or_refused(lambda: exposition_of(families_of_json(text, "fuzz.txt")), text),
    ]
    return any(one is not None and one.series for one in found)


def catalogue(text: str) -> bool:
    """Any text is a catalogue file, or an error for a person; what was read is written, and read as the same.

    Return whether it has families.
    """
    found = or_refused(lambda: read_catalogue(text, "fuzz.json"), text)
    if found is None:
        return False
    written = write_catalogue(found)
    again = read_catalogue(written, "fuzz.json")
    assert write_catalogue(again) == written, "what was written is read as something else"
    names = [name for one in found.families for name in one.names]
    assert _names(again.families) == sorted(names), "a name is lost"
    lint([Query("up", Location("fuzz", 1))], exposition_of(found.families), select=EVERY)
    return bool(found.families)


def _names(families: tuple[Family, ...]) -> list[str]:
    return sorted(name for one in families for name in one.names)


def configuration(text: str) -> bool:
    """Any text is a configuration, or an error for a person; the lint can use it. Return whether it says something."""
    file = scratch() / "pyproject.toml"
    file.write_bytes(text.encode())
    config = or_refused(lambda: load_config(file), text)
    if config is not None:
        or_refused(lambda: lint([Query("rate(up[5m])", Location("fuzz", 1))], WORLD, config=config), text)
    return config is not None and bool(config.said)


def web_config(text: str) -> bool:
    """Any text is a web configuration, or an error for a person; return whether it locks something."""
    file = scratch() / "web.yml"
    file.write_bytes(text.encode())
    found = or_refused(lambda: read_web_config(file), text)
    return found is not None and bool(found.tls or found.users or found.headers)


@cache
def scratch() -> Path:
    """Return a folder of this process for files that have to be on disk, in memory where the system has that."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="fuzz-", dir=memory if memory.is_dir() else None))
