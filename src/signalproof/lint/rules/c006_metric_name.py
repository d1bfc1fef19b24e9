"""C006: a metric whose name breaks the conventions."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.exposition import Exposition, Role, Series
from signalproof.catalogue.naming import check_name
from signalproof.catalogue.units import UNITS, Dimension
from signalproof.errors import Location, SignalproofError
from signalproof.lint.coverage import declaration, own_families
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Everything, Rule, Setting
from signalproof.promql.ast import Span

_KINDS = {Role.COUNTER: "counter", Role.GAUGE: "gauge", Role.BUCKET: "histogram"}


def _world(name: str, role: Role) -> Setting:
    return Setting(exposition=Exposition({name: Series(name, name, role, help="Work.")}))


class MetricName(Rule[Everything]):
    """A metric of another project breaks a naming convention of Prometheus.

    These are the checks of ``promtool check metrics``: base units, ``_total`` on counters and on nothing else, no type
    in the name, no abbreviated unit, snake case, a help text. A metric declared with signalproof is checked when it is
    declared; this one is asked of catalogues taken from a dump.
    """

    code = "C006"
    slug = "metric-name"
    severity = "info"
    visits = (Everything,)
    closed = True
    default = False
    bad = (
        (_world("work_milliseconds", Role.GAUGE), "work_milliseconds"),
        (_world("work_done", Role.COUNTER), "work_done"),
    )
    good = (_world("work_seconds", Role.GAUGE), _world("work_total", Role.COUNTER))

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield the name of every family for its first breach."""
        for name, series in own_families(seen):
            kind = next((_KINDS[one.role] for one in series if one.role in _KINDS), "")
            first = series[0]
            full = name if kind != "counter" or name.endswith("_total") else first.name
            if not kind:
                continue
            try:
                check_name(full, kind, first.help, (), _suffix(first.unit, full), first.where or Location(""))
            except SignalproofError as breach:
                yield Problem(
                    str(breach),
                    breach.help,
                    Span(0, len(full)),
                    text=full,
                    part="metric",
                    query=declaration(first),
                )


def _suffix(dimension: Dimension | None, name: str) -> str:
    """Return the unit that stands in the name, where it is one: what a dump says of units, the name said first."""
    stem = name.removesuffix("_total")
    return next(
        (
            one
            for one, row in UNITS.items()
            if row.suffix and row.dimension == dimension and stem.endswith(f"_{one}")
        ),
        "",
    )
