"""The inference answers for every tree, the odd ones included, and for every name the language has."""

from __future__ import annotations

import time
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signalproof.catalogue.exposition import Exposition
from signalproof.infer.aggregations import REDUCTIONS, SELECTIONS
from signalproof.infer.calls import KNOWN
from signalproof.infer.comparisons import COMPARISONS
from signalproof.infer.inference import infer
from signalproof.infer.intervals import ARITHMETIC
from signalproof.infer.setops import SETS
from signalproof.infer.value import UNKNOWN, Shape
from signalproof.promql.ast import (
    Aggregation,
    At,
    Binary,
    Call,
    Duration,
    DurationOperation,
    Grouping,
    GroupLabel,
    LabelName,
    Matcher,
    Matching,
    MatchOperator,
    Node,
    Number,
    Paren,
    Range,
    Selector,
    String,
    Subquery,
    Time,
    Unary,
    Variable,
)
from signalproof.promql.functions import AGGREGATIONS, FUNCTIONS
from signalproof.promql.parser import parse
from signalproof.promql.tree import walk

_NAMES = [
    "deploy_calls_total",
    "deploy_duration_seconds_bucket",
    "native_seconds",
    "somewhere",
    "foreign",
    "balance",
    "up",
    "nope",
    "",
]
_LABELS = ["status", "strategy", "le", "job", "region", "nope", "__name__"]

variables = st.builds(Variable, st.sampled_from(["a", "__interval", "__rate_interval"]), st.just("$a"))
texts = st.sampled_from(["success", "", "ssh", "a|b", ".*", "(a+)+", "$1", "le", "-", "0.5"])
strings = st.builds(String, texts, variables=st.sampled_from([(), (Variable("a", "$a"),)]))
numbers = st.builds(
    Number, st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 60.0, 100.0, 1e300, float("inf"), float("nan")])
)
durations = st.builds(Duration, st.sampled_from([0.0, 1.0, 300.0, -60.0]))
times: st.SearchStrategy[Time] = st.one_of(
    durations,
    variables,
    st.builds(
        DurationOperation,
        st.sampled_from(["+", "/", "%", "^", "step", "min_of"]),
        st.lists(durations, max_size=2).map(tuple),
    ),
)
group_labels: st.SearchStrategy[GroupLabel] = st.one_of(
    st.builds(LabelName, st.sampled_from(_LABELS)), variables
)
many_labels = st.lists(group_labels, max_size=3).map(tuple)
operators: st.SearchStrategy[MatchOperator] = st.sampled_from(get_args(MatchOperator))
matchers = st.one_of(
    st.builds(Matcher, st.one_of(st.sampled_from(_LABELS), variables), operators, strings), variables
)
selectors = st.builds(
    Selector,
    st.sampled_from(_NAMES),
    st.lists(matchers, max_size=3).map(tuple),
    name_variables=st.sampled_from([(), (Variable("a", "$a"),)]),
    offset=st.none() | times,
    at=st.none() | st.just(At(0.0)),
    mode=st.sampled_from(["", "smoothed"]),
)
matchings = st.builds(
    Matching,
    st.booleans(),
    many_labels,
    st.sampled_from(["", "left", "right"]),
    many_labels,
    fill_left=st.none() | st.sampled_from([0.0, float("nan")]),
    fill_right=st.none() | st.just(1.0),
)
every_function = st.sampled_from([*sorted(FUNCTIONS), "no_such_function"])
every_aggregation = st.sampled_from([*sorted(AGGREGATIONS), "no_such_aggregation"])
every_operator = st.sampled_from([*COMPARISONS, *ARITHMETIC, *SETS, "</", ">/", "??"])


def _more(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(Range, selectors, times),
        st.builds(Subquery, inner, times, st.none() | times, st.none() | times),
        st.builds(Call, every_function, st.lists(inner, max_size=5).map(tuple)),
        st.builds(
            Aggregation,
            every_aggregation,
            inner,
            st.none() | inner,
            st.none() | st.builds(Grouping, st.booleans(), many_labels),
        ),
        st.builds(Binary, every_operator, inner, inner, st.none() | matchings, st.booleans()),
        st.builds(Unary, st.sampled_from(["-", "+"]), inner),
        st.builds(Paren, inner),
    )


trees = st.recursive(st.one_of(selectors, numbers, strings, variables), _more, max_leaves=12)


@given(trees)
@settings(max_examples=600, deadline=None)
def test_every_tree_has_a_value_that_is_consistent(exposition: Exposition, node: Node) -> None:
    found = infer(node, exposition)
    for one in walk(node):
        value = found.value(one)
        assert value.low == value.low
        assert value.high == value.high
        assert not value.void or value.empty
        assert not value.full or not value.empty
        assert value.cardinality is None or value.cardinality >= 0
        assert all(name == domain.name for name, domain in value.labels.known.items())
        assert not value.labels.impossible & set(value.labels.known)


@given(trees)
@settings(max_examples=100, deadline=None)
def test_nothing_is_claimed_of_what_a_catalogue_says_nothing_about(node: Node) -> None:
    found = infer(node, Exposition({}, complete=False))
    for one in walk(node):
        if isinstance(one, Selector) and not found.value(one).void:
            value = found.value(one)
            assert value.labels.open
            assert (value.unit, value.sources) == (None, ())
            assert value.empty


def test_every_function_of_the_language_is_known() -> None:
    assert set(FUNCTIONS) - KNOWN == set()


def test_every_aggregation_of_the_language_is_known() -> None:
    assert set(AGGREGATIONS) == set(REDUCTIONS) | SELECTIONS


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_function_without_its_arguments_is_answered(exposition: Exposition, function: str) -> None:
    for arguments in ((), (Number(1),)):
        value = infer(Call(function, arguments), exposition).root
        assert value.low == value.low
        assert not value.void or value.empty


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "and", "or", "unless", ">", "^"])
def test_a_chain_of_thousands_is_inferred_in_a_moment(exposition: Exposition, operator: str) -> None:
    node: Node = Selector("balance")
    for _ in range(5000):
        node = Binary(operator, node, Selector("queue_length"))
    start = time.process_time()
    infer(node, exposition)
    assert time.process_time() - start < 2


def test_a_right_leaning_chain_is_inferred_too(exposition: Exposition) -> None:
    node: Node = Selector("balance")
    for _ in range(5000):
        node = Unary("-", Paren(Binary("/", Number(2), node)))
    assert infer(node, exposition).root.shape is Shape.INSTANT


def test_a_sum_of_thousands_of_metrics_is_inferred_in_a_moment(exposition: Exposition) -> None:
    node = parse(" + ".join(f"sum(metric_{index})" for index in range(5000)))
    start = time.process_time()
    infer(node, Exposition({}, complete=False))
    assert time.process_time() - start < 2


def test_a_node_of_another_tree_is_unknown(exposition: Exposition) -> None:
    assert infer(Number(1), exposition).value(Number(2)) == UNKNOWN
