"""Recorded rates: what all instances of a job do together, added up once instead of at each refresh of each panel.

A dashboard finds these series by itself; see `signalproof.dashboard.recorded`. They pay from some dozen instances on:
``docs/guides/scale.md`` has figures.
"""

from __future__ import annotations

from typing import Any

from signalproof.catalogue.labels import Job, Label
from signalproof.catalogue.metric import Counter, Histogram
from signalproof.errors import SignalproofError, caller
from signalproof.promql.build import counted
from signalproof.promql.expr import Expr
from signalproof.promql.select import aggregate, over, select
from signalproof.rules.duty import Duty
from signalproof.rules.group import RuleGroup
from signalproof.rules.recording import RecordingRule

WINDOW = "2m"
"""Window of the rates: several scrapes, one of which may fail. What a panel shows of them is smoothed by as much."""
INTERVAL = "1m"


def rate_group(duty: Duty, *metrics: Counter[Any] | Histogram[Any]) -> RuleGroup:
    """Return the group that records the rate of each of the *metrics*: by job and its own labels, over all instances.

    Of a histogram, its buckets are recorded: quantiles and distributions cost most.

    Raises:
        SignalproofError: No metric is given.
    """
    if not metrics:
        raise SignalproofError("no rate to record", "give counters or histograms", where=caller())
    return RuleGroup(
        f"{duty.job.replace('_', '-')}-rates",
        tuple(_rule(one) for one in metrics),
        interval=INTERVAL,
        file=f"{duty.file}-rates",
    )


def _rule(metric: Counter[Any] | Histogram[Any]) -> RecordingRule:
    buckets = isinstance(metric, Histogram)
    name = f"{metric.name}_bucket" if buckets else counted(metric)
    by: tuple[type[Label], ...] = (Job, *metric.labels.classes.values())
    level = [*(label.label_name for label in by), *(("le",) if buckets else ())]
    rate = aggregate("sum", over("rate", select(metric, name), WINDOW), by, le=buckets)
    return RecordingRule(
        f"{'_'.join(level)}:{name.removesuffix('_total')}:rate{WINDOW}",
        Expr(rate),
        f"{metric.help[:1].upper()}{metric.help[1:].rstrip('.')}: per second, all instances together.",
    )
