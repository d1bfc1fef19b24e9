"""G004: the title says one quantile, the query takes another."""

from __future__ import annotations

import re
from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import panel
from signalproof.promql.ast import Call, Number, Span
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import unwrap, walk

_SAID = re.compile(
    r"\b[pP](\d{2}(?:\.\d+)?|\d{3,4})\b|\b(\d{1,2}(?:\.\d+)?)(?:st|nd|rd|th)(?: percentile| quantile|\b(?= ))",
    re.ASCII,
)
_MEDIAN = re.compile(r"\bmedian\b", re.IGNORECASE)


_P99 = "histogram_quantile(0.99, sum by (le) (rate(job_duration_seconds_bucket[5m])))"


class OtherQuantile(Rule[Query]):
    """The title or the legend says p95, the query takes another quantile.

    Usually a panel that was copied. Whoever reads it takes the number for what the title says.
    """

    code = "G004"
    slug = "other-quantile"
    severity = "warning"
    visits = (Query,)
    about = ("legend", "panel")
    uses = frozenset({Use.PANEL, Use.EXPRESSION})
    bad = (
        (panel(_P99, "Latency p95"), "0.99"),
        (panel(_P99, "Latency", legend="p50"), "0.99"),
        (panel(_P99, "Latency (95th percentile)"), "0.99"),
    )
    good = (
        panel(_P99, "Latency p99"),
        panel(_P99, "Latency p50, p95 and p99", legend="p99"),
        panel(_P99, "P999 of nothing else", legend="p99"),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield the quantile when the legend, or else the title, names others only."""
        said = (_said(seen.legend) if seen.legend else None) or (_said(seen.panel) if seen.panel else None)
        if not said:
            return
        taken = [
            one
            for one in walk(context.root)
            if isinstance(one, Call) and one.function == "histogram_quantile"
        ]
        shares = [
            (number, share) for one in taken if (number := _number(one)) and 0 <= (share := number.value) <= 1
        ]
        if len(shares) != 1:
            return
        number, share = shares[0]
        if not any(abs(share - one) < 1e-9 for one in said):
            names = ", ".join(f"p{one * 100:g}" for one in sorted(said))
            yield Problem(
                f"the {'legend' if _said(seen.legend) else 'title'} says {names}, the query takes p{share * 100:g}",
                "make them the same",
                Span(*number.span),
            )


def _said(text: str) -> frozenset[float]:
    found = set()
    for short, ordinal in _SAID.findall(text):
        digits = short or ordinal
        found.add(float(digits) / 100 if "." in digits or len(digits) < 3 else float(f"0.{digits}"))
    if _MEDIAN.search(text):
        found.add(0.5)
    return frozenset(found)


def _number(call: Call) -> Number | None:
    first = unwrap(call.args[0]) if call.args else None
    return first if isinstance(first, Number) else None
