"""A problem of a foreign dashboard that lies outside of its queries, at its place in the file."""

from __future__ import annotations

from signalproof.dashboard.foreign import ForeignDashboard
from signalproof.documents import Table, Text
from signalproof.errors import Location
from signalproof.lint.finding import Problem, Severity
from signalproof.promql.ast import Span
from signalproof.promql.query import Query, Use


def panel_problem(
    message: str,
    remedy: str,
    text: str,
    part: str,
    panel: Table,
    found: ForeignDashboard,
    *,
    span: Span | None = None,
    severity: Severity | None = None,
) -> Problem:
    """Return a problem in *text*, a part of *panel*; of a dashboard as a whole, *panel* is its body.

    Args:
        message: What is wrong.
        remedy: What to do instead.
        text: Where it is wrong; shown, and looked up in the file where it is a `Text`.
        part: What *text* is: ``link``, ``override`` …
        panel: The panel, variable or annotation in which it stands.
        found: The dashboard.
        span: The culprit in *text*; all of it when None.
        severity: When it differs from that of the rule.
    """
    line = text.line if isinstance(text, Text) else panel.line
    title = "" if panel is found.spec else panel.text("title") or panel.text("name")
    place = Query(
        "", Location(found.file, line), Use.PANEL, found.uid, title,
        title=_title(found),
    )  # fmt: skip
    return Problem(message, remedy, span or Span(0, len(text)), severity, text=text, part=part, query=place)


def times(count: int) -> str:
    """Return how often something was found, to be put behind a message; empty for once."""
    return f" ({count} places)" if count > 1 else ""


def _title(found: ForeignDashboard) -> str:
    title = str(found.spec.text("title"))
    return title if title != found.uid else ""
