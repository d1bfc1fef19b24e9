"""``lint --fix``: safe fixes, written only into files that are ours to write, and only when the lint agrees afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import typer

from signalproof.cli.complaint import complain
from signalproof.errors import Location, SignalproofError
from signalproof.files import writable_place
from signalproof.lint.finding import Finding, Report
from signalproof.lint.fixes import fixes
from signalproof.render.files import apply
from signalproof.text import shown

_AS_IT_WAS = "mend it by hand: `signalproof lint` shows what to write"


def folders_of(paths: Iterable[Path], root: Path) -> tuple[Path, ...]:
    """Return the folders in which a file may be written: the working directory, the project, and those that were named."""
    named = [one if one.is_dir() else one.parent for one in paths]
    return tuple(dict.fromkeys((Path.cwd(), root, *named)))


def write(file: Path, data: bytes, below: Sequence[Path]) -> None:
    """Write *data* to *file*, or, where that is a link, to what it leads to; the whole file appears or none.

    Raises:
        SignalproofError: It lies in none of the folders *below*, is no regular file, or cannot be written.
    """
    place = writable_place(file, below)
    apply(place.parent, {place.name: data})


def fixed(report: Report, again: Callable[[Mapping[Path, bytes]], Report], below: Sequence[Path]) -> Report:
    """Write the safe fixes, and return the report without what they mended.

    A file is left as it was, and that is said, when it is none of ours to write, or when the lint of what would be
    written still has what was to be mended, or has something new.

    Args:
        report: What the lint found.
        again: Returns what all rules find where files hold something else, with what a baseline or an option leaves out.
        below: Folders in which files may be written.
    """
    found = fixes(report.findings)
    files = dict(found.files)
    for file in found.files:
        try:
            writable_place(file, below)
        except SignalproofError as error:
            _leave(files, file, error)
    before = _counted(again({}).findings) | _counted(report.findings) if files else Counter()
    while files:
        applied = [one for one in found.applied if Path(one.query.where.file) in files]
        more = _counted(again(files).findings) - (before - _counted(applied))
        if not more:
            break
        worse = {Path(file) for file, *_ in more} & files.keys() or set(files)
        for file in sorted(worse):
            codes = sorted({code for name, code, *_ in more if Path(name) == file})
            said = f": {', '.join(codes)}" if codes else ""
            _leave(files, file, _refused(file, said))
    for file, data in files.items():
        write(file, data, below)
        typer.echo(f"fixed {shown(file)}", err=True)
    gone = [one for one in found.applied if Path(one.query.where.file) in files]
    unplaced = Counter(one.query.where.file for one in found.left)
    for name, count in sorted(unplaced.items()):
        typer.echo(f"not fixed in {shown(name)}: {count}, for it is not certain where it stands", err=True)
    return replace(report, findings=tuple(one for one in report.findings if one not in gone))


def _refused(file: Path, said: str) -> SignalproofError:
    return SignalproofError(
        f"{file} is left as it was: mended, it would have a finding that it has not now{said}",
        _AS_IT_WAS,
        where=Location(str(file)),
    )


def _leave(files: dict[Path, bytes], file: Path, error: SignalproofError) -> None:
    complain(error)
    del files[file]


def _counted(findings: Iterable[Finding]) -> Counter[tuple[str, str, str, str, str, str]]:
    """Return how often each rule speaks at each place; an expression that was mended is another text at the same place."""
    return Counter(
        (
            one.query.where.file, one.code, one.query.dashboard, one.query.panel, one.query.target, one.part,
        )
        for one in findings
    )  # fmt: skip
