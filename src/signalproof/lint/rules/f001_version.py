"""F001: the query needs a newer Prometheus, or a feature flag."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.promql.ast import Aggregation, Call
from signalproof.promql.functions import AGGREGATIONS, FUNCTIONS


class Version(Rule[Call | Aggregation]):
    """A function that the oldest Prometheus to support does not have, or that is behind a flag.

    Prometheus answers "unknown function", and refuses a rule file as a whole. The oldest version is ``prometheus`` in
    the configuration.
    """

    code = "F001"
    slug = "version"
    severity = "info"
    promql_only = True
    visits = (Call, Aggregation)
    default = False
    bad = (
        ("histogram_avg(rate(rpc_duration_seconds[5m]))", "histogram_avg"),
        ("limitk(5, queue_length)", "limitk"),
    )
    good = ("sgn(queue_length)",)

    def check(self, seen: Call | Aggregation, context: Context) -> Iterator[Problem]:
        """Yield the name of what is newer, gone, or behind a flag."""
        known = FUNCTIONS.get(seen.function) if isinstance(seen, Call) else AGGREGATIONS.get(seen.operator)
        if known is None:
            return
        oldest = context.world.config.prometheus
        span = seen.name_span if isinstance(seen, Call) else seen.operator_span
        until = getattr(known, "until", "")
        if _number(known.since) > _number(oldest):
            flag = f" and --enable-feature={known.flag}" if known.flag else ""
            yield Problem(
                f"{known.name} needs Prometheus {known.since}{flag}, {oldest} is supported", "", span
            )
        elif known.flag:
            yield Problem(f"{known.name} needs --enable-feature={known.flag}", "", span)
        elif until:
            yield Problem(f"{known.name} is gone since Prometheus {until}", "", span)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
