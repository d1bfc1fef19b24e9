"""The values that Grafana's variables take."""

from __future__ import annotations

import pytest

from signalproof.errors import Location
from signalproof.live.variables import Moment, built_in, chosen, replaced, values_for
from signalproof.promql.builtin import BUILT_INS
from signalproof.promql.query import Query, TemplateVariable

HERE = Location("dashboard.json", 1)


@pytest.mark.parametrize(
    ("step", "scrape_interval", "expected"),
    [(15.0, 15.0, "60s"), (60.0, 15.0, "75s"), (15.0, 0.5, "15500ms"), (1.0, 30.0, "120s")],
)
def test_the_rate_interval_is_grafanas(step: float, scrape_interval: float, expected: str) -> None:
    moment = Moment(1e9, step=step, scrape_interval=scrape_interval)
    assert built_in(moment, Query("a", HERE))["__rate_interval"] == expected


def test_the_minimum_step_of_a_query_stands_for_the_scrape_interval() -> None:
    query = Query("a", HERE, interval=900.0, min_step=900.0)
    assert built_in(Moment(1e9, step=15.0), query)["__rate_interval"] == "3600s"


def test_the_range_is_the_one_that_is_verified() -> None:
    values = built_in(Moment(1e9, span=7200), Query("a", HERE))
    assert (values["__range"], values["__range_s"], values["__range_ms"]) == ("7200s", "7200", "7200000")


def test_a_panel_may_ask_for_a_longer_step() -> None:
    assert built_in(Moment(1e9), Query("a", HERE, interval=120.0))["__interval"] == "120s"


def test_the_range_has_its_ends() -> None:
    values = built_in(Moment(1e9, span=10), Query("a", HERE))
    assert (values["__from"], values["__to"]) == ("999999990000", "1000000000000")


def test_a_variable_of_one_value_takes_the_first_one_found() -> None:
    assert chosen(TemplateVariable("job"), ["planner", "deployer"]) == "planner"


def test_a_variable_of_many_values_takes_them_all() -> None:
    assert chosen(TemplateVariable("job", multi=True), ["a.b", "c"]) == r"(a\\.b|c)"


def test_a_value_is_written_as_a_promql_string_wants_it() -> None:
    assert chosen(TemplateVariable("path"), ['C:\\a "b"']) == 'C:\\\\a \\"b\\"'


def test_many_values_of_which_there_is_one_need_no_parentheses() -> None:
    assert chosen(TemplateVariable("job", multi=True), ["planner"]) == "planner"


def test_a_listed_value_needs_no_query() -> None:
    assert chosen(TemplateVariable("window", "custom", values=("5m", "1h")), None) == "5m"


def test_a_variable_without_a_known_value_matches_anything() -> None:
    assert chosen(TemplateVariable("job"), None) == ".+"


def test_a_built_in_variable_cannot_be_overridden() -> None:
    query = Query("a", HERE, variables={"__range": TemplateVariable("__range")})
    assert values_for(query, Moment(1e9), {})["__range"] == "3600s"


def test_every_built_in_variable_has_a_value() -> None:
    assert set(BUILT_INS) <= set(built_in(Moment(1e9), Query("a", HERE)))


def test_values_stand_where_the_variables_stood() -> None:
    assert (
        replaced('rate(a{job=~"$job"}[$__range])', {"job": "x|y", "__range": "1h"})
        == 'rate(a{job=~"x|y"}[1h])'
    )


def test_what_we_cannot_parse_is_replaced_all_the_same() -> None:
    assert replaced("rate(a[$__range]) by (x", {"__range": "1h"}) == "rate(a[1h]) by (x"


def test_nothing_stays_nothing() -> None:
    assert replaced("", {}) == ""
