"""Labels: classes whose instances are values."""

from __future__ import annotations

import pytest

from signalproof.catalogue.labels import (
    BoundedLabel,
    ClosedLabel,
    Instance,
    LabelDomain,
    OpenLabel,
    labels,
)
from signalproof.errors import SignalproofError


class Status(ClosedLabel):
    SUCCESS = "success"
    FAILURE = "failure"


class ErrorType(ClosedLabel):
    OTHER = "other"


class Model(BoundedLabel, at_most=3):
    """At most three models."""


class Path(OpenLabel):
    """Any path."""


def test_a_label_is_named_like_its_class_in_snake_case() -> None:
    assert ErrorType.label_name == "error_type"


def test_a_label_can_be_given_another_name() -> None:
    class PlanError(ClosedLabel, name="error_type"):
        OTHER = "other"

    assert PlanError.label_name == "error_type"


def test_a_label_value_is_its_text() -> None:
    assert f"{Status.SUCCESS}" == "success"


def test_a_closed_label_knows_all_its_values() -> None:
    assert Status.domain() == LabelDomain("status", frozenset({"success", "failure"}), 2)


def test_a_bounded_label_has_at_most_its_values_and_other() -> None:
    assert Model.domain() == LabelDomain("model", None, 4)


def test_an_open_label_is_bounded_by_nothing() -> None:
    assert Path.domain() == LabelDomain("path", None, None)


def test_a_bounded_label_without_room_for_a_value_is_refused() -> None:
    with pytest.raises(SignalproofError, match="at most 0 values"):

        class _Nothing(BoundedLabel, at_most=0):
            pass


def test_a_label_name_that_is_no_identifier_is_refused() -> None:
    with pytest.raises(SignalproofError, match="not snake_case"):

        class _Bad(OpenLabel, name="error-type"):
            pass


def test_a_fixed_value_leaves_one_possible_value() -> None:
    assert labels(Status.SUCCESS).domains["status"].values == frozenset({"success"})


def test_a_label_keeps_its_place_in_the_set() -> None:
    assert list(labels(Model, Status)) == ["model", "status"]


def test_adding_a_label_keeps_the_fixed_values() -> None:
    assert labels(Status.SUCCESS).with_label(Model).fixed == {"status": "success"}


def test_a_label_given_twice_is_refused() -> None:
    with pytest.raises(SignalproofError, match="'status' is given twice"):
        labels(Status, Status.SUCCESS)


def test_a_target_label_is_not_declared_on_a_metric() -> None:
    with pytest.raises(SignalproofError, match="'instance' belongs to Prometheus"):
        labels(Instance)


def test_an_impossible_value_is_answered_with_the_closest_one() -> None:
    assert Status.domain().help_for("sucess") == "did you mean 'success'?"


def test_an_impossible_value_far_from_all_is_answered_with_all() -> None:
    assert Status.domain().help_for("x") == "declared values: failure, success"
