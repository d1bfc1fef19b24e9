"""L002: no series has this value of the label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from signalproof.catalogue.exposition import Series
from signalproof.catalogue.labels import LabelDomain
from signalproof.errors import did_you_mean
from signalproof.infer.patterns import alternatives, kept
from signalproof.infer.selectors import labels_of, matchers_of
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.labels import selected
from signalproof.lint.rule import Context, Filtered, Rule, words
from signalproof.promql.ast import Matcher, Selector, Variable

_NEGATIVE = {"!=", "!~"}
_OWN_RULE = {"le", "__name__"}


class ImpossibleValue(Rule[Selector]):
    """The label never has a value that this matcher lets through.

    A positive matcher then selects nothing, for ever. A negative one has no effect. Matchers that contradict each
    other select nothing, whatever the values are. An alternative of a pattern that fits no value is a warning: it is
    dead, and often a slip.

    Known problems: values are known only of labels declared closed. Buckets (``le``) have a rule of their own, H006.
    """

    code = "L002"
    slug = "impossible-value"
    severity = "error"
    visits = (Filtered,)
    bad = (
        ('rate(jobs_total{status="sucess"}[5m])', '"sucess"'),
        ('rate(jobs_total{status=~"5.."}[5m])', '"5.."'),
        ('rate(jobs_total{status=~"failure|canceled"}[5m])', '"failure|canceled"'),
        ('rate(jobs_total{status!="error"}[5m])', '"error"'),
        ('rate(jobs_total{status!~"success|failure|cancelled"}[5m])', '"success|failure|cancelled"'),
        ('rate(jobs_total{queue="mail", queue="chat"}[5m])', '"chat"'),
        ('rate(jobs_total{status=~"success|failure", status!~"s.*|f.*"}[5m])', '"s.*|f.*"'),
    )
    good = (
        'rate(jobs_total{status!="success"}[5m])',
        'rate(jobs_total{status=~"fail.*|cancel.*", queue=~"mail|chat"}[5m])',
        'rate(jobs_total{status=~"$status", queue="mail", queue!="chat"}[5m])',
    )

    def check(self, seen: Selector, context: Context) -> Iterator[Problem]:
        """Yield every matcher that lets nothing through, or has no effect."""
        unplaced = matchers_of(seen)
        series = selected(seen, context)
        if not series and len(labels_of(seen)) == len(unplaced):
            return  # nothing is known of the values, and no matcher can contradict another
        doubted = [one for one, matchers in _by_label(unplaced).items() if series or len(matchers) > 1]
        if not doubted:
            return
        placed = _by_label(seen.matchers)
        for label in doubted:
            yield from _check(label, placed[label], _domain(label, series), seen.name)


def _by_label(matchers: Iterable[Matcher | Variable]) -> dict[str, list[Matcher]]:
    found: dict[str, list[Matcher]] = {}
    for one in matchers:
        if isinstance(one, Matcher) and not one.value.variables:
            label = one.label
            if isinstance(label, str) and label not in _OWN_RULE:
                found.setdefault(label, []).append(one)
    return found


def _domain(label: str, series: tuple[Series, ...]) -> LabelDomain:
    """Return the values of *label* on any of *series*; empty too where one of them lacks it."""
    values: frozenset[str] | None = frozenset()
    for one in series:
        domain = one.labels.get(label)
        if domain is None or domain.values is None or values is None:
            return LabelDomain(label)
        values |= domain.values | (frozenset({""}) if domain.optional else frozenset())
    return LabelDomain(label, values or None)


def _check(label: str, matchers: list[Matcher], domain: LabelDomain, name: str) -> Iterator[Problem]:
    possible = domain.values
    if possible is None and len(matchers) > 1:
        exact = next((one.value.value for one in matchers if one.operator == "="), None)
        possible = None if exact is None else frozenset({exact})
    if possible is None:
        return
    left = possible
    for matcher in matchers:
        passed = kept(possible, matcher.operator, matcher.value.value)
        if passed is None:
            return
        value, span = matcher.value.value, matcher.value.span
        negative = matcher.operator in _NEGATIVE
        if domain.values is not None and not negative and not passed:
            yield Problem(_never(matcher, name), _instead(matcher, domain), span)
            return
        if domain.values is not None and negative and value and len(passed) == len(possible):
            yield Problem(
                f"{label}{matcher.operator}{value!r} has no effect: {label!r} never has this value",
                domain.help_for(value),
                span,
                Severity.WARNING,
            )
        elif domain.values is not None:
            yield from _dead_alternatives(matcher, domain)
        if left and not left & passed:
            others = f"with the other matchers on {label!r} " if len(matchers) > 1 else ""
            has = (
                f"{label!r} has only {words(possible)}"
                if domain.values is not None
                else "they contradict each other"
            )
            yield Problem(f"{label}{matcher.operator}{value!r} {others}leaves nothing", has, span)
            return
        left &= passed


def _never(matcher: Matcher, name: str) -> str:
    how = "is never" if matcher.operator == "=" else "never matches"
    return f"{matcher.label!r} {how} {matcher.value.value!r}" + (f" on {name}" if name else "")


def _instead(matcher: Matcher, domain: LabelDomain) -> str:
    """Return what to write instead: the pattern operator where the text is one, the closest value, or all of them."""
    value = matcher.value.value
    if matcher.operator == "=" and kept(domain.values or (), "=~", value):
        return f"it is a pattern: write {matcher.label}=~{matcher.value.text}"
    return domain.help_for(value)


def _dead_alternatives(matcher: Matcher, domain: LabelDomain) -> Iterator[Problem]:
    values = domain.values or frozenset()
    listed = alternatives(matcher.value.value) if matcher.operator in ("=~", "!~") else None
    for one in sorted((listed or frozenset()) - values - {""}):
        yield Problem(
            f"{one!r} is no value of {matcher.label!r}",
            did_you_mean(one, values, f"declared values: {', '.join(sorted(values))}"),
            matcher.value.span,
            Severity.WARNING,
        )
        return
