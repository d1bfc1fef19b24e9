"""Safe fixes: the culprit of a finding replaced in the file, where it is certain what stands there instead.

Only files that were read as text (dashboards, rules) are changed; a Python definition is a person's to change. A fix
is left out rather than guessed: when the expression cannot be found exactly once on its line, or two fixes overlap.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from signalproof.documents import Text
from signalproof.lint.finding import Finding


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


def fixes(findings: Iterable[Finding]) -> Fixes:
    """Return what the fixes of *findings* make of their files; nothing is written."""
    by_text: dict[tuple[str, int, str], list[Finding]] = {}
    for one in findings:
        if one.fix is not None and not one.part and isinstance(one.query.text, Text):
            by_text.setdefault((one.query.where.file, one.query.where.line, one.query.text), []).append(one)
    lines: dict[str, list[str]] = {}
    applied: list[Finding] = []
    left: list[Finding] = []
    for (file, _, _), group in by_text.items():
        if file not in lines:
            lines[file] = Path(file).read_text(encoding="utf-8").split("\n")
        chosen = _apart(group)
        text = group[0].query.text
        done = isinstance(text, Text) and _replace(lines[file], text, _changed(text, chosen))
        applied += chosen if done else []
        left += [one for one in group if not done or one not in chosen]
    changed = {one.query.where.file for one in applied}
    files = {Path(file): "\n".join(rows).encode() for file, rows in lines.items() if file in changed}
    return Fixes(files, tuple(applied), tuple(left))


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
