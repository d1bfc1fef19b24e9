"""What a reader can choose, in order: the data source, the filters, then the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from signalproof.catalogue.exposition import Exposition
from signalproof.catalogue.labels import TargetLabel
from signalproof.catalogue.metric import Histogram
from signalproof.dashboard.filters import filtered
from signalproof.dashboard.model import Dashboard
from signalproof.dashboard.variables import DatasourceVariable, QueryVariable, TargetVariable, Variable
from signalproof.errors import SignalproofError, did_you_mean
from signalproof.promql.ast import Matcher, Node, Selector, String
from signalproof.promql.expr import Expr
from signalproof.promql.printer import to_text


@dataclass(frozen=True, slots=True)
class Choice:
    """A variable as Grafana gets it.

    Attributes:
        variable: The definition.
        text: Of one that asks: the series it looks through.
        label: Of one that asks: the label whose values it lists.
        filters: Whether every panel is filtered by it.
    """

    variable: Variable
    text: str = ""
    label: str = ""
    filters: bool = False

    @property
    def all_value(self) -> str:
        """The regular expression for all: everything, unless only some values are offered."""
        variable = self.variable
        some = getattr(variable, "matching", "") or not getattr(variable, "multi", False)
        return ".*" if self.label and not some else ""


def choices(dashboard: Dashboard, exposition: Exposition) -> tuple[Choice, ...]:
    """Return the variables of *dashboard*, those that need no declaration included.

    Each filter narrows what the ones after it offer.

    Raises:
        SignalproofError: A filter is no label that the scrape adds, or a name is there twice.
    """
    found = tuple(_choices(dashboard, exposition))
    names: dict[str, Variable] = {}
    for one in found:
        if names.setdefault(one.variable.name, one.variable) is not one.variable:
            raise SignalproofError(
                f"two variables are called ${one.variable.name}",
                "the filters and the data source declare theirs by themselves: choose another name",
                where=one.variable.where,
            )
    return found


def _choices(dashboard: Dashboard, exposition: Exposition) -> Iterator[Choice]:
    sources = [one for one in dashboard.variables if isinstance(one, DatasourceVariable)]
    if dashboard.plain:
        yield from (
            Choice(one, to_text(_source(one)), one.label_name)
            if isinstance(one, QueryVariable)
            else Choice(one)
            for one in dashboard.variables
        )
        return
    own = {one.of: one for one in dashboard.variables if isinstance(one, TargetVariable)}
    if not any(one.name == "datasource" for one in sources):
        yield Choice(DatasourceVariable(label="Data source", where=dashboard.where))
    yield from map(Choice, sources)
    filters: list[tuple[str, str]] = []
    for label in dashboard.filters:
        _check_target(label, dashboard, exposition)
        variable = own.get(label) or TargetVariable(label, where=dashboard.where)
        text = to_text(filtered(_targets_of(variable), filters, exposition))
        yield Choice(variable, text, label.label_name, filters=True)
        filters.append((label.label_name, variable.name))
    for one in dashboard.variables:
        if isinstance(one, TargetVariable) and one.of not in dashboard.filters:
            _check_target(one.of, dashboard, exposition)
            yield Choice(one, to_text(filtered(_targets_of(one), filters, exposition)), one.of.label_name)
        elif isinstance(one, QueryVariable):
            yield Choice(one, to_text(filtered(_source(one), filters, exposition)), one.label_name)
        elif not isinstance(one, DatasourceVariable | TargetVariable):
            yield Choice(one)


def _targets_of(variable: TargetVariable) -> Selector:
    matching = Matcher(variable.of.label_name, "=~", String(variable.matching))
    name = variable.source.name if variable.source else "up"
    if isinstance(variable.source, Histogram):
        name += "_count"
    return Selector(name, (matching,) if variable.matching else ())


def _source(variable: QueryVariable) -> Node:
    if isinstance(variable.source, Expr):
        if not isinstance(variable.source.node, Selector):
            raise SignalproofError(
                f"${variable.name} looks through a computed expression",
                "Grafana lists the label values of series: give a metric, or a selector",
                where=variable.where,
            )
        return variable.source.node
    name = variable.source.name
    return Selector(f"{name}_count" if isinstance(variable.source, Histogram) else name)


def _check_target(label: type[TargetLabel], dashboard: Dashboard, exposition: Exposition) -> None:
    known = sorted(exposition.target_labels)
    if label.label_name not in known:
        raise SignalproofError(
            f"the scrape adds no label {label.label_name!r} to filter by",
            did_you_mean(
                label.label_name,
                known,
                f"add it to target_labels in [tool.signalproof]; there are {', '.join(known)}",
            ),
            where=dashboard.where,
        )
