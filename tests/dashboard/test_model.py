"""Definitions: a mistake in one is refused where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from inspect import currentframe
from typing import Any

import pytest

from signalproof.catalogue.labels import ClosedLabel, Instance, Job, labels
from signalproof.catalogue.metric import Counter
from signalproof.dashboard import (
    Annotation,
    CustomVariable,
    Dashboard,
    DashboardLink,
    DatasourceVariable,
    Drilldown,
    IntervalVariable,
    Link,
    QueryVariable,
    Row,
    RowLink,
    Stat,
    TargetVariable,
    Text,
    TimeSeries,
)
from signalproof.dashboard.model import check_together
from signalproof.errors import SignalproofError
from signalproof.promql.ast import Number
from signalproof.promql.expr import Expr

ONE = Expr(Number(1.0))


class Strategy(ClosedLabel):
    SSH = "ssh"


CALLS = Counter("calls_total", "Calls.", labels(Strategy))


def panel(title: str = "Latency", key: str = "") -> TimeSeries:
    return TimeSeries(title, ONE, "why", key=key)


def dashboard(*rows: Row, uid: str = "x", title: str = "X", folder: str = "hive") -> Dashboard:
    return Dashboard(uid, title, rows, folder=folder)


def here() -> int:
    frame = currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


def test_a_definition_knows_the_line_it_stands_on() -> None:
    line = here() + 1
    one = TimeSeries("Latency", ONE, "why")
    assert (one.where.file, one.where.line) == (__file__, line)


def test_a_key_is_the_slug_of_the_title() -> None:
    assert panel("Claude planning latency (P95)").key == "claude-planning-latency-p95"


def test_the_ids_of_a_row_and_of_its_panels_are_known() -> None:
    ids = dashboard(Row("R", (panel("A"), panel("B")))).ids
    assert set(ids) == {("r", ""), ("r", "a"), ("r", "b")}
    assert len(set(ids.values())) == 3


def test_a_new_panel_changes_no_other_id() -> None:
    before = dashboard(Row("R", (panel("A"), panel("B"))), Row("S", (panel("A"),))).ids
    after = dashboard(Row("R", (panel("New"), panel("A"), panel("B"))), Row("S", (panel("A"),))).ids
    assert {keys: after[keys] for keys in before} == before


def test_another_order_of_rows_and_panels_changes_no_id() -> None:
    before = dashboard(Row("R", (panel("A"), panel("B"))), Row("S", (panel("A"),))).ids
    after = dashboard(Row("S", (panel("A"),)), Row("R", (panel("B"), panel("A")))).ids
    assert after == before


def test_another_title_changes_no_id_when_the_key_is_given() -> None:
    before = dashboard(Row("R", (panel("Latency", key="latency"),))).ids
    assert dashboard(Row("R", (panel("How slow?", key="latency"),))).ids == before


WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "a uid with a space": (lambda: dashboard(uid="Hive apps"), "'Hive apps' is no dashboard uid"),
    "a dashboard without a title": (lambda: dashboard(title=" "), "a dashboard without a title"),
    "a folder that leads out": (lambda: dashboard(folder="../x"), "'../x' is no folder name"),
    "a nested folder": (lambda: dashboard(folder="a/b"), "'a/b' is no folder name"),
    "a refresh without a unit": (lambda: Dashboard("x", "X", refresh="30"), "refresh='30' is no interval"),
    "a time that is none": (lambda: Dashboard("x", "X", time_from="6h"), "time_from='6h' is no time"),
    "a row without a title": (lambda: Row("", ()), "a row without a title"),
    "a row title without letters": (lambda: Row("?", ()), "'' is no key of a row"),
    "two panels with one key": (
        lambda: Row("R", (panel("A"), panel("a"))),
        "two panels of row 'R' have the key 'a'",
    ),
    "two rows with one key": (lambda: dashboard(Row("R", ()), Row("r", ())), "two rows have the key 'r'"),
    "a link to a row that is not there": (
        lambda: dashboard(Row("R", (Text("T", "x", links=(RowLink("s"),)),))),
        "no row with panels has the key 's'",
    ),
    "a link from a row to an empty row": (
        lambda: dashboard(Row("R", (), links=(RowLink("s"),)), Row("S", ())),
        "no row with panels has the key 's'",
    ),
    "a panel without a title": (lambda: panel(""), "a panel without a title"),
    "a panel with a bad key": (lambda: panel("A", key="A b"), "'A b' is no key of a panel"),
    "a panel without a query": (lambda: Stat("A", (), "why"), "panel 'A' asks nothing"),
    "a panel with a query for every day": (
        lambda: Stat("A", (ONE,) * 101, "why"),
        "panel 'A' asks 101 questions",
    ),
    "a panel without a reason": (
        lambda: dashboard(Row("R", (Stat("A", ONE, " "),))),
        "panel 'A' does not say why it is there",
    ),
    "a panel wider than the grid": (lambda: Stat("A", ONE, "why", width=25), "width=25 does not fit"),
    "a panel of negative height": (lambda: Stat("A", ONE, "why", height=-1), "height=-1 is no panel height"),
    "a link without an address": (lambda: Link("Runbook", ""), "a link without a title or an address"),
    "a drilldown without a title": (lambda: Drilldown("deeper", ""), "a drilldown without a title"),
    "a drilldown to no uid": (lambda: Drilldown("Deeper!", "Deeper"), "'Deeper!' is no dashboard uid"),
    "a dashboard link without tags": (lambda: DashboardLink(()), "a dashboard link without tags"),
    "an annotation without a title": (
        lambda: Dashboard("x", "X", annotations=(Annotation("", ONE),)),
        "an annotation without a title",
    ),
    "two annotations with one title": (
        lambda: Dashboard("x", "X", annotations=(Annotation("A", ONE), Annotation("A", ONE))),
        "two annotations are called 'A'",
    ),
    "a variable with a dash": (lambda: QueryVariable("a-b", CALLS, Strategy), "'a-b' is no variable name"),
    "two variables with one name": (
        lambda: Dashboard("x", "X", variables=(CustomVariable("a", ("1",)), IntervalVariable("a", ("5m",)))),
        "two variables are called $a",
    ),
    "no choices": (lambda: CustomVariable("a", ()), "the choices of $a are missing"),
    "a choice twice": (lambda: CustomVariable("a", ("1", "1")), "the choices of $a are repeated"),
    "a choice with a comma": (lambda: CustomVariable("a", ("1,2",)), "'1,2' cannot be a choice of $a"),
    "an interval without a unit": (lambda: IntervalVariable("a", ("5",)), "'5' of $a is no duration"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_is_refused_at_its_line_with_a_remedy(mistake: str) -> None:
    make, message = WRONG[mistake]
    with pytest.raises(SignalproofError, match="^" + re.escape(message)) as caught:
        make()
    assert caught.value.help
    assert caught.value.where is not None
    assert caught.value.where.file == __file__


def test_two_dashboards_with_one_uid_are_refused() -> None:
    with pytest.raises(SignalproofError, match="two dashboards have the uid 'x'") as caught:
        check_together([dashboard(title="A"), dashboard(title="B")])
    assert caught.value.where is not None


def test_two_dashboards_with_one_title_in_one_folder_are_refused() -> None:
    with pytest.raises(SignalproofError, match="two dashboards of one folder, 'hive', have the title 'x'"):
        check_together([dashboard(uid="a", title="X"), dashboard(uid="b", title="x")])


def test_one_title_in_two_folders_is_fine() -> None:
    check_together([dashboard(uid="a"), dashboard(uid="b", folder="other")])


def test_two_ids_that_collide_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signalproof.dashboard.model.panel_id", lambda row, panel="": 7)
    with pytest.raises(SignalproofError, match="r/a and r/ come to the same id") as caught:
        dashboard(Row("R", (panel("A"),)))
    assert caught.value.help == "give one of them another key="


def test_a_target_variable_has_the_name_of_its_label() -> None:
    assert (TargetVariable(Job).name, TargetVariable(Instance).heading("instance")) == ("job", "Instance")


def test_the_datasource_variable_is_called_datasource() -> None:
    assert DatasourceVariable().name == "datasource"


_Row: Any = Row
_Dashboard: Any = Dashboard
"""Without types: as people write it who have no type checker."""


def test_what_is_alone_or_listed_stands_for_a_tuple() -> None:
    alone: Any = panel("A")
    listed: Any = [_Row("R", alone), [_Row("S", [panel("B"), (panel("C"),)])]]
    tagged: Any = "hive"
    found = Dashboard("x", "X", listed, tags=tagged)
    assert [[one.title for one in row.panels] for row in found.rows] == [["A"], ["B", "C"]]
    assert found.tags == ("hive",)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: _Row("R", ("up",)), "a str where a panel is asked for: up"),
        (lambda: _Dashboard("x", "X", (panel("A"),)), "a TimeSeries where a row is asked for"),
        (
            lambda: _Dashboard("x", "X", variables=("strategy",)),
            "a str where a variable is asked for: strategy",
        ),
        (lambda: _Dashboard("x", "X", links=(7,)), "a int where a link is asked for: 7"),
    ],
)
def test_anything_else_is_refused_at_its_line(make: Callable[[], object], message: str) -> None:
    with pytest.raises(SignalproofError, match="^" + re.escape(message)) as caught:
        make()
    assert "test_model.py" in str(caught.value.where)
