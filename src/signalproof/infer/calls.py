"""Function calls: the table of `functions`, and the functions that do not fit it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import Final, TypeAlias

from signalproof.catalogue.labels import LabelDomain
from signalproof.catalogue.units import ONE, SECOND
from signalproof.infer import dimensions, intervals, labelsets, windows
from signalproof.infer.functions import DATES, TRANSFERS, Transfer
from signalproof.infer.histograms import HISTOGRAMS
from signalproof.infer.info import info_value
from signalproof.infer.relabel import label_join, label_replace
from signalproof.infer.selectors import matchers_of
from signalproof.infer.value import NAME, NO_LABELS, UNKNOWN, Kind, Labels, Shape, Value
from signalproof.infer.world import World
from signalproof.promql.ast import Call, Matcher, Node, Range, Selector, Variable
from signalproof.promql.tree import unwrap

Handler: TypeAlias = Callable[[World, Call, Sequence[Value]], Value]

_INSTANT: Final = Shape.INSTANT
_SCALAR: Final = Shape.SCALAR
_NATIVE: Final = frozenset({Kind.NATIVE, Kind.RATED_NATIVE})
_HISTOGRAMS: Final = "it may hold native histograms alone, which are left out"


def call_value(world: World, node: Call, args: Sequence[Value]) -> Value:
    """Return what is known of a call, from what is known of its arguments."""
    transfer = TRANSFERS.get(node.function)
    if transfer is not None:
        if len(args) >= transfer.arguments:
            return _series_wise(world, node, args, transfer)
        return _of_now(transfer) if node.function in DATES else UNKNOWN
    handler = _OTHERS.get(node.function)
    return UNKNOWN if handler is None else handler(world, node, args)


def _series_wise(world: World, node: Call, args: Sequence[Value], transfer: Transfer) -> Value:
    vector = args[transfer.vector]
    kind = transfer.kind(vector.kind)
    low, high = transfer.bounds(vector, args)
    labels = vector.labels if transfer.named else labelsets.nameless(vector.labels)
    empty, full = vector.empty, vector.full
    if transfer.samples:
        operand = node.args[transfer.vector]
        if not empty:
            empty = windows.too_short(operand, transfer.samples, world.scrape_interval)
            if not empty and transfer.samples > 1 and not full:
                empty = "other series may be there at each step"
    if not empty and transfer.floats and vector.kind in _NATIVE:
        empty = _HISTOGRAMS
    if not empty and node.function == "clamp":
        empty = _crossed(args)
    if empty:
        full = False
    return Value(
        _INSTANT, kind, labels, transfer.unit(vector.unit), low, high, empty, vector.void,
        full, vector.cardinality, vector.window, vector.sources,
    )  # fmt: skip


def _crossed(args: Sequence[Value]) -> str:
    """Return why clamp may give nothing: it does so when its lower bound lies above the upper one."""
    return "" if args[1].high <= args[2].low else "its lower bound may lie above the upper one"


def _of_now(transfer: Transfer) -> Value:
    """Return what a date function without an argument gives: it reads the evaluation time."""
    low, high = transfer.bounds(UNKNOWN, ())
    return Value(_INSTANT, Kind.GAUGE, NO_LABELS, ONE, low, high, "", "", True, 1)


def _scalar_of(unit: object, kind: Kind, interval: intervals.Interval = intervals.ALL) -> Handler:
    dimension = unit if isinstance(unit, type(ONE)) else None
    value = Value(_SCALAR, kind, NO_LABELS, dimension, *interval, "", "", True, 1)

    def handler(_: World, __: Call, ___: Sequence[Value]) -> Value:
        return value

    return handler


def _start_timestamp(world: World, _: Call, args: Sequence[Value]) -> Value:
    if not args:
        return UNKNOWN
    one = args[0]
    return Value(
        _INSTANT, Kind.GAUGE, labelsets.nameless(one.labels), dimensions.INSTANT, -inf, inf,
        one.empty or "not every sample has a start timestamp", one.void, False, one.cardinality, None, one.sources,
    )  # fmt: skip


def _vector(_: World, __: Call, args: Sequence[Value]) -> Value:
    if not args:
        return UNKNOWN
    one = args[0]
    return Value(
        _INSTANT, one.kind, NO_LABELS, one.unit, one.low, one.high, "", "", True, 1, one.window, one.sources
    )


def _scalar(_: World, __: Call, args: Sequence[Value]) -> Value:
    if not args:
        return UNKNOWN
    one = args[0]
    return Value(
        _SCALAR, one.kind, NO_LABELS, one.unit, one.low, one.high, "", "", True, 1, one.window, one.sources
    )


def _extreme(pick: Callable[[float, float], float]) -> Handler:
    def handler(_: World, __: Call, args: Sequence[Value]) -> Value:
        if len(args) < 2:  # min_of and max_of take two
            return UNKNOWN
        a, b = args[0], args[1]
        unit = b.unit if a.kind is Kind.NUMBER else a.unit
        if a.kind is not Kind.NUMBER and b.kind is not Kind.NUMBER:
            unit = dimensions.alike(a.unit, b.unit)
        kind = b.kind if a.kind is Kind.NUMBER else a.kind
        return Value(
            _SCALAR, kind, NO_LABELS, unit, pick(a.low, b.low), pick(a.high, b.high), "", "", True, 1
        )

    return handler


def _absent(_: World, node: Call, args: Sequence[Value]) -> Value:
    if not args:
        return UNKNOWN
    labels = _equalities(node.args[0])
    empty = "" if args[0].void else "it is empty as long as there is something"
    return Value(_INSTANT, Kind.BOOL, labels, ONE, 1.0, 1.0, empty, "", not empty, 1, None, args[0].sources)


def _equalities(node: Node) -> Labels:
    """Return the labels of ``absent``: those of a selector that an equality matcher alone is about.

    https://prometheus.io/docs/prometheus/latest/querying/functions/#absent
    """
    bare = unwrap(node)
    selector = bare.selector if isinstance(bare, Range) else bare
    if not isinstance(selector, Selector):
        return NO_LABELS
    known: dict[str, LabelDomain] = {}
    open_ = False
    equal: set[str] = set()
    for matcher in matchers_of(selector):
        if isinstance(matcher, Variable) or not isinstance(matcher.label, str):
            open_ = True
        elif matcher.label != NAME:
            _take(known, equal, matcher, matcher.label)
    if open_ or bare is not node:  # parentheses: engines differ on whether they hide the selector
        known = {
            name: LabelDomain(name, one.values, one.at_most, True, one.assumed) for name, one in known.items()
        }
    return Labels(known, open_)


def _take(known: dict[str, LabelDomain], equal: set[str], matcher: Matcher, label: str) -> None:
    if matcher.operator != "=" or label in equal:
        known.pop(label, None)
        return
    equal.add(label)
    text = matcher.value.value
    if matcher.value.variables:
        known[label] = LabelDomain(label, None, 1, optional=True)
    elif text:
        known[label] = LabelDomain(label, frozenset({text}), 1)


def _info(world: World, node: Call, args: Sequence[Value]) -> Value:
    return info_value(world, node, args) if args else UNKNOWN


def _relabel(change: Callable[[World, Labels, Sequence[Node]], Labels | None]) -> Handler:
    def handler(world: World, node: Call, args: Sequence[Value]) -> Value:
        if not args:
            return UNKNOWN
        one = args[0]
        labels = change(world, one.labels, node.args[1:]) or labelsets.loosened(one.labels)
        return Value(
            _INSTANT, one.kind, labels, one.unit, one.low, one.high, one.empty, one.void,
            False, world.bound(labels), one.window, one.sources,
        )  # fmt: skip

    return handler


_OTHERS: Final[Mapping[str, Handler]] = {
    **HISTOGRAMS,
    "absent": _absent,
    "absent_over_time": _absent,
    "info": _info,
    "label_join": _relabel(label_join),
    "label_replace": _relabel(label_replace),
    "scalar": _scalar,
    "vector": _vector,
    "time": _scalar_of(dimensions.INSTANT, Kind.GAUGE),
    "start_timestamp": _start_timestamp,
    "start": _scalar_of(dimensions.INSTANT, Kind.GAUGE),
    "end": _scalar_of(dimensions.INSTANT, Kind.GAUGE),
    "step": _scalar_of(SECOND, Kind.GAUGE, (0.0, inf)),
    "range": _scalar_of(SECOND, Kind.GAUGE, (0.0, inf)),
    "pi": _scalar_of(None, Kind.NUMBER, (3.141592653589793, 3.141592653589793)),
    "min_of": _extreme(min),
    "max_of": _extreme(max),
}

KNOWN: Final = frozenset(TRANSFERS) | frozenset(_OTHERS)
"""Every function that something is known of."""
