"""Label matchers: what they leave of the values a label can have."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, TypeAlias

from signalproof.catalogue.labels import LabelDomain
from signalproof.infer import patterns
from signalproof.infer.labelsets import domain_of, unknown_domain
from signalproof.infer.value import NAME, Labels
from signalproof.promql.ast import Matcher, Variable

Narrowed: TypeAlias = tuple[LabelDomain | None, bool | None]
"""The domain that is left, None for a label that no series has; and whether a series is sure to match: None for never."""

_NONE: Final[frozenset[str]] = frozenset()
_MISSING: Final = frozenset({""})
_NOT_EMPTY: Final = frozenset({("!=", ""), ("=~", ".+"), ("!~", "")})


def matched(labels: Labels, matchers: Iterable[Matcher | Variable], subject: str) -> tuple[Labels, str, str]:
    """Return *labels* after *matchers*, why nothing can match, and why nothing may match."""
    known, impossible = dict(labels.known), labels.impossible
    undecided = void = ""
    for matcher in matchers:
        if isinstance(matcher, Variable):
            undecided = undecided or f"the filters of ${matcher.name} may leave nothing"
            continue
        name = matcher.label
        if not isinstance(name, str):
            undecided = undecided or f"the filter on the label ${name.name} may leave nothing"
            continue
        if name == NAME:
            continue
        domain = known.get(name)
        if domain is None and labels.open and name not in impossible:
            domain = unknown_domain(name)
        if matcher.value.variables:
            undecided = (
                undecided or f"${matcher.value.variables[0].name} may choose a {name} that does not exist"
            )
            if domain is not None:
                known[name] = domain
            continue
        left, certain = narrowed(domain, name, matcher.operator, matcher.value.value)
        if certain is None:
            void = f"{subject} has no series with {name}{matcher.operator}{matcher.value.value!r}"
            break
        if left is None:
            known.pop(name, None)
            impossible |= {name}
        elif left is not domain:
            known[name] = left
        if not certain:
            undecided = undecided or f"no series may have {name}{matcher.operator}{matcher.value.value!r}"
    gone = impossible if labels.open else _NONE
    return Labels(known, labels.open, gone, labels.names, labels.named), void, void or undecided


def narrowed(domain: LabelDomain | None, name: str, operator: str, wanted: str) -> Narrowed:
    """Return what a matcher leaves of the *domain* of label *name*; None stands for a label that no series has."""
    if domain is None:
        return None, (patterns.passes("", operator, wanted) or None)
    if domain.values is None:
        if domain.at_most is None:
            return _of_unknown(name, operator, wanted, domain.optional)
        return _of_unbounded(domain, operator, wanted)
    values = domain.values | _MISSING if domain.optional else domain.values
    left = patterns.kept(values, operator, wanted)
    if left is None:
        return domain, False
    if left == values:
        return domain, True
    return (domain_of(name, left), True) if left else (domain, None)


@lru_cache(maxsize=16384)
def _of_unknown(name: str, operator: str, wanted: str, optional: bool) -> Narrowed:
    return _of_unbounded(
        LabelDomain(name, optional=True) if optional else LabelDomain(name), operator, wanted
    )


def _of_unbounded(domain: LabelDomain, operator: str, wanted: str) -> Narrowed:
    """Return what a matcher leaves of a label whose values are not known."""
    lacking = domain.optional and patterns.passes("", operator, wanted) is not False
    listed = frozenset({wanted}) if operator == "=" else None
    if operator == "=~":
        listed = patterns.alternatives(wanted)
    if listed is not None:
        left = listed if lacking else listed - _MISSING
        return (domain_of(domain.name, left), False) if left else (domain, None)
    if domain.optional and not lacking:
        return LabelDomain(domain.name, None, domain.at_most), False
    always = (operator, wanted) == ("=~", ".*") or (not domain.optional and (operator, wanted) in _NOT_EMPTY)
    return domain, always
