"""H006: a bucket that the histogram does not have."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.exposition import Role, Series
from signalproof.infer.patterns import alternatives, kept
from signalproof.infer.selectors import labels_of
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.labels import selected
from signalproof.lint.rule import Context, Filtered, Rule
from signalproof.promql.ast import Matcher, Selector


class NoBound(Rule[Selector]):
    """A matcher on le that names no bucket.

    The value is compared as text. ``le="1"`` does not find the bucket ``1.0``, and a bound that was never declared
    finds none: a share of fast requests then reads nothing at all.

    Programs in Go write whole numbers as ``1``, and version 2 of Prometheus stores what they write; version 3 stores
    ``1.0``. Which one counts is decided by ``prometheus`` in the configuration. Where that says nothing, either spelling
    is a warning; ``le=~"1|1.0"`` is right in both.
    """

    code = "H006"
    slug = "no-bound"
    severity = "error"
    visits = (Filtered,)
    bad = (
        ('rate(http_request_duration_seconds_bucket{le="1"}[5m])', '"1"'),
        ('rate(http_request_duration_seconds_bucket{le="0.3"}[5m])', '"0.3"'),
        ('rate(http_request_duration_seconds_bucket{le="inf"}[5m])', '"inf"'),
        ('rate(http_request_duration_seconds_bucket{le!="10"}[5m])', '"10"'),
        ('rate(http_request_duration_seconds_bucket{le=~"1|5"}[5m])', '"1|5"'),
    )
    good = (
        'rate(http_request_duration_seconds_bucket{le="1.0"}[5m])',
        'rate(http_request_duration_seconds_bucket{le=~"1.0|[+]Inf"}[5m])',
        'rate(http_request_duration_seconds_bucket{le="$bound"}[5m])',
    )
    fixable = True

    def check(self, seen: Selector, context: Context) -> Iterator[Problem]:
        """Yield every value of a matcher on ``le`` that is no declared bound."""
        if "le" not in labels_of(seen):
            return
        for matcher in seen.matchers:
            if isinstance(matcher, Matcher) and matcher.label == "le" and not matcher.value.variables:
                bounds = _bounds(selected(seen, context))
                if bounds:
                    yield from _check(matcher, bounds)


def _bounds(series: tuple[Series, ...]) -> frozenset[str]:
    """Return the bounds of *series* as texts; none when they are not known of all of them."""
    found: set[str] = set()
    for one in series:
        domain = one.labels.get("le")
        if one.role not in (Role.BUCKET, Role.RECORDED) or domain is None or domain.values is None:
            return frozenset()
        found |= domain.values
    return frozenset(found)


def _check(matcher: Matcher, bounds: frozenset[str]) -> Iterator[Problem]:
    value, negative = matcher.value.value, matcher.operator in ("!=", "!~")
    twin = next(
        (one for one in bounds if one != value and value in bounds and _number(one) == _number(value)), ""
    )
    if twin and matcher.operator in ("=", "!="):
        old, new = sorted((value, twin), key=len)
        yield Problem(
            f"version 2 of Prometheus stores this bucket as {old!r}, version 3 as {new!r}",
            f'write le=~"{old}|{new}", or say which version there is: prometheus = "3.0" in [tool.signalproof]',
            matcher.value.span,
            Severity.WARNING,
        )
        return
    severity = Severity.WARNING if negative else None
    if matcher.operator in ("=", "!="):
        wrong = [value] if value and value not in bounds else []
    else:
        wrong = sorted((alternatives(value) or frozenset()) - bounds - {""})
        if not wrong and kept(bounds, "=~", value) == frozenset():
            wrong = [value]
    for one in wrong:
        same = next((bound for bound in bounds if _number(bound) == _number(one)), "")
        whole = same and matcher.operator in ("=", "!=")
        yield Problem(
            f"the bucket {same!r} is not found as {one!r}: le is text"
            if same
            else f"no bucket has the bound {one!r}",
            f"write {same!r}" if same else _instead(matcher, bounds),
            matcher.value.span,
            severity,
            fix=f'"{same}"' if whole else None,
        )
        return


def _instead(matcher: Matcher, bounds: frozenset[str]) -> str:
    if matcher.operator == "=" and kept(bounds, "=~", matcher.value.value):
        return f"it is a pattern: write le=~{matcher.value.text}"
    return f"bounds: {', '.join(sorted(bounds, key=_number))}"


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
