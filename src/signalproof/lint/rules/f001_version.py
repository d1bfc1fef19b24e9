"""F001: the query needs a newer Prometheus, or a feature flag."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from signalproof.config import Config
from signalproof.errors import Location
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.rule import Context, Rule, Setting
from signalproof.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Grouping,
    Matching,
    Number,
    Range,
    Selector,
    Subquery,
)
from signalproof.promql.query import Query
from signalproof.promql.versions import required_by
from signalproof.versions import key_of

_OLD = Config(Path(), prometheus="2.48", said=frozenset({"prometheus"}))
_NEW = replace(_OLD, prometheus="3.2")


def _on(config: Config, text: str) -> Setting:
    return Setting((Query(text, Location("q")),), config=config)


_Seen: TypeAlias = Call | Aggregation | Binary | Selector | Range | Subquery | Number


class Version(Rule[_Seen]):
    """Something that the Prometheus to be asked does not know, or only behind a flag: a function, a modifier, a spelling.

    Prometheus answers with an error, and refuses a rule file as a whole. Where the version is known, by ``prometheus``
    in the configuration, the oldest that the queries must run on, or from the server of ``--prometheus``, what
    this version does not know, not yet or no longer, is an error, and the rule is in force by default. Where
    it is not known, the rule has to be selected, and gives info against the oldest version that is supported, 2.42. What
    is behind a flag is info in any case: whether the flag is set nobody knows.
    """

    code = "F001"
    slug = "version"
    severity = "info"
    promql_only = True
    visits = (Call, Aggregation, Binary, Selector, Range, Subquery, Number)
    default = False
    with_key = "prometheus"
    bad = (
        ("histogram_avg(rate(rpc_duration_seconds[5m]))", "histogram_avg"),
        ("limitk(5, queue_length)", "limitk"),
        (_on(_OLD, "histogram_avg(rate(rpc_duration_seconds[5m]))"), "histogram_avg"),
        (_on(_NEW, "holt_winters(queue_length[1h], 0.5, 0.5)"), "holt_winters"),
        (_on(_NEW, "mad_over_time(queue_length[1h])"), "mad_over_time"),
        (_on(_OLD, "rate(jobs_total[300])"), "300"),
        (_on(_OLD, "rate(jobs_total[5m + 1m])"), "5m + 1m"),
        (_on(_OLD, "queue_length > 1_000"), "1_000"),
        (_on(_OLD, 'sum by ("queue") ({"queue_length", "a.b"=""})'), '"a.b"'),
    )
    good = (
        "sgn(queue_length)",
        _on(_NEW, "histogram_avg(rate(rpc_duration_seconds[5m]))"),
        _on(_NEW, "rate(jobs_total[300]) > 1_000"),
        _on(_OLD, "rate(jobs_total[5m] offset -1m) and on (job) up @ end() < 0x1"),
        _on(replace(_OLD, prometheus="3.14"), "first_over_time(queue_length[1h + 30m])"),
    )

    def check(self, seen: _Seen, context: Context) -> Iterator[Problem]:
        """Yield what is newer, gone, or behind a flag."""
        config = context.world.config
        oldest, sure = config.prometheus, "prometheus" in config.said
        lacking = Severity.ERROR if sure else None
        for part in _parts(seen):
            for needed, span in required_by(part):
                what, flag = needed.what.removesuffix("()"), f"--enable-feature={needed.flag}"
                if key_of(needed.since) > key_of(oldest):
                    more = f" and {flag}" if needed.flag and not needed.stable else ""
                    which = "is asked" if sure else "is supported"
                    says = f"{what} needs Prometheus {needed.since}{more}, {oldest} {which}"
                    yield Problem(says, "", span, lacking)
                elif needed.until and sure and key_of(needed.until) <= key_of(oldest):
                    says = f"{what} is gone since Prometheus {needed.until}, {oldest} is asked"
                    instead = "double_exponential_smoothing" if what == "holt_winters" else ""
                    yield Problem(says, instead and f"write {instead}", span, lacking)
                elif needed.flag and not (needed.stable and key_of(needed.stable) <= key_of(oldest)):
                    yield Problem(f"{what} needs {flag}", "", span)
                elif needed.until:
                    yield Problem(f"{what} is gone since Prometheus {needed.until}", "", span)


def _parts(seen: _Seen) -> Iterator[object]:
    """Yield *seen* and what belongs to it and is no expression of its own."""
    yield seen
    match seen:
        case Selector():
            yield seen.offset
            if seen.pattern:
                yield from seen.matchers
        case Range():
            yield seen.window
        case Subquery():
            yield from (seen.window, seen.step, seen.offset)
        case Binary(matching=Matching()):
            yield seen.matching
        case Aggregation(grouping=Grouping(labels=labels)):
            yield from labels
        case _:
            pass
