"""What comes out promises for any text that was read: reports that their readers can read, fixes that change nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import yaml
from tests.fuzz.documents import or_refused, scratch
from tests.fuzz.language import EVERY, WORLD

from signalproof.lint.finding import Report
from signalproof.lint.fixes import fixes
from signalproof.lint.project import lint
from signalproof.lint.report import FORMATS, WHOLE
from signalproof.lint.sources import Sources, read

_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
"""What moves a cursor, rings a bell or hides a text: all control characters but the end of a line."""


def report(text: str) -> bool:
    """Whatever a file holds, every format is text that can be written, shown and read back; return whether it says anything.

    The text is that of a dashboard or of rules, whichever it begins like.
    """
    file = _written(text)
    sources = or_refused(lambda: read([file]), text)
    if sources is None:
        return False
    found = _linted(sources)
    for name, write in FORMATS.items():
        _readable(name, write(found.findings), len(found.findings))
    for name, write_whole in WHOLE.items():
        _readable(name, write_whole(found), len(found.findings))
    return bool(found.findings)


def _written(text: str) -> Path:
    file = scratch() / ("fuzz.json" if text.lstrip().startswith(("{", "[")) else "fuzz.yaml")
    file.write_bytes(text.encode())
    return file


def _linted(sources: Sources) -> Report:
    return lint(
        sources.queries, WORLD, select=EVERY, dashboards=sources.dashboards, foreign=True,
        rule_files=sources.rules, setup=sources.setup,
    )  # fmt: skip


def _readable(name: str, text: str, count: int) -> None:
    """Hold a report to what whoever reads it relies on."""
    text.encode()
    text.encode("ascii", "backslashreplace")
    if name in ("full", "concise", "github"):
        found = _CONTROL.search(text)
        assert found is None, f"{name}: {found}"
        commands = [line for line in text.splitlines() if line.startswith("::")]
        assert len(commands) == (count if name == "github" else 0), (
            f"{name}: {len(commands)} workflow commands"
        )
    elif name == "junit":
        ET.fromstring(text)
    else:
        json.loads(text)


def fix(text: str) -> bool:
    """A fix changes the queries it says and nothing else, and its findings are gone; return whether there was one.

    The file is linted, mended and linted again, as ``lint --fix`` does.
    """
    file = _written(text)
    sources = or_refused(lambda: read([file]), text)
    if sources is None:
        return False
    found = fixes(_linted(sources).findings)
    before = file.read_bytes()
    for path, data in found.files.items():
        assert path == file, f"{path} was not read"
        path.write_bytes(data)
    after = file.read_bytes()
    assert (before == after) == (not found.applied), "it says what it does not do"
    again = read([file])
    assert len(again.queries) == len(sources.queries), "queries came or went"
    mended = {str(one.query.text) for one in found.applied}
    for old, new in zip(sources.queries, again.queries, strict=True):
        assert old.text == new.text or old.text in mended, f"{old.text!r} became {new.text!r}"
    assert before.count(b"\r\n") == after.count(b"\r\n"), "other ends of lines"
    assert before.count(b"\n") == after.count(b"\n"), "more or fewer lines"
    for old_leaf, new_leaf in zip(_leaves(before, file), _leaves(after, file), strict=True):
        assert old_leaf == new_leaf or any(one in str(old_leaf) for one in mended), (
            f"{old_leaf!r} was changed"
        )
    return bool(found.applied)


def _leaves(data: bytes, file: Path) -> Iterator[Any]:
    """Yield every key and scalar of a document, by a reader that is not ours."""
    text = data.decode("utf-8-sig", "replace")
    try:
        tree: Any = (
            json.loads(text) if file.suffix == ".json" else list(yaml.load_all(text, yaml.CBaseLoader))
        )
    except (ValueError, yaml.YAMLError, RecursionError):
        return
    pending = [tree]
    seen: set[int] = set()
    while pending:
        one = pending.pop()
        if isinstance(one, dict | list):
            if id(one) in seen:  # an alias
                continue
            seen.add(id(one))
        if isinstance(one, dict):
            yield from one
            pending += one.values()
        elif isinstance(one, list):
            pending += one
        else:
            yield one
