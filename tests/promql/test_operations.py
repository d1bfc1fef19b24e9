"""The questions about when something last ended, and about what all instances share."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

from signalproof.catalogue.build import BuildInfo, Version
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, Instance, Job, labels
from signalproof.catalogue.metric import Gauge
from signalproof.catalogue.operation import Request, Status
from signalproof.catalogue.units import ONE, TIMESTAMP_SECONDS
from signalproof.errors import SignalproofError
from signalproof.infer.inference import infer
from signalproof.infer.value import Kind, Value
from signalproof.promql.build import chosen, promql, value
from signalproof.promql.expr import Expr
from signalproof.promql.operations import calls, ended, latest
from signalproof.promql.printer import to_text


class Failure(ClosedLabel, name="error_type"):
    OTHER = "other"


class Oven(ClosedLabel):
    WOOD = "wood"
    GAS = "gas"


BAKE = Request("bake", "a loaf", labels(Oven), Failure, owner="app.bake", last_ended=True)
BOIL = Request("boil", "an egg", labels(), Failure, owner="app.boil")
LOAVES = Gauge("loaves", "Loaves in store.", labels(Oven), low=0, shared=True)
BREAD = BuildInfo("bread", package="signalproof", revision="BREAD_REVISION")
EXPOSITION = Catalogue.of_entries([BAKE, BOIL, LOAVES, BREAD]).exposition()


def meaning(expr: Expr) -> Value:
    return infer(expr.node, EXPOSITION).root


def test_the_last_end_is_the_latest_of_all_instances_and_nothing_before_there_was_one() -> None:
    text = to_text(ended(BAKE, where=Status.FAILURE, by=(Oven, Status)).node)
    assert text == 'max by (oven, status) (bake_last_ended_timestamp_seconds{status="failure"}) > 0'


def test_the_last_end_is_an_instant() -> None:
    found = meaning(ended(BAKE, by=Status))
    assert found.unit == TIMESTAMP_SECONDS.dimension
    assert (found.low, found.high) == (0, inf)


def test_how_long_ago_it_was_is_a_span() -> None:
    age = promql("time()") - ended(BAKE, by=Status)
    unit = meaning(age).unit
    assert str(unit) == "second"


def test_there_may_be_no_last_end() -> None:
    assert meaning(ended(BAKE)).empty


def test_an_operation_that_does_not_tell_cannot_be_asked() -> None:
    with pytest.raises(SignalproofError, match="boil does not tell"):
        ended(BOIL)


def test_what_all_instances_share_is_not_summed() -> None:
    with pytest.raises(SignalproofError, match="a sum counts that once for each") as raised:
        value(LOAVES, by=(Job, Oven))
    assert raised.value.where is not None
    assert raised.value.where.file == __file__


def test_what_each_instance_says_of_it_is_no_sum() -> None:
    assert to_text(value(LOAVES, by=Instance).node) == "sum by (instance) (loaves)"


def test_the_largest_is_right() -> None:
    assert to_text(value(LOAVES, "max", by=Oven).node) == "max by (oven) (loaves)"


def test_what_nobody_has_looked_at_is_not_there() -> None:
    assert meaning(value(LOAVES, "max", by=Oven)).empty


def test_what_runs_is_always_1() -> None:
    found = meaning(promql("bread_build_info"))
    assert (found.kind, found.unit, found.low, found.high) == (Kind.INFO, ONE, 1.0, 1.0)
    assert not found.empty


def test_what_runs_joins_by_its_version() -> None:
    found = meaning(promql(f"up * on (job, instance) group_left ({Version.label_name}) bread_build_info"))
    assert "version" in found.labels.known


def test_the_latest_ends_are_so_many_spans() -> None:
    ago = latest(10, BAKE, by=(Instance, Oven, Status))
    newest = "topk(10, max by (instance, oven, status) (bake_last_ended_timestamp_seconds) > 0)"
    assert to_text(ago.node) == f"time() - {newest}"
    assert str(meaning(ago).unit) == "second"
    assert ago.name == "ended ago"


def test_what_a_reader_chooses_stands_beside_what_is_written() -> None:
    text = to_text(calls(BAKE, where=(chosen(Oven), Status.FAILURE), window="5m").node)
    assert text == 'sum(increase(bake_calls_total{status="failure",oven=~"$oven"}[5m]))'


def test_a_choice_may_have_another_name_than_its_label() -> None:
    text = to_text(calls(BAKE, where=chosen(Oven, "kind_of_oven"), window="5m").node)
    assert text == 'sum(increase(bake_calls_total{oven=~"$kind_of_oven"}[5m]))'


def test_a_choice_of_a_label_that_the_metric_has_not_is_refused() -> None:
    boil: Request[Any, Any] = BOIL
    with pytest.raises(SignalproofError, match="boil_calls_total has no label 'oven'"):
        calls(boil, where=chosen(Oven))
