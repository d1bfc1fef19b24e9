"""For a person: what, where, the line with carets, and what instead, as a compiler prints it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from signalproof.lint.finding import Finding
from signalproof.promql.ast import Span
from signalproof.text import shown

_MOST_PLACES = 4


def full(findings: Iterable[Finding]) -> str:
    """Return *findings* as blocks of text with a blank line after each, the worst first.

    What is wrong in the same words about the same text is one block, with the other places in a line.
    """
    return "".join(
        "\n".join((*_block(first), *_also(others))) + "\n\n" for first, *others in _alike(findings)
    )


def _alike(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Return the findings by what they say; errors first, then as they come."""
    found: dict[tuple[str, ...], list[Finding]] = {}
    for one in findings:
        found.setdefault((one.code, one.severity, one.message, one.help, one.culprit), []).append(one)
    return sorted(found.values(), key=lambda alike: alike[0].severity.rank)


def _also(others: list[Finding]) -> Iterator[str]:
    places = list(dict.fromkeys(f"{one.where} ({one.query.panel})" for one in others))
    if places:
        more = f" and {len(places) - _MOST_PLACES} more" if len(places) > _MOST_PLACES else ""
        yield f"   = also at {', '.join(map(shown, places[:_MOST_PLACES]))}{more}"


def place(finding: Finding) -> str:
    """Return which dashboard, panel and target, or which group and rule, a finding is about."""
    query = finding.query
    titled = f"{query.dashboard} “{query.title}”" if query.title else query.dashboard
    inside = " › ".join(one for one in (titled, query.panel, query.target) if one)
    return shown(f"{inside} ({query.use})" if inside else query.use)


def _block(finding: Finding) -> Iterator[str]:
    yield f"{finding.severity}[{finding.code}]: {shown(finding.message)}"
    yield f"  --> {shown(finding.where)}"
    yield f"   | {place(finding)}"
    if finding.shown:
        if finding.part:
            yield f"   | {shown(finding.part)}:"
        yield "   |"
        yield from _underlined(finding.shown, finding.span)
    if finding.help:
        yield f"   = help: {shown(finding.help)}"


def _underlined(text: str, span: Span) -> Iterator[str]:
    """Yield the lines of *text* that hold the culprit, each with carets below; of a long text only those."""
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        first, last = max(span.start, start), min(span.end, end)
        touched = start <= span.start <= end if span.start == span.end else first < last
        if touched:
            skipped = max(0, first - start - 80) if len(line) > 160 else 0
            cut = line[skipped : skipped + 160].replace("\t", " ")
            yield f"   | {'…' if skipped else ''}{shown(cut)}{'…' if skipped + 160 < len(line) else ''}"
            # what is escaped is wider than it was
            before, until = (len(shown(cut[: place - start - skipped])) for place in (first, last))
            beyond = max(0, last - start - skipped - len(cut))
            yield f"   | {' ' * (before + bool(skipped))}{'^' * max(1, min(until - before + beyond, 160))}"
        start = end + 1
