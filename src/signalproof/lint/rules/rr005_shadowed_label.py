"""RR005: a rule overwrites a label that its result has."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import recording
from signalproof.promql.ast import Span
from signalproof.promql.query import Query, Use


class ShadowedLabel(Rule[Query]):
    """A recording rule sets a label that its result has already.

    The label of the rule wins. Where the result has several values of it, series that differed only there become one
    and the same, and Prometheus refuses the evaluation: "duplicate series". Where the label says which target it was,
    that is lost.
    """

    code = "RR005"
    slug = "shadowed-label"
    severity = "warning"
    visits = (Query,)
    about = ("labels",)
    uses = frozenset({Use.RECORDING})
    bad = ((recording("jobs:rate5m", "rate(jobs_total[5m])", labels={"job": "all"}), "job"),)
    good = (recording("jobs:rate5m", "sum(rate(jobs_total[5m]))", labels={"job": "all"}),)

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield every label of a recording rule that its result is known to have."""
        labels = context.inference.root.labels
        for name in seen.labels:
            domain = labels.known.get(name)
            if domain is not None and not domain.optional and domain.values != frozenset({seen.labels[name]}):
                yield Problem(
                    f"the result has a label {name!r} already, and the rule overwrites it",
                    f"aggregate {name!r} away, or choose another name",
                    Span(0, len(name)),
                    text=name,
                    part="label",
                )
