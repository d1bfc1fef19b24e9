"""The operations of the abstract domain contain what happens to real samples and real label sets."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from signalproof.catalogue.exposition import Exposition
from signalproof.catalogue.labels import LabelDomain
from signalproof.infer import intervals, labelsets, matching
from signalproof.infer.comparisons import COMPARISONS
from signalproof.infer.intervals import ARITHMETIC, Interval
from signalproof.infer.value import Labels
from signalproof.infer.world import World
from signalproof.promql.ast import LabelName, Matching

Real: TypeAlias = Mapping[str, str]

_NAMES = ("a", "b", "c", "d")
_WORLD = World(Exposition({}), 15.0)

numbers = st.one_of(
    st.floats(allow_nan=False), st.sampled_from([0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, 2.0, 0.5])
)


def _ieee_divide(a: float, b: float) -> float:
    if b != 0:
        return a / b
    return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1, b)


def _ieee_power(a: float, b: float) -> float:
    try:
        return math.pow(a, b)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.inf if a == 0 and math.copysign(1, a) > 0 else math.nan


def _ieee_modulo(a: float, b: float) -> float:
    return math.nan if b == 0 or math.isinf(a) else math.fmod(a, b)


_REAL: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _ieee_divide,
    "%": _ieee_modulo,
    "^": _ieee_power,
    "atan2": math.atan2,
}


@st.composite
def samples(draw: st.DrawFn) -> tuple[Interval, float]:
    """Draw an interval and a number in it."""
    ends = sorted((draw(numbers), draw(numbers)), key=lambda one: (one, math.copysign(1, one)))
    inside = draw(numbers.filter(lambda one: ends[0] <= one <= ends[1]) | st.sampled_from(ends))
    if inside == 0 and ends[0] == 0 and math.copysign(1, ends[0]) > 0:
        inside = 0.0  # a lower bound of plus zero promises that no negative zero occurs
    return (ends[0], ends[1]), inside


@given(st.sampled_from(sorted(ARITHMETIC)), samples(), samples())
def test_arithmetic_stays_within_its_interval(
    operator: str, left: tuple[Interval, float], right: tuple[Interval, float]
) -> None:
    low, high = ARITHMETIC[operator](left[0], right[0])
    found = _REAL[operator](left[1], right[1])
    assert math.isnan(found) or low <= found <= high
    assert math.isnan(found) or found != 0 or not intervals.is_positive(low) or math.copysign(1, found) > 0


@given(st.sampled_from(sorted(COMPARISONS)), samples(), samples())
def test_what_passes_a_comparison_stays_within_its_interval(
    operator: str, left: tuple[Interval, float], right: tuple[Interval, float]
) -> None:
    found = intervals.compared(operator, left[0], right[0])
    if COMPARISONS[operator](left[1], right[1]):
        assert found is not None
        assert found[0] <= left[1] <= found[1]


@given(samples())
def test_functions_of_one_number_stay_within_their_interval(one: tuple[Interval, float]) -> None:
    interval, number = one
    for transfer, function in (
        (intervals.negate, lambda x: -x),
        (intervals.absolute, abs),
        (intervals.stepwise(math.exp), math.exp),
        (intervals.stepwise(math.log), math.log),
        (intervals.whole(math.floor), lambda x: x if math.isinf(x) else float(math.floor(x))),
    ):
        low, high = transfer(interval)
        try:
            found = function(number)
        except (OverflowError, ValueError):
            continue
        assert low <= found <= high


@given(samples(), samples(), samples())
def test_clamping_stays_within_its_interval(
    one: tuple[Interval, float], least: tuple[Interval, float], most: tuple[Interval, float]
) -> None:
    low, high = intervals.clamp(one[0], least[0], most[0])
    assert low <= max(least[1], min(most[1], one[1])) <= high


domains = st.builds(
    lambda values, optional: (values, optional),
    st.frozensets(st.sampled_from(["x", "y", "z"]), min_size=1) | st.none(),
    st.booleans(),
)


@st.composite
def described(draw: st.DrawFn) -> tuple[Labels, Real]:
    """Draw what is known of some labels, and a real label set of which it is true."""
    known: dict[str, LabelDomain] = {}
    real: dict[str, str] = {}
    open_ = draw(st.booleans())
    impossible = frozenset(draw(st.frozensets(st.sampled_from(_NAMES), max_size=1))) if open_ else frozenset()
    for name in _NAMES:
        choice = draw(st.none() | domains)
        if choice is not None:
            values, optional = choice
            known[name] = LabelDomain(name, values, None if values is None else len(values), optional)
            if not optional or draw(st.booleans()):
                real[name] = draw(st.sampled_from(sorted(values or {"x", "y", "w"})))
        elif open_ and name not in impossible and draw(st.booleans()):
            real[name] = draw(st.sampled_from(["x", "q"]))
    return Labels(known, open_, impossible - frozenset(known)), real


def fits(labels: Labels, real: Real) -> bool:
    """Whether *labels* is true of the label set *real*."""
    return all(
        labels.can_have(name)
        and (name not in labels.known or (values := labels.known[name].values) is None or text in values)
        for name, text in real.items()
    ) and all(name in real for name in labels.certain)


@given(described(), st.frozensets(st.sampled_from(_NAMES)), st.booleans())
def test_grouping_is_true_of_what_is_grouped(
    one: tuple[Labels, Real], names: frozenset[str], without: bool
) -> None:
    labels, real = one
    grouped = labelsets.without(labels, names) if without else labelsets.only(labels, sorted(names))
    assert fits(grouped, {name: text for name, text in real.items() if (name in names) is not without})


@given(described(), described())
def test_a_union_is_true_of_both_sides(a: tuple[Labels, Real], b: tuple[Labels, Real]) -> None:
    both = labelsets.union(a[0], b[0])
    assert fits(both, a[1])
    assert fits(both, b[1])


@given(described(), st.frozensets(st.sampled_from(_NAMES)))
def test_grouping_by_unknown_labels_is_true_of_any_of_them(
    one: tuple[Labels, Real], names: frozenset[str]
) -> None:
    assert fits(labelsets.any_of(one[0]), {name: text for name, text in one[1].items() if name in names})


matchings = st.builds(
    lambda on, names, group, include: Matching(
        on,
        tuple(LabelName(name) for name in names),
        group,
        tuple(LabelName(name) for name in include) if group else (),
    ),
    st.booleans(),
    st.lists(st.sampled_from(_NAMES), max_size=3, unique=True),
    st.sampled_from(["", "left", "right"]),
    st.lists(st.sampled_from(_NAMES), max_size=2, unique=True),
)


def _key(real: Real, how: Matching) -> Real:
    names = {one.name for one in how.labels}
    return {name: text for name, text in real.items() if (name in names) is how.on}


@given(described(), described(), matchings)
def test_a_join_is_true_of_what_is_joined(
    a: tuple[Labels, Real], b: tuple[Labels, Real], how: Matching
) -> None:
    left, right = a[1], b[1]
    if _key(left, how) != _key(right, how):
        return
    keys = matching.keys_of(how)
    assert not matching.clash(a[0], b[0], keys)
    many, one = (right, left) if how.group == "right" else (left, right)
    result = dict(many) if how.group else dict(_key(left, how))
    for label in how.include:
        result.pop(label.name, None)
        if label.name in one:
            result[label.name] = one[label.name]
    assert fits(matching.joined_labels(_WORLD, a[0], b[0], how, named=False)[0], result)
    assert fits(matching.restricted(_WORLD, a[0], b[0], how), left)
