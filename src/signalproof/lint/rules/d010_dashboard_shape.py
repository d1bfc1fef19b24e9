"""D010: a dashboard that Grafana shows otherwise than it was meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from signalproof.dashboard.foreign import ForeignDashboard, panels_of
from signalproof.errors import Location
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.rule import Context, Everything, Rule
from signalproof.lint.shown import dashboard, later
from signalproof.promql.ast import Span
from signalproof.promql.query import Query, Use

_COLUMNS = 24
_TWICE = """{"title": "Jobs", "panels": [
  {"id": 1, "type": "stat", "title": "Waiting", "targets": [{"refId": "A", "expr": "sum(queue_length)"}]},
  {"id": %d, "type": "stat", "title": "Running", "targets": [{"refId": "A", "expr": "sum(workers)"}]}
]}"""


class DashboardShape(Rule[Everything]):
    """An id, a uid or a letter used twice, panels on one another or out of the grid.

    Grafana accepts such a dashboard and repairs it silently: of two panels with one id one cannot be linked or edited,
    of two queries with one letter one is not asked, of two dashboards with one uid one replaces the other, of two panels
    with one corner one is pushed away. Panels that merely overlap are laid out below each other, as they are meant.

    A dashboard of the same title and panels in another folder is an alternative, and keeps its uid. In files of others a
    uid used twice is info.
    """

    code = "D010"
    slug = "dashboard-shape"
    severity = "warning"
    visits = (Everything,)
    bad = later(lambda: ((dashboard(_TWICE % 1), "Running"),))
    good = later(lambda: (dashboard(_TWICE % 2),))

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield everything that has to be unique and is not, and every panel that is out of place."""
        by_uid: dict[str, ForeignDashboard] = {}
        for one in seen.dashboards:
            uid = one.spec.text("uid")
            if uid and (other := by_uid.setdefault(uid, one)) is not one and not _is_copy(one, other):
                place = Query("", Location(one.file, uid.line), Use.PANEL, one.uid)
                yield _problem(
                    f"the uid {str(uid)!r} is that of {other.file}, too",
                    "choose another",
                    uid,
                    place,
                    context.world.house,
                )
            yield from _panels(one)


def _panels(found: ForeignDashboard) -> Iterator[Problem]:
    ids: Counter[int] = Counter()
    corners: dict[tuple[int, int], str] = {}
    top = {id(one) for one in found.spec.tables("panels")}
    for panel in panels_of(found.spec):
        title = panel.text("title")
        place = Query("", Location(found.file, title.line), Use.PANEL, found.uid, title)
        number = panel.get("id")
        if isinstance(number, int):
            ids[number] += 1
        if isinstance(number, int) and ids[number] > 1:
            yield _problem(
                f"the id {number} is that of another panel, too", "give each its own", title, place
            )
        letters = Counter(str(one.text("refId")) for one in panel.tables("targets") if one.get("refId"))
        for letter, count in letters.items():
            if count > 1:
                yield _problem(
                    f"{count} queries are called {letter}", "give each its own letter", title, place
                )
        position = panel.table("gridPos")
        x, y, wide = position.get("x"), position.get("y"), position.get("w")
        if id(panel) not in top or not (isinstance(x, int) and isinstance(y, int) and isinstance(wide, int)):
            continue
        if x < 0 or x + wide > _COLUMNS:
            message = f"the panel reaches from column {x} to {x + wide} of {_COLUMNS}"
            yield _problem(message, "make it narrower, or move it", title, place)
        other = corners.setdefault((x, y), str(title))
        if other != title:
            yield _problem(f"the panel lies on top of {other!r}", "move one of them", title, place)


def _is_copy(one: ForeignDashboard, other: ForeignDashboard) -> bool:
    """Whether two dashboards are the same, or alternatives of which one is installed: for another version, say."""
    if one.spec == other.spec:
        return True
    here, there = ([panel.text("title") for panel in panels_of(each.spec)] for each in (one, other))
    return (
        one.spec.text("title") == other.spec.text("title")
        and Path(one.file).parent != Path(other.file).parent
        and here == there
    )


def _problem(message: str, remedy: str, text: str, place: Query, severity: Severity | None = None) -> Problem:
    return Problem(message, remedy, Span(0, len(text)), severity, text, "dashboard", query=place)
