"""Safe fixes: the culprit of a finding replaced in the file, where it is certain what stands there instead.

Only files that were read as text (dashboards, rules) are changed; a Python definition is a person's to change. A fix
is left out rather than guessed: when the expression cannot be found exactly once on its line, or two fixes overlap.
What is not the expression stays byte for byte: line ends, byte order mark, other fields. A file in which an edit would
reach anything else is left as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from signalproof.documents import Text
from signalproof.errors import SignalproofError
from signalproof.files import read_bytes
from signalproof.lint.edits import Edit, only
from signalproof.lint.finding import Finding
from signalproof.lint.sources import trees_of
from signalproof.text_files import STDIN, decoded, shown

_BREAK = re.compile(r"(\r\n|\r|\n)")


@dataclass(frozen=True)
class Fixes:
    """What safe fixes would change.

    Attributes:
        files: Path → its new bytes.
        applied: The findings that are gone then.
        left: The findings with a fix that could not be applied safely.
    """

    files: Mapping[Path, bytes]
    applied: tuple[Finding, ...]
    left: tuple[Finding, ...]


@dataclass
class _File:
    """A file that is mended: its text line by line, each with its own end.

    Attributes:
        path: Where it is.
        data: What it holds.
        rows: Its lines without their ends.
        ends: Their ends.
        edits: What was changed.
        done: The findings that are gone with it.
    """

    path: Path
    data: bytes
    rows: list[str]
    ends: list[str]
    edits: list[Edit] = field(default_factory=list)
    done: list[Finding] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> _File:
        """Return the file *path*; raises `SignalproofError` where it cannot be read."""
        data = read_bytes(path)
        pieces = _BREAK.split(data.decode("utf-8"))
        return cls(path, data, pieces[0::2], [*pieces[1::2], ""])

    @property
    def mended(self) -> bytes:
        """What it is to hold."""
        return "".join(part for pair in zip(self.rows, self.ends, strict=True) for part in pair).encode()

    def is_sound(self) -> bool:
        """Whether the edits changed their queries and nothing else."""
        name = str(self.path)
        try:
            before, after = (trees_of(decoded(data, name), self.path) for data in (self.data, self.mended))
        except SignalproofError:
            return False
        return only(self.edits, before, after)


def fixes(findings: Iterable[Finding]) -> Fixes:
    """Return what the fixes of *findings* make of their files; nothing is written.

    Raises:
        SignalproofError: A file cannot be read any more.
    """
    by_text: dict[tuple[str, int, str], list[Finding]] = {}
    left: list[Finding] = []
    for one in findings:
        if one.fix is not None and not one.part and isinstance(one.query.text, Text):
            if one.query.where.file == shown(STDIN):
                left.append(one)
            else:
                by_text.setdefault((one.query.where.file, one.query.where.line, one.query.text), []).append(
                    one
                )
    files: dict[str, _File] = {}
    for (name, _, _), group in by_text.items():
        file = files[name] if name in files else files.setdefault(name, _File.read(Path(name)))
        chosen = _apart(group)
        text = group[0].query.text
        new = _changed(text, chosen)
        if isinstance(text, Text) and _replace(file.rows, text, new):
            file.edits.append(Edit(text, new))
            file.done += chosen
            left += [one for one in group if one not in chosen]
        else:
            left += group
    sound = [one for one in files.values() if one.edits and one.is_sound()]
    left += [finding for one in files.values() if one not in sound for finding in one.done]
    applied = tuple(finding for one in sound for finding in one.done)
    return Fixes({one.path: one.mended for one in sound}, applied, tuple(left))


def with_fix(finding: Finding) -> str:
    """Return the expression of *finding* with its fix, as text."""
    return _changed(finding.query.text, [finding])


def _apart(findings: list[Finding]) -> list[Finding]:
    """Return those of *findings* whose culprits do not overlap, the first of each place."""
    chosen: list[Finding] = []
    for one in sorted(findings, key=lambda one: one.span):
        if not chosen or one.span.start >= chosen[-1].span.end:
            chosen.append(one)
    return chosen


def _changed(text: str, findings: list[Finding]) -> str:
    for one in reversed(findings):
        text = text[: one.span.start] + (one.fix or "") + text[one.span.end :]
    return text


def _replace(rows: list[str], old: Text, new: str) -> bool:
    """Replace *old* by *new* in the rows of its file; whether it stood there exactly once."""
    if old.verbatim:
        before, after = old.rstrip("\n").split("\n"), new.rstrip("\n").split("\n")
        if len(before) != len(after):
            return False
        pairs = [
            (old.line - 1 + at, one, other) for at, (one, other) in enumerate(zip(before, after, strict=True))
        ]
    else:
        pairs = [(old.line - 1, str(old), new)]
    pairs = [pair for pair in pairs if pair[1] != pair[2]]
    written = [(at, _as_written(rows, at, one, other)) for at, one, other in pairs]
    if any(row is None for _, row in written):
        return False
    for at, row in written:
        rows[at] = row or ""
    return True


def _as_written(rows: list[str], at: int, old: str, new: str) -> str | None:
    """Return the row with *old* replaced, as plain text or escaped for quotes; None where it is not there once."""
    if at >= len(rows):
        return None
    for write in (str, _escaped, _escaped_ascii):
        if rows[at].count(write(old)) == 1:
            return rows[at].replace(write(old), write(new))
    return None


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _escaped_ascii(text: str) -> str:
    return json.dumps(text)[1:-1]
