"""N007: what passes ``== 0`` is added up."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import Kind
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.samples import COMPARISONS, SETS
from signalproof.promql.ast import Aggregation, Binary, Call, Paren
from signalproof.promql.tree import unwrap

_PRESENCE = frozenset({"absent", "absent_over_time", "count_over_time", "present_over_time", "timestamp"})


class AlwaysZero(Rule[Aggregation]):
    """A sum over the series that are 0: it is 0, or there is nothing.

    ``sum(x == 0)`` keeps the series whose value is 0 and adds these zeros. How many there are says ``count(x == 0)``; it
    is not 0 but missing where there is none, so write ``count(x == 0) or vector(0)``, or ``sum(x == bool 0)``, which is 0
    then. With ``by`` the sum lists which there are, and nothing is said.
    """

    code = "N007"
    slug = "always-zero"
    severity = "warning"
    visits = (Aggregation,)
    names = frozenset({"sum", "avg"})
    bad = (
        ("sum(workers == 0)", "sum(workers == 0)"),
        ("avg(0 == workers)", "avg(0 == workers)"),
    )
    good = (
        "sum by (region) (workers == 0)",
        "sum(workers == bool 0)",
        "count(workers == 0) or vector(0)",
        "absent(sum(workers == 0))",
        "sum(workers) unless sum(workers == 0)",
    )

    def check(self, seen: Aggregation, context: Context) -> Iterator[Problem]:
        """Yield the aggregation of what equals 0, where its value matters."""
        inner = unwrap(seen.expr)
        if (
            seen.grouping is not None
            or not isinstance(inner, Binary)
            or inner.operator != "=="
            or inner.bool_modifier
        ):
            return
        sides = context.value(inner.left), context.value(inner.right)
        if not any(one.kind is Kind.NUMBER and one.constant == 0 for one in sides) or _asks_presence(
            seen, context
        ):
            return
        yield Problem(
            "only zeros are added up: the result is 0, or missing where no series is 0",
            "count(… == 0) says how many there are, sum(… == bool 0), too, and is 0 where there is none",
            seen.span,
        )


def _asks_presence(node: Aggregation, context: Context) -> bool:
    """Whether what stands above asks only whether there is anything, or U003 speaks of the comparison."""
    below: object = node
    for above in context.ancestors(node):
        match above:
            case Paren():
                pass
            case Aggregation():
                return above.operator in ("count", "group")
            case Call():
                return above.function in _PRESENCE
            case Binary() if above.operator in SETS:
                return above.operator != "or" and above.right is below
            case Binary():
                return above.operator in COMPARISONS
            case _:
                return False
        below = above
    return False
