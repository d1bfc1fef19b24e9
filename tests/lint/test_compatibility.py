"""What was proven is counted, and what was not is named: dashboard by dashboard, panel by panel."""

from __future__ import annotations

from pathlib import Path

from signalproof.config import Config
from signalproof.errors import Location
from signalproof.knowledge.site import site_of
from signalproof.knowledge.told import Told
from signalproof.knowledge.world import Knowledge
from signalproof.lint.compatibility import Compatibility, Figure, chooses
from signalproof.lint.project import lint
from signalproof.promql.parser import parse
from signalproof.promql.query import Query, Use


def found(*queries: tuple[str, str, str]) -> Compatibility:
    """Return what was proven of queries, each a dashboard, a panel and a text."""
    config = Config(Path())
    knowledge = Knowledge(site_of(config, foreign=True), Told(config))
    asked = [
        Query(text, Location(f"{dashboard}.json"), Use.PANEL, dashboard, panel)
        for dashboard, panel, text in queries
    ]
    report = lint(asked, knowledge.exposition(()), config=config, knowledge=knowledge)
    assert report.compatibility is not None
    return report.compatibility


def counts(one: Figure) -> tuple[int, int, int, int]:
    return one.queries, one.proven, one.wrong, one.chosen


def test_a_query_is_proven_when_its_metrics_are_known_and_nothing_is_wrong() -> None:
    assert counts(found(("d", "p", "node_load1 > 1")).figure) == (1, 1, 0, 0)


def test_a_query_with_an_error_is_wrong_and_one_that_does_not_parse_too() -> None:
    assert counts(found(("d", "p", "node_load1{cpuu='0'}"), ("d", "p", "node_load1 >")).figure) == (
        2,
        0,
        2,
        0,
    )


def test_a_query_of_a_metric_that_nobody_knows_is_neither_and_the_metric_is_named() -> None:
    figure = found(("d", "p", "shop_carts + node_load1")).figure
    assert counts(figure) == (1, 0, 0, 0)
    assert (figure.unknown, figure.known) == ({"shop_carts"}, {"node_load1"})


def test_a_query_that_leaves_its_metric_to_a_variable_is_counted_as_such() -> None:
    assert counts(found(("d", "p", "${metric}_total")).figure) == (1, 0, 0, 1)
    assert chooses(parse('{__name__=~"node_.*"}'))
    assert not chooses(parse('{__name__="node_load1"}'))


def test_a_metric_that_is_known_to_be_gone_is_known() -> None:
    figure = found(("d", "p", "node_cpu")).figure
    assert (counts(figure), figure.unknown) == ((1, 0, 1, 0), set())


def test_figures_are_kept_by_dashboard_and_by_panel() -> None:
    places = found(("a", "p", "node_load1"), ("a", "q", "shop_carts"), ("b", "p", "node_load5")).places
    assert [(one.name, counts(one.figure)) for one in places] == [("a", (2, 1, 0, 0)), ("b", (1, 1, 0, 0))]
    assert {title: counts(one) for title, one in places[0].panels.items()} == {
        "p": (1, 1, 0, 0),
        "q": (1, 0, 0, 0),
    }
    assert places[0].figure.share == 0.5


def test_what_prometheus_adds_to_every_scrape_is_known() -> None:
    assert counts(found(("d", "p", "up == 0")).figure) == (1, 1, 0, 0)
