"""Vector matching: which labels the result of ``left op right`` has, and why the two sides may not meet.

Sources: https://prometheus.io/docs/prometheus/latest/querying/operators/#vector-matching and, for ``fill``, the
engine's tests. ``on``/``ignoring`` say which labels must be equal; one-to-one keeps these, ``group_left`` keeps all
labels of the left side and copies the included ones from the right.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Final, NamedTuple

from signalproof.catalogue.exposition import Series
from signalproof.catalogue.labels import LabelDomain
from signalproof.infer import labelsets
from signalproof.infer.value import NAME, Labels, Value
from signalproof.infer.world import World
from signalproof.promql.ast import Matching

_PLAIN: Final = Matching()
_IDENTITY: Final = frozenset({NAME, *labelsets.METADATA})
"""What says which metric it is: compared only by an ``on`` that names it."""


class Keys(NamedTuple):
    """The labels that must be equal.

    Attributes:
        on: Whether *names* are the labels that must be equal; else those that need not be.
        names: The labels written.
        unknown: Whether a Grafana variable stands among them.
    """

    on: bool
    names: frozenset[str]
    unknown: bool

    def compares(self, name: str) -> bool:
        """Whether label *name* must be equal, as far as written."""
        return name in self.names if self.on else name not in self.names and name not in _IDENTITY


def keys_of(matching: Matching | None) -> Keys:
    """Return the labels that must be equal."""
    if matching is None:
        return _ALL
    return _keys(matching.on, matching.names)


@lru_cache(maxsize=4096)
def _keys(on: bool, names: tuple[str | None, ...]) -> Keys:
    written = frozenset(one for one in names if one is not None)
    return Keys(on, written, unknown=None in names)


_ALL: Final = Keys(on=False, names=frozenset(), unknown=False)


def clash(left: Labels, right: Labels, keys: Keys) -> str:
    """Return why no series of the left can ever meet one of the right; empty when some may."""
    if keys.unknown:
        return ""
    names: Iterable[str] = keys.names if keys.on else {**left.known, **right.known}
    for name in names:
        one, other = left.known.get(name), right.known.get(name)
        if one is not None and other is not None and (one.values is None or other.values is None):
            continue  # both may have it, with any value
        if not keys.compares(name):
            continue
        a, b = labelsets.values_at(left, name), labelsets.values_at(right, name)
        if a == _MISSING and _is_certain(right, name):
            return f"the left side has no {name}, every series of the right side has one"
        if b == _MISSING and _is_certain(left, name):
            return f"the right side has no {name}, every series of the left side has one"
        if a is not None and b is not None and not a & b:
            return f"{name} is {_listed(a)} on the left and {_listed(b)} on the right"
    return ""


_MISSING: Final = frozenset({""})


def _is_certain(labels: Labels, name: str) -> bool:
    domain = labels.known.get(name)
    return domain is not None and not domain.optional


def _listed(values: frozenset[str]) -> str:
    shown = [repr(one) if one else "missing" for one in sorted(values)]
    return " or ".join(shown[:4]) + (" …" if len(shown) > 4 else "")  # four make a message long enough


def meets(world: World, left: Value, right: Value, keys: Keys) -> str:
    """Return why the two sides may have no series in common; empty when some series of each are sure to meet.

    They are when both are full, no compared label keeps them apart, and every target that has one has the other.
    """
    if left.empty or right.empty:
        return left.empty or right.empty
    if not left.full or not right.full or keys.unknown:
        return "the two sides may have no labels in common"
    a, b = left.labels, right.labels
    if a.open or b.open:
        return "the two sides may have no labels in common"
    for name in {**a.known, **b.known}:
        if not keys.compares(name):
            continue
        if name in world.target:
            if not same_target(left.sources, right.sources):
                return f"the two sides may come from targets with another {name}"
        elif labelsets.values_at(a, name) is None or labelsets.values_at(b, name) is None:
            return f"no {name} may be on both sides"
    return ""


def same_target(a: tuple[Series, ...], b: tuple[Series, ...]) -> bool:
    """Whether every target that exposes the one exposes the other: one family, or one declaration of an operation."""
    families = {one.family for one in (*a, *b)}
    places = {one.where for one in (*a, *b)}
    one_place = len(places) == 1 and all(place is not None and place.line for place in places)
    return bool(a and b) and (len(families) == 1 or one_place)


def joined_labels(
    world: World, left: Labels, right: Labels, matching: Matching | None, *, named: bool
) -> tuple[Labels, str]:
    """Return the labels of ``left op right`` between vectors, and why no series of the two can ever meet.

    Args:
        world: Where results are kept.
        left: Labels of the left side.
        right: Labels of the right side.
        matching: What was written, or None.
        named: Whether the operation is a filter, which keeps the metric name.
    """
    one = matching or _PLAIN
    key: tuple[Hashable, ...] = ("joined", id(left), id(right), named)
    if matching is not None:
        key = (
            *key, one.on, one.names, one.group, one.included, one.fill_left is None, one.fill_right is None,
        )  # fmt: skip
    return world.once(
        key,
        (left, right),
        lambda: (_joined(left, right, one, named=named), clash(left, right, keys_of(matching))),
    )


def _joined(left: Labels, right: Labels, matching: Matching, *, named: bool) -> Labels:
    keys = keys_of(matching)
    if matching.group == "":
        result = _one_to_one(left, right, keys, matching)
        if named and not keys.on:
            result = Labels(result.known, result.open, result.impossible, left.names, left.named)
    else:
        many, one = (left, right) if matching.group == "left" else (right, left)
        result = _many_to_one(many, one, keys, matching)
        if named:
            result = Labels(result.known, result.open, result.impossible, many.names, many.named)
    if matching.group and _fills(matching):
        # which of the two fills makes up for the many side differs between group_left and group_right
        alone = _keys_only(right if matching.group == "left" else left, keys)
        result = labelsets.union(result, alone)
    return result


def _one_to_one(left: Labels, right: Labels, keys: Keys, matching: Matching) -> Labels:
    if keys.unknown:
        bare = labelsets.any_of(labelsets.nameless(left))
        return Labels(bare.known, bare.open, bare.impossible, left.names)
    if _fills(matching):
        both = labelsets.union(_keys_only(left, keys), _keys_only(right, keys))
        return Labels(both.known, both.open, both.impossible, left.names)
    known = _met(left, right, keys, keys.names if keys.on else {**left.known, **right.known})
    if keys.on:
        return Labels(known, names=left.names)
    known.update(
        (name, replace(left.known[name], optional=True)) for name in labelsets.METADATA if name in left.known
    )
    open_ = left.open and right.open
    gone = left.impossible | right.impossible | keys.names
    return Labels(known, open_, gone - frozenset(known) if open_ else frozenset(), left.names)


def _met(a: Labels, b: Labels, keys: Keys, names: Iterable[str]) -> dict[str, LabelDomain]:
    """Return the compared labels that both sides can have."""
    known: dict[str, LabelDomain] = {}
    for name in names:
        if keys.compares(name):
            one = a.known.get(name) or labelsets.at(a, name)
            other = b.known.get(name) or labelsets.at(b, name)
            if one is not None and other is not None:
                known[name] = labelsets.met(one, other)
    return known


def _many_to_one(many: Labels, one: Labels, keys: Keys, matching: Matching) -> Labels:
    bare = labelsets.nameless(many)
    if None in matching.included:
        return labelsets.loosened(bare)
    known = dict(bare.known)
    open_, impossible = bare.open, bare.impossible
    if not keys.unknown and not _fills(matching):
        for name in tuple(known):
            if keys.compares(name):
                other = labelsets.at(one, name)
                if other is None:
                    del known[name]
                    impossible |= {name}
                else:
                    known[name] = labelsets.met(known[name], other)
        for name in (*one.known, *keys.names):
            if name not in known and keys.compares(name) and bare.can_have(name):
                both = _met(bare, one, keys, (name,))
                known.update(both)
        if bare.open and not keys.on and not one.open:
            open_ = False
            for name in keys.names:
                if name not in known and bare.can_have(name):
                    known[name] = LabelDomain(name, optional=True)
    result = Labels(known, open_, impossible if open_ else frozenset(), many.names)
    for label in matching.include:
        name = label.name
        domain = labelsets.at(one, name)
        if domain is not None and _fills(matching):
            domain = LabelDomain(name, domain.values, domain.at_most, True, domain.assumed)
        result = labelsets.with_domain(result, name, domain)
    return result


def _fills(matching: Matching) -> bool:
    return matching.fill_left is not None or matching.fill_right is not None


def _keys_only(labels: Labels, keys: Keys) -> Labels:
    """Return the labels of a series that only one side has: those that are compared."""
    if keys.unknown:
        return labelsets.any_of(labelsets.nameless(labels))
    if keys.on:
        return labelsets.only(labels, sorted(keys.names))
    return labelsets.without(labels, keys.names)


def restricted(world: World, left: Labels, right: Labels, matching: Matching | None) -> Labels:
    """Return the labels of the left side once only series that meet the right side are left: those of ``and``."""
    keys = keys_of(matching)
    key = ("and", id(left), id(right), keys)
    return world.once(key, (left, right), lambda: _restricted(left, right, keys))


def _restricted(left: Labels, right: Labels, keys: Keys) -> Labels:
    if keys.unknown:
        return left
    for name, domain in tuple(left.known.items()):
        if keys.compares(name):
            other = labelsets.at(right, name)
            met = None if other is None else labelsets.met(domain, other)
            if met is not domain:
                left = labelsets.with_domain(left, name, met)
    return left
