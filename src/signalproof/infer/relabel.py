"""``label_replace`` and ``label_join``: one label is written, the others stay."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Final

from signalproof.catalogue.labels import LabelDomain
from signalproof.infer import labelsets, patterns
from signalproof.infer.value import NAME, Labels
from signalproof.infer.world import World
from signalproof.promql.ast import Node, String
from signalproof.promql.tree import unwrap

_WHOLE: Final = frozenset({"(.*)", "^(.*)$", "(.*)$", "^(.*)"})
_PRESENT: Final = frozenset({"(.+)", "^(.+)$", "(.+)$", "^(.+)"})
_MOST: Final = 64


def label_replace(world: World, labels: Labels, args: Sequence[Node]) -> Labels | None:
    """Return *labels* after ``label_replace(v, target, replacement, source, regex)``; None where nothing is known."""
    texts = _texts(args)
    if texts is None or len(texts) != 4:  # everything but the vector
        return None
    del world
    target, replacement, source, regex = texts
    if target == NAME:
        return Labels(labels.known, labels.open, labels.impossible, None, named=True)
    old = labelsets.at(labels, target)
    return labelsets.with_domain(labels, target, _replaced(labels, old, replacement, source, regex, target))


def _replaced(
    labels: Labels, old: LabelDomain | None, replacement: str, source: str, regex: str, target: str
) -> LabelDomain | None:
    before = frozenset({""}) if old is None else labelsets.values_at(labels, target)
    values = labelsets.values_at(labels, source)
    if "$" not in replacement:
        return _constant(before, old, values, replacement, regex, target)
    if replacement in ("$1", "${1}") and regex in _WHOLE | _PRESENT:
        given = labelsets.at(labels, source)
        if regex in _WHOLE or (given is not None and not given.optional):
            return _renamed(given, target)
        if given is None:
            return old
        kept = old if old is not None else LabelDomain(target, frozenset(), 0, optional=True)
        both = labelsets.merged(_renamed(given, target) or kept, kept)
        return LabelDomain(target, both.values, both.at_most, kept.optional)
    if values is not None and all(patterns.matches(regex, one) is False for one in values):
        return old
    return LabelDomain(target, optional=True)


def _constant(
    before: frozenset[str] | None,
    old: LabelDomain | None,
    values: frozenset[str] | None,
    replacement: str,
    regex: str,
    target: str,
) -> LabelDomain | None:
    answers: set[bool | None] = {None}
    if regex in _WHOLE or regex == ".*":
        answers = {True}
    elif values is not None:
        answers = {patterns.matches(regex, one) for one in values}
    if answers == {True}:
        return labelsets.domain_of(target, frozenset({replacement}))
    if True not in answers and None not in answers:
        return old
    if before is None:
        most = None if old is None or old.at_most is None else old.at_most + 1
        optional = old is None or old.optional or not replacement
        return LabelDomain(target, None, most, optional)
    return labelsets.domain_of(target, before | {replacement})


def _renamed(domain: LabelDomain | None, name: str) -> LabelDomain | None:
    return None if domain is None else LabelDomain(name, domain.values, domain.at_most, domain.optional)


def label_join(world: World, labels: Labels, args: Sequence[Node]) -> Labels | None:
    """Return *labels* after ``label_join(v, target, separator, sources…)``; None where nothing is known."""
    texts = _texts(args)
    if texts is None or len(texts) < 2:  # target and separator
        return None
    del world
    target, separator, *sources = texts
    if target == NAME:
        return Labels(labels.known, labels.open, labels.impossible, None, named=True)
    parts = [labelsets.values_at(labels, one) for one in sources]
    known = [one for one in parts if one is not None]
    if len(known) == len(parts) and prod(map(len, known)) <= _MOST:
        joined = frozenset(separator.join(one) for one in product(*known))
        return labelsets.with_domain(labels, target, labelsets.domain_of(target, joined))
    sure = (len(sources) > 1 and separator != "") or any(
        (one := labelsets.at(labels, source)) is not None and not one.optional for source in sources
    )
    domains = [labelsets.at(labels, one) for one in sources]
    bounds = [
        1 if one is None else None if one.at_most is None else one.at_most + one.optional for one in domains
    ]
    finite = [one for one in bounds if one is not None]
    most = prod(finite) if len(finite) == len(bounds) else None
    return labelsets.with_domain(labels, target, LabelDomain(target, None, most, not sure))


def _texts(args: Sequence[Node]) -> list[str] | None:
    """Return the strings that *args* are, or None when one is a variable or holds one."""
    texts: list[str] = []
    for node in args:
        one = unwrap(node)
        if not isinstance(one, String) or one.variables:
            return None
        texts.append(one.value)
    return texts
