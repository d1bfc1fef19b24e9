"""What a proof is: series, a query that is wrong and one that is right, and what Prometheus makes of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from signalproof.catalogue.exposition import format_bound
from signalproof.lint.examples import exposition

Answer = Mapping[str, float]
"""Labels in PromQL's notation → the value of that series; no entry for an empty result."""


@dataclass(frozen=True)
class Proof:
    """One run of Prometheus that shows why a rule is right, in the world of the rules' examples.

    Attributes:
        code: The rule.
        happened: What the series stand for, and what a person wants to know of it.
        series: Series → its samples, one a minute, in promtool's notation.
        at: When both queries are asked.
        bad: One of the bad examples of the rule.
        gives: What it gives; a text is a part of the error that Prometheus gives instead.
        good: A query that answers the question.
        right: What it gives.
    """

    code: str
    happened: str
    series: Mapping[str, str]
    at: str
    bad: str
    gives: Answer | str
    good: str
    right: Answer

    def test(self, expr: str, answer: Answer) -> dict[str, object]:
        """Return the unit test of promtool that asks *expr* and expects *answer*."""
        samples = [{"labels": labels, "value": value} for labels, value in answer.items()]
        return {
            "interval": "1m",
            "input_series": [{"series": name, "values": values} for name, values in self.series.items()],
            "promql_expr_test": [{"expr": expr, "eval_time": self.at, "exp_samples": samples}],
        }


def histogram(name: str, labels: str, *phases: tuple[int, Mapping[float, int]]) -> Mapping[str, str]:
    """Return every bucket of the classic histogram *name* with its samples.

    Args:
        name: A histogram of the examples, without ``_bucket``.
        labels: Its other labels, ``queue="mail"``.
        phases: Minutes, and by bucket bound how many observations a minute fall into that bucket.
    """
    bounds = (*exposition().series[f"{name}_bucket"].bounds, inf)
    return {
        f'{name}_bucket{{{labels},le="{format_bound(bound)}"}}': " ".join(_counted(bound, phases))
        for bound in bounds
    }


def _counted(bound: float, phases: Sequence[tuple[int, Mapping[float, int]]]) -> Iterator[str]:
    total = 0
    for number, (minutes, observed) in enumerate(phases):
        each = sum(count for upper, count in observed.items() if upper <= bound)
        yield f"{total if number == 0 else total + each}+{each}x{minutes if number == 0 else minutes - 1}"
        total += each * minutes
