"""F001: the query needs a newer Prometheus, or a feature flag."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from signalproof.config import Config
from signalproof.errors import Location
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.rule import Context, Rule, Setting
from signalproof.promql.ast import Aggregation, Call
from signalproof.promql.functions import AGGREGATIONS, FUNCTIONS, Function
from signalproof.promql.query import Query

_OLD = Config(Path(), prometheus="2.48", said=frozenset({"prometheus"}))
_NEW = replace(_OLD, prometheus="3.2")


def _on(config: Config, text: str) -> Setting:
    return Setting((Query(text, Location("q")),), config=config)


class Version(Rule[Call | Aggregation]):
    """A function that the Prometheus to be asked does not have, or that is behind a flag.

    Prometheus answers "unknown function", and refuses a rule file as a whole. Where the version is known, by ``prometheus``
    in the configuration, the oldest that the queries must run on, or from the server of ``--prometheus``, a
    function that this version does not have, not yet or no longer, is an error, and the rule is in force by default. Where
    it is not known, the rule has to be selected, and gives info against the oldest version that is supported, 2.42. A
    function behind a flag is info in any case: whether the flag is set nobody knows.
    """

    code = "F001"
    slug = "version"
    severity = "info"
    promql_only = True
    visits = (Call, Aggregation)
    default = False
    with_key = "prometheus"
    bad = (
        ("histogram_avg(rate(rpc_duration_seconds[5m]))", "histogram_avg"),
        ("limitk(5, queue_length)", "limitk"),
        (_on(_OLD, "histogram_avg(rate(rpc_duration_seconds[5m]))"), "histogram_avg"),
        (_on(_NEW, "holt_winters(queue_length[1h], 0.5, 0.5)"), "holt_winters"),
        (_on(_NEW, "mad_over_time(queue_length[1h])"), "mad_over_time"),
    )
    good = (
        "sgn(queue_length)",
        _on(_NEW, "histogram_avg(rate(rpc_duration_seconds[5m]))"),
        _on(replace(_OLD, prometheus="3.14"), "first_over_time(queue_length[1h])"),
    )

    def check(self, seen: Call | Aggregation, context: Context) -> Iterator[Problem]:
        """Yield the name of what is newer, gone, or behind a flag."""
        known = FUNCTIONS.get(seen.function) if isinstance(seen, Call) else AGGREGATIONS.get(seen.operator)
        if known is None:
            return
        config = context.world.config
        oldest, sure = config.prometheus, "prometheus" in config.said
        span = seen.name_span if isinstance(seen, Call) else seen.operator_span
        until, stable = (known.until, known.stable) if isinstance(known, Function) else ("", "")
        lacking = Severity.ERROR if sure else None
        if _number(known.since) > _number(oldest):
            flag = f" and --enable-feature={known.flag}" if known.flag else ""
            which = "is asked" if sure else "is supported"
            yield Problem(
                f"{known.name} needs Prometheus {known.since}{flag}, {oldest} {which}", "", span, lacking
            )
        elif until and sure and _number(until) <= _number(oldest):
            yield Problem(
                f"{known.name} is gone since Prometheus {until}, {oldest} is asked",
                "write double_exponential_smoothing" if known.name == "holt_winters" else "",
                span,
                lacking,
            )
        elif known.flag and not (stable and _number(stable) <= _number(oldest)):
            yield Problem(f"{known.name} needs --enable-feature={known.flag}", "", span)
        elif until:
            yield Problem(f"{known.name} is gone since Prometheus {until}", "", span)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
