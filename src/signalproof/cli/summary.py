"""What a lint prints when it is done: what is wrong, what was proven, and what was not, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from signalproof.errors import Location, SignalproofError
from signalproof.text import shown

if TYPE_CHECKING:
    from signalproof.lint.compatibility import Compatibility, Figure
    from signalproof.lint.finding import Report
    from signalproof.lint.sources import Sources

_MOST_NAMES = 5
_MOST_PLACES = 8
_MANY_QUERIES = 5


def summary(
    report: Report,
    *,
    foreign: bool,
    sources: bool,
    verbose: bool,
    labels_said: bool = True,
    assumed: Sequence[str] = (),
) -> str:
    """Return the summary of a lint.

    Args:
        report: Its result.
        foreign: Whether files were linted, and not the project's own definitions.
        sources: Whether a catalogue was given or configured.
        verbose: Whether every panel is listed, and every name that nobody knows.
        labels_said: Whether anybody said which labels targets have.
        assumed: Labels that were taken as labels of the targets.
    """
    counts = ", ".join(
        f"{count} {severity}{'s' * (count != 1)}" for severity, count in report.counts.items() if count
    )
    codes = Counter(one.code for one in report.findings)
    by_code = (
        ", ".join(f"{code} {count}" for code, count in codes.most_common())
        if len(report.findings) > 3
        else ""
    )
    text = f"{_many(report.queries, 'query')}: {counts or 'nothing wrong'}" + (
        f" ({by_code})" if by_code else ""
    )
    text += f"; {report.suppressed} suppressed with a reason" if report.suppressed else ""
    text += f"; {report.baselined} in the baseline" if report.baselined else ""
    if assumed:
        text += (
            f"\nno source has {', '.join(map(shown, assumed))}, which metrics of several programs are asked for: "
            f"taken as added by the scrape; say so: --target-labels {','.join(map(shown, assumed))}"
        )
    if foreign and not labels_said and (labels := _of_targets(report)):
        text += (
            f"\nno source has the label{'s' * (len(labels) > 1)} {', '.join(labels)}, which many queries ask for: if the scrape "
            f"adds {'them' if len(labels) > 1 else 'it'}, say so: --target-labels {','.join(labels)}"
        )
    found = report.compatibility
    if foreign and found is None and report.queries:
        return f"{text}\nno metric was looked up: --no-catalogue"
    if found is None or not (foreign or found.figure.proven + found.figure.wrong < found.figure.queries):
        return text
    return "\n".join((text, *_proven(found, sources=sources, verbose=verbose)))


def _of_targets(report: Report) -> list[str]:
    """Return the labels that no metric has and several queries ask for: it is likely that the scrape adds them."""
    asking: dict[str, set[int]] = {}
    listed: set[str] = set()
    for one in report.findings:
        lists = one.code == "G003" and bool(one.query.label) and one.message.startswith("no label")
        label = one.query.label if lists else one.culprit if one.code == "L001" else ""
        if label.isidentifier():
            asking.setdefault(label, set()).add(id(one.query))
        if lists:
            listed.add(label)
    return sorted(
        label
        for label, queries in asking.items()
        if len(queries) >= _MANY_QUERIES or (label in listed and len(queries) > 1)
    )


def _proven(found: Compatibility, *, sources: bool, verbose: bool) -> Iterator[str]:
    figure = found.figure
    left = [f"proven: {figure.proven} of {figure.queries}"]
    if figure.wrong:
        left.append(f"{figure.wrong} wrong")
    unknown = figure.queries - figure.proven - figure.wrong - figure.chosen
    if unknown:
        left.append(f"{unknown} read metrics that no source knows")
    if figure.chosen:
        left.append(f"{figure.chosen} leave the metric to a variable or a pattern")
    yield "; ".join(left)
    if figure.unknown:
        yield f"nobody knows {_listed(sorted(figure.unknown), verbose=verbose)}"
        yield (
            "give what your programs expose: --catalogue DUMP_OR_URL, or --prometheus URL"
            if not sources
            else "more knowledge: another --catalogue, or external in [tool.signalproof]"
        )
    if verbose:
        for place in found.places:
            yield f"  {shown(place.file)} › {shown(place.name or '(no uid)')}: {_figure(place.figure)}"
            yield from (
                f"    {shown(title or '(no title)')}: {_figure(one)}" for title, one in place.panels.items()
            )
    elif len(found.places) > 1:
        least = sorted(
            (one for one in found.places if one.figure.share < 1), key=lambda one: one.figure.share
        )
        for place in least[:_MOST_PLACES]:
            yield f"  {shown(place.file)} › {shown(place.name or '(no uid)')}: {_figure(place.figure)}"
        if len(least) > _MOST_PLACES:
            yield f"  and {len(least) - _MOST_PLACES} more dashboards and groups (--verbose lists them all)"


def _figure(one: Figure) -> str:
    said = f"{one.proven} of {one.queries} proven"
    said += f", {one.wrong} wrong" if one.wrong else ""
    said += f"; unknown: {_listed(sorted(one.unknown), verbose=False)}" if one.unknown else ""
    return said


def _listed(names: list[str], *, verbose: bool) -> str:
    listed = names if verbose else names[:_MOST_NAMES]
    more = len(names) - len(listed)
    return ", ".join(map(shown, listed)) + (f" and {more} more (--verbose names them)" if more else "")


def _many(count: int, what: str) -> str:
    several = f"{what.removesuffix('y')}ies" if what.endswith("y") else f"{what}s"
    return f"1 {what}" if count == 1 else f"{count} {several}"


def reading(found: Sources, *, verbose: bool) -> Iterator[str]:
    """Yield what was read and what was not: one line, where there is more to say than the one file that was given.

    Args:
        found: What was read.
        verbose: Whether every query that was left out and every file that was passed over has a line of its own.
    """
    kinds = Counter(one.kind for one in found.others)
    if (found.files == 1 and not (kinds or found.passed)) or not (found.files or found.passed):
        return
    what = [
        _many(count, name)
        for count, name in ((len(found.dashboards), "dashboard"), (found.groups, "rule group"))
        if count
    ]
    line = f"read {_many(found.files, 'file')}" + (f" ({', '.join(what)})" if what else "")
    if kinds:
        of = ", ".join(f"{count} {shown(kind)}" for kind, count in sorted(kinds.items()))
        line += f"; left out {_many(kinds.total(), 'query')} of other data sources ({of})"
    if found.passed:
        line += f"; passed over {_many(len(found.passed), 'other file')}"
    yield line + (" (--verbose names them)" if not verbose and (kinds or found.passed) else "")
    if verbose:
        yield from (f"  {shown(one.where)}: a query of {shown(one.kind)}" for one in found.others)
        yield from (f"  {shown(file)}: {shown(what)}" for file, what in found.passed)


def unread(found: Sources) -> Iterator[str]:
    """Yield a line for each kind of file that has to be rendered before it can be linted."""
    by_kind: dict[tuple[str, str], list[str]] = {}
    for file, kind in found.templates:
        by_kind.setdefault((kind.name, kind.remedy), []).append(str(file))
    for (name, remedy), files in by_kind.items():
        yield f"not read, for it is {name}: {_listed(files, verbose=False)}; {remedy}"


def nothing_read(paths: Sequence[Path], found: Sources) -> SignalproofError:
    """Return the error for folders in which nothing could be read."""
    where = Location(" ".join(map(str, paths)))
    if found.templates:
        file, kind = found.templates[0]
        more = len(found.templates) - 1
        others = f" and {more} more" if more else ""
        return SignalproofError(
            f"nothing could be read: {file}{others} looks like {kind.name}", kind.remedy, where=where
        )
    return SignalproofError(
        "neither a dashboard nor a rule file in there",
        "give dashboard JSON, rule YAML, or a folder of them",
        where=where,
    )
