"""G007: a transformation that names a field that cannot be there."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.dashboard.foreign import ForeignDashboard, panels_of
from signalproof.documents import Table
from signalproof.errors import did_you_mean
from signalproof.lint.fields import Fields, queried
from signalproof.lint.finding import Problem
from signalproof.lint.pointing import panel_problem
from signalproof.lint.rule import Context, Everything, Rule
from signalproof.lint.shown import dashboard, later
from signalproof.lint.transformations import made_by, missing

_PANEL = """{"panels": [{
  "type": "table", "title": "Jobs",
  "targets": [%s{"refId": "B", "format": "table", "instant": true, "expr": "sum by (queue) (queue_length)"}],
  "transformations": [%s]
}]}"""
_TWO = '{"refId": "A", "format": "table", "instant": true, "expr": "sum by (region) (workers)"},'
_STEP = '{"id": "%s", "options": %s}'
_RENAMED = _STEP % ("organize", '{"renameByName": {"%s": "Length"}, "excludeByName": {"gone": true}}')
_BY_INSTANCE = _STEP % ("sortBy", '{"sort": [{"field": "instance"}]}')
_BY_LENGTH = _STEP % ("sortBy", '{"sort": [{"field": "Length"}]}')
_HIGHEST = _STEP % ("reduce", '{"reducers": ["max"]}')
_UNPACKED = _STEP % ("extractFields", '{"source": "queue"}')


class TransformedField(Rule[Everything]):
    """A transformation that names a field that no query of the panel yields.

    Grafana skips what it does not find: the column keeps its name or its place, rows are not grouped, tables are not
    joined, a calculation is empty. A table query yields a field for each label of its result, ``Time``, and ``Value``, which
    is ``Value #A`` where the panel has several; a series is called as its legend says. What earlier steps rename or
    make is known. Nothing is said where the labels of a result are open, of columns to leave out, of the order of columns,
    and of renames that were left there with a query that is gone: only of one whose column now keeps its own name. In files
    of others such a rename is info.
    """

    code = "G007"
    slug = "transformed-field"
    severity = "warning"
    visits = (Everything,)
    bad = later(
        lambda: (
            (dashboard(_PANEL % ("", _RENAMED % "Value #A")), "Value #A"),
            (dashboard(_PANEL % (_TWO, _RENAMED % "regon")), "regon"),
            (dashboard(_PANEL % ("", _STEP % ("sortBy", '{"sort": [{"field": "que"}]}'))), "que"),
            (dashboard(_PANEL % (_TWO, _STEP % ("joinByField", '{"byField": "pod"}'))), "pod"),
            (
                dashboard(
                    _PANEL % ("", _STEP % ("groupBy", '{"fields": {"status": {"operation": "groupby"}}}'))
                ),
                "status",
            ),
        )
    )
    good = later(
        lambda: (
            dashboard(_PANEL % ("", _RENAMED % "Value")),
            dashboard(_PANEL % (_TWO, _RENAMED % "Value #B")),
            dashboard(_PANEL % (_TWO, _RENAMED % "Value #C")),
            dashboard(_PANEL % ("", f"{_RENAMED % 'Value'}, {_BY_LENGTH}")),
            dashboard(_PANEL % (_TWO, f"{_HIGHEST}, {_RENAMED % 'Max'}")),
            dashboard(_PANEL % ("", f"{_UNPACKED}, {_RENAMED % 'anything'}")),
            dashboard((_PANEL % ("", _BY_INSTANCE)).replace("sum by (queue)", "sum by (queue, $group)")),
        )
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield every field that a step names and that is not there before it."""
        for found in seen.dashboards:
            for panel in panels_of(found.spec):
                if panel.tables("transformations"):
                    yield from _missing(panel, found, queried(panel, seen), context)


def _missing(panel: Table, found: ForeignDashboard, fields: Fields, context: Context) -> Iterator[Problem]:
    for step in panel.tables("transformations"):
        if step.get("disabled") is True:
            continue
        for name in missing(step, fields):
            yield panel_problem(
                f"no field is called {str(name)!r} where {step.get('id')} looks for it",
                did_you_mean(name, fields.names, f"there are {fields.shown}"),
                name,
                "transformation",
                panel,
                found,
                severity=context.world.house if step.get("id") == "organize" else None,
            )
        fields = made_by(step, fields)
        if fields.open:
            return
