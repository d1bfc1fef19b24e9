"""U004: a template function for another unit."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.units import ONE, Dimension
from signalproof.infer.value import Kind
from signalproof.lint.asked import inner, understood
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import alert
from signalproof.lint.templates import meaning_of
from signalproof.promql.query import Query, Use

_SECOND = Dimension.of({"second": 1})
_INSTANT = Dimension.of({"instant": 1})
_BYTES = (Dimension.of({"byte": 1}), Dimension.of({"byte": 1, "second": -1}))
_EXPECTS = {
    "humanizePercentage": ("a share of 0..1", (ONE,)),
    "humanizeDuration": ("seconds", (_SECOND,)),
    "humanizeTimestamp": ("seconds since 1970", (_INSTANT,)),
    "humanize1024": ("bytes", _BYTES),
}


class Humanize(Rule[Query]):
    """An annotation formats the value as what it is not.

    ``humanizePercentage`` multiplies by 100: of a value that is in percent already it says 9500 %.
    ``humanizeDuration`` takes seconds, ``humanizeTimestamp`` seconds since 1970, ``humanize1024`` bytes.
    """

    code = "U004"
    slug = "humanize"
    severity = "warning"
    visits = (Query,)
    about = ("annotations",)
    uses = frozenset({Use.ALERT})
    bad = (
        (
            alert("cache_hit_ratio * 100 < 90", summary="hits: {{ $value | humanizePercentage }}"),
            "{{ $value | humanizePercentage }}",
        ),
        (
            alert("queue_length > 10", summary="waits {{ $value | humanizeDuration }}"),
            "{{ $value | humanizeDuration }}",
        ),
        (
            alert("queue_length > 10", summary="waits {{ humanizeDuration .Value }}"),
            "{{ humanizeDuration .Value }}",
        ),
        (
            alert("queue_length > 10", summary='waits {{ printf "%s" ($value | humanizeDuration) }}'),
            "$value | humanizeDuration",
        ),
        (
            alert(
                "queue_length > 10",
                summary='{{ with query "workers" }}{{ . | first | value | humanizeDuration }}{{ end }}',
            ),
            ". | first | value | humanizeDuration",
        ),
    )
    good = (
        alert("cache_hit_ratio < 0.9", summary="hits: {{ $value | humanizePercentage }}"),
        alert("queue_length > 10", summary="{{ $value | humanize }} wait"),
        alert("queue_length > 10", summary='{{ "{{ $value | humanizeDuration }}" }}'),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield every number that is formatted, and whose unit is known to be another."""
        for part, text in context.templates:
            for function, span, asked in meaning_of(text).written if part.startswith("annotation ") else ():
                wanted, units = _EXPECTS.get(function, ("", ()))
                inside = context if asked is None else understood(inner(asked), context)
                if inside is None or not units:
                    continue
                root = inside.inference.root
                if root.unit is None or root.kind in (Kind.ANY, Kind.NUMBER):
                    continue
                if not any(root.unit.comparable(one) for one in units):
                    yield Problem(
                        f"{function} takes {wanted}, the value is in {root.unit}",
                        "use humanize, or convert the value in the expression",
                        span,
                        text=text,
                        part=part,
                    )
