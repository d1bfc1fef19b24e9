"""Recorded rates: what all instances of a job do together, added up once instead of at each refresh of each panel.

A dashboard finds these series by itself; see `signalproof.dashboard.recorded`. They pay from some dozen instances on:
``docs/guides/scale.md`` has figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from signalproof.catalogue.labels import Job, Label
from signalproof.catalogue.metric import Counter, Histogram
from signalproof.catalogue.operation import Operation
from signalproof.errors import SignalproofError, caller
from signalproof.promql.expr import Expr
from signalproof.promql.select import aggregate, over, select
from signalproof.rules.duty import Duty
from signalproof.rules.group import RuleGroup
from signalproof.rules.recording import RecordingRule

WINDOW = "6m"
"""Window of the rates: a call is in five or six of them, so that a count made of them is about a tenth off at most. No usual
window of an alert, whose rates are recorded in the group of the alert, to be there when it asks."""
INTERVAL = "1m"


Counted: TypeAlias = "Counter[Any] | Histogram[Any]"


def rate_group(duty: Duty, *counted: Operation[Any, Any] | Counted) -> RuleGroup:
    """Return the group that records the rates of all that is given: by job and its own labels, over all instances.

    Args:
        duty: Whose they are; of several jobs that expose the same, each has its own series.
        counted: Counters, histograms (their buckets, sum and count), and operations (durations, calls and failures).

    Raises:
        SignalproofError: Nothing is given.
    """
    if not counted:
        raise SignalproofError("no rate to record", "give operations, counters or histograms", where=caller())
    return RuleGroup(
        f"{duty.job.replace('_', '-')}-rates",
        tuple(rule for one in counted for metric in _metrics(one) for rule in _rules(metric)),
        interval=INTERVAL,
        file=f"{duty.file}-rates",
    )


def _metrics(one: Operation[Any, Any] | Counted) -> tuple[Counted, ...]:
    return (one.duration, one.calls, one.failures) if isinstance(one, Operation) else (one,)


def _rules(metric: Counted) -> Iterator[RecordingRule]:
    """Yield a rule for each series of a metric."""
    by: tuple[type[Label], ...] = (Job, *metric.labels.classes.values())
    level = "_".join(label.label_name for label in by)
    what = f"{metric.help[:1].upper()}{metric.help[1:].rstrip('.')}"
    names = {metric.name: ""}
    if isinstance(metric, Histogram):
        names = {f"{metric.name}_{part}": f" ({part})" for part in ("bucket", "sum", "count")}
    for name, part in names.items():
        buckets = name.endswith("_bucket")
        rate = aggregate("sum", over("rate", select(metric, name), WINDOW), by, le=buckets)
        yield RecordingRule(
            f"{level}{'_le' if buckets else ''}:{name.removesuffix('_total')}:rate{WINDOW}",
            Expr(rate),
            f"{what}{part}: per second, all instances together.",
        )
