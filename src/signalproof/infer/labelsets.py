"""Sets of labels: what selecting, grouping, uniting and renaming make of them.

The domain of a label holds its values where a series has it; ``optional`` says that a series may lack it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from signalproof.catalogue.labels import LabelDomain
from signalproof.infer.value import NAME, Labels

METADATA = ("__type__", "__unit__")
"""Labels that go with the metric name when Prometheus stores types and units as labels."""


def values_at(labels: Labels, name: str) -> frozenset[str] | None:
    """Return every value that label *name* can have, the empty one where it may be missing; None where unknown."""
    domain = labels.known.get(name) or at(labels, name)
    if domain is None:
        return _MISSING
    if domain.values is None:
        return None
    return domain.values | _MISSING if domain.optional else domain.values


_MISSING = frozenset({""})


@lru_cache(maxsize=8192)
def unknown_domain(name: str) -> LabelDomain:
    """Return the domain of a label of which nothing is known, not even whether a series has it."""
    return LabelDomain(name, optional=True)


def domain_of(name: str, values: frozenset[str]) -> LabelDomain | None:
    """Return the domain of a label that has one of *values*, the empty one standing for missing; None for never."""
    present = values - _MISSING
    return LabelDomain(name, present, len(present), "" in values) if present else None


def at(labels: Labels, name: str) -> LabelDomain | None:
    """Return the domain of label *name*, of which nothing may be known; None where no series can have it."""
    domain = labels.known.get(name)
    if domain is not None:
        return domain
    if name == NAME:
        return _name_of(labels)
    return unknown_domain(name) if labels.open and name not in labels.impossible else None


def _name_of(labels: Labels) -> LabelDomain | None:
    names = labels.names
    if names:
        return LabelDomain(NAME, names, len(names), optional=True)
    return unknown_domain(NAME) if names is None or labels.named else None


def with_domain(labels: Labels, name: str, domain: LabelDomain | None) -> Labels:
    """Return *labels* with that domain for label *name*, or without the label."""
    if domain is None:
        known = {key: one for key, one in labels.known.items() if key != name}
        impossible = labels.impossible | {name} if labels.open else labels.impossible
        return Labels(known, labels.open, impossible, labels.names, labels.named)
    known = {**labels.known, name: domain}
    return Labels(known, labels.open, labels.impossible - {name}, labels.names, labels.named)


def only(labels: Labels, names: Iterable[str]) -> Labels:
    """Return what ``by (names)`` leaves: a label that no series has gives none."""
    return Labels({name: domain for name in names if (domain := at(labels, name)) is not None})


def without(labels: Labels, names: frozenset[str]) -> Labels:
    """Return what ``without (names)`` leaves; the metric name goes, too."""
    gone = names | {NAME}
    known = {name: domain for name, domain in labels.known.items() if name not in gone}
    known.update(_unsure(known, METADATA))
    return Labels(known, labels.open, labels.impossible | gone if labels.open else frozenset())


def nameless(labels: Labels) -> Labels:
    """Return what an operation that drops the metric name leaves; the same object each time."""
    if labels.bare is not None:
        return labels.bare
    known = labels.known
    if NAME in known:
        known = {name: domain for name, domain in known.items() if name != NAME}
    elif not labels.named:
        return labels
    if METADATA[0] in known or METADATA[1] in known:
        known = {**known, **_unsure(known, METADATA)}
    bare = Labels(known, labels.open, labels.impossible, labels.names)
    labels.bare = bare  # worked out once: nothing else of the labels changes
    return bare


def _unsure(known: Mapping[str, LabelDomain], names: Iterable[str]) -> dict[str, LabelDomain]:
    """Return the domains of *names* with the label made optional."""
    return {
        name: replace(known[name], optional=True)
        for name in names
        if name in known and not known[name].optional
    }


def any_of(labels: Labels) -> Labels:
    """Return what grouping by labels that nobody knows leaves: each label may be there or not."""
    return Labels(
        {name: _optional(domain) for name, domain in labels.known.items()},
        labels.open,
        labels.impossible,
        labels.names,
        labels.named,
    )


def loosened(labels: Labels) -> Labels:
    """Return *labels* after any of them may have been overwritten, and others added."""
    known = {name: LabelDomain(name, optional=True) for name in labels.known}
    return Labels(known, open=True, names=labels.names, named=labels.named)


def _optional(domain: LabelDomain) -> LabelDomain:
    return domain if domain.optional else replace(domain, optional=True)


def merged(a: LabelDomain, b: LabelDomain) -> LabelDomain:
    """Return the domain of a label that comes from either side."""
    if a is b:
        return a
    optional = a.optional or b.optional
    if a.values is not None and b.values is not None:
        values = a.values | b.values
        return LabelDomain(a.name, values, len(values), optional)
    most = None if a.at_most is None or b.at_most is None else a.at_most + b.at_most
    return LabelDomain(a.name, None, most, optional, a.assumed and b.assumed)


def met(a: LabelDomain, b: LabelDomain) -> LabelDomain:
    """Return the domain of a label that is equal on both sides; it exists if either side always has it."""
    if a is b:
        return a
    optional = a.optional and b.optional
    if a.values is not None and b.values is not None:
        values = a.values & b.values
        return LabelDomain(a.name, values, len(values), optional)
    known = a if a.values is not None else b
    bounds = [one.at_most for one in (a, b) if one.at_most is not None]
    return LabelDomain(a.name, known.values, min(bounds, default=None), optional)


def union(a: Labels, b: Labels) -> Labels:
    """Return the labels of a result whose series come from either side."""
    if a is b:
        return a
    known: dict[str, LabelDomain] = {}
    for name in (*a.known, *(name for name in b.known if name not in a.known)):
        one, other = a.known.get(name) or at(a, name), b.known.get(name) or at(b, name)
        if one is None or other is None:
            single = one or other
            if single is not None:
                known[name] = _optional(single)
        else:
            known[name] = merged(one, other)
    impossible = frozenset(
        name for name in a.impossible | b.impossible if not a.can_have(name) and not b.can_have(name)
    )
    names = None if a.names is None or b.names is None else a.names | b.names
    open_ = a.open or b.open
    return Labels(known, open_, impossible if open_ else frozenset(), names, a.named or b.named)


def series_bound(labels: Labels, target: frozenset[str]) -> int | None:
    """Return how many series the label values allow for each combination of *target* labels; None if unbounded."""
    if labels.open:
        return None
    product = 1
    if labels.named:
        if labels.names is None:
            return None
        product = len(labels.names)
    for name, domain in labels.known.items():
        if name in target:
            continue
        if domain.at_most is None:
            return None
        product *= domain.at_most + domain.optional
    return product
