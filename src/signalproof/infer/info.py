"""``info()``: a vector with the labels of info metrics added.

https://prometheus.io/docs/prometheus/latest/querying/functions/#info. Labels of the vector itself are kept; what the
info metrics add is known only when every series is.
"""

from __future__ import annotations

from collections.abc import Sequence

from signalproof.catalogue.labels import LabelDomain
from signalproof.infer import labelsets, patterns
from signalproof.infer.selectors import matchers_of
from signalproof.infer.value import NAME, Labels, Shape, Value
from signalproof.infer.world import World
from signalproof.promql.ast import Call, Matcher, Node, Selector, String
from signalproof.promql.tree import unwrap

_DEFAULT = "target_info"


def info_value(world: World, node: Call, args: Sequence[Value]) -> Value:
    """Return what is known of ``info(v, selector)``; *args* holds at least v."""
    vector = args[0]
    selector = unwrap(node.args[1]) if len(node.args) > 1 else None
    added = _added(world, selector)
    labels = vector.labels
    if added is None:
        known = {name: _loose(domain) for name, domain in labels.known.items()}
        labels = Labels(known, open=True, names=labels.names, named=labels.named)
    else:
        known = dict(labels.known)
        for name in added:
            before = labelsets.at(labels, name)
            known[name] = LabelDomain(name, optional=True) if before is None else _loose(before)
        labels = Labels(known, labels.open, labels.impossible - added, labels.names, labels.named)
    empty = vector.empty
    if selector is not None:
        empty = empty or "series without the wanted info labels are left out"
    return Value(
        Shape.INSTANT, vector.kind, labels, vector.unit, vector.low, vector.high, empty, vector.void,
        False, vector.cardinality, vector.window, vector.sources,
    )  # fmt: skip


def _loose(domain: LabelDomain) -> LabelDomain:
    """Return the domain of a label that info() may fill where it is missing."""
    return LabelDomain(domain.name, optional=True) if domain.optional else domain


def _added(world: World, selector: Node | None) -> frozenset[str] | None:
    """Return the labels that the info metrics can add, or None where these are not known."""
    if not world.exposition.complete:
        return None
    wanted = [Matcher(NAME, "=", String(_DEFAULT))]
    if selector is not None:
        if not isinstance(selector, Selector) or selector.name or selector.name_variables:
            return None
        if any(
            not isinstance(one, Matcher) or not isinstance(one.label, str) for one in matchers_of(selector)
        ):
            return None
        named = [one for one in matchers_of(selector) if isinstance(one, Matcher) and one.label == NAME]
        if any(one.value.variables for one in named):
            return None
        wanted = named or wanted
    names = frozenset(world.exposition.series)
    for one in wanted:
        left = patterns.kept(names, one.operator, one.value.value)
        if left is None:
            return None
        names = left
    found: set[str] = set()
    for name in names:
        series = world.exposition.series[name]
        if series.open:
            return None
        found.update(series.labels, world.target)
    return frozenset(found)
