"""Shorthand for the examples of rules: an expression with what has to surround it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, TypeVar, cast

from signalproof.dashboard.foreign import ForeignDashboard
from signalproof.documents import Table, read_json, read_yaml
from signalproof.errors import Location
from signalproof.promql.query import Query, TemplateVariable, Use
from signalproof.scraping import Setup, data_sources, scrapings

if TYPE_CHECKING:
    from signalproof.rules.foreign import RuleFile

T = TypeVar("T")

_HERE = Location("example", 1)


class _Later:
    """A value that is made when somebody asks its class for it: a lint looks at no examples."""

    def __init__(self, make: Callable[[], object]) -> None:
        self.make = cache(make)

    def __get__(self, instance: object, owner: object = None) -> object:
        return self.make()


def later(make: Callable[[], T]) -> T:
    """Return what stands in a class for the value that *make* returns, which is made when it is first looked at."""
    return cast(T, _Later(make))


def panel(
    text: str,
    title: str = "Example",
    *,
    kind: str = "",
    legend: str = "",
    unit: str = "",
    thresholds: tuple[float, ...] = (),
    variables: Mapping[str, TemplateVariable] | None = None,
    instant: bool = False,
    reducers: tuple[str, ...] = (),
    target: str = "A",
) -> Query:
    """Return the query of a panel."""
    return Query(
        text, _HERE, Use.PANEL, "example", title, target, kind, legend, unit, thresholds, instant, reducers,
        variables=variables or {},
    )  # fmt: skip


def alert(
    text: str,
    name: str = "Example",
    *,
    summary: str = "",
    labels: Mapping[str, str] | None = None,
    wait: float = 0.0,
    interval: float | None = None,
    owner: str = "example",
) -> Query:
    """Return the expression of an alert, owned unless *owner* is empty."""
    annotations = {"owner": owner} if owner else {}
    if summary:
        annotations["summary"] = summary
    return Query(
        text, _HERE, Use.ALERT, "group", name,
        labels=labels or {}, annotations=annotations, for_seconds=wait, interval=interval,
    )  # fmt: skip


def recording(
    name: str, text: str, *, labels: Mapping[str, str] | None = None, group: str = "group"
) -> Query:
    """Return the expression of a recording rule."""
    return Query(text, _HERE, Use.RECORDING, group, name, labels=labels or {})


def dashboard(text: str) -> ForeignDashboard:
    """Return a dashboard from its JSON."""
    spec = read_json(text, "example")
    assert isinstance(spec, Table), "an example is an object"
    return ForeignDashboard("example", spec.text("uid") or "example", spec)


def setup(prometheus: str, data_source: str = "") -> Setup:
    """Return what a prometheus.yml and the provisioning of a data source say."""
    texts = [one for one in (prometheus, data_source) if one]
    trees = [tree for one in texts for tree in read_yaml(one, "example") if isinstance(tree, Table)]
    return Setup(tuple(scrapings(trees, "example")), tuple(data_sources(trees, "example")))


def rule_file(text: str) -> RuleFile:
    """Return a rule file from its YAML."""
    from signalproof.rules.foreign import rule_files

    [found] = rule_files(list(read_yaml(text, "example")), "example")
    return found
