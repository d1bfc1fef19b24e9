"""What recording rules would have stored, had Prometheus evaluated them all the time: asked of Prometheus itself.

``promtool tsdb create-blocks-from rules`` asks the same and writes four blocks for each rule over the others, which
Prometheus then merges with the whole history while it is measured.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import yaml
from tests.bench.asked import Asked, Request, post
from tests.bench.tsdb_block import Labels
from tests.bench.tsdb_chunks import Encoded, encode

STEP = 60.0
"""Seconds between two evaluations, the interval of the groups of rates."""
_SPAN = 6 * 3600.0
"""Seconds that are asked for at a time: Prometheus holds no more than 50 million samples for a query."""


@dataclass(frozen=True)
class Rule:
    """A recording rule: its name and its expression."""

    record: str
    expr: str


def rules_of(folder: Path, every: Sequence[Asked]) -> list[Rule]:
    """Return the recording rules in *folder* that something asked for reads."""
    read = "\n".join(request.parameters["query"] for one in every for request in one.requests)
    return [
        Rule(rule["record"], rule["expr"])
        for file in sorted(folder.glob("*.yml"))
        for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
        if "record" in rule and rule["record"] in read
    ]


def evaluated(
    port: int,
    rules: Sequence[Rule],
    start: float,
    end: float,
    told: Callable[[float], None] = lambda _part: None,
) -> dict[Labels, Encoded]:
    """Return the series of *rules* from *start* to *end*, by the Prometheus at *port*; *told* is which part is done."""
    found: dict[Labels, Encoded] = {}
    for place, rule in enumerate(rules):
        told(place / len(rules))
        pieces: dict[Labels, list[tuple[float, float]]] = {}
        for first, last in _spans(start, end):
            form = {"query": rule.expr, "start": f"{first:.3f}", "end": f"{last:.3f}", "step": f"{STEP:g}"}
            answer = json.loads(post(port, Request("/api/v1/query_range", form, STEP)))
            assert answer["status"] == "success", answer
            for one in answer["data"]["result"]:
                labels = tuple(sorted({**one["metric"], "__name__": rule.record}.items()))
                pieces.setdefault(labels, []).extend((at, float(text)) for at, text in one["values"])
        for labels, points in pieces.items():
            times = [round(at * 1000) for at, _ in points]
            assert len({b - a for a, b in pairwise(times)}) <= 1, "an evaluation is missing"
            found[labels] = encode([value for _, value in points], times)
    return found


def cost(port: int, rules: Sequence[Rule], at: float) -> float:
    """Return the seconds that one evaluation of all *rules* takes at Unix time *at*, one after the other as in a group."""
    begun = perf_counter()
    for rule in rules:
        post(port, Request("/api/v1/query", {"query": rule.expr, "time": f"{at:.3f}"}, 0.0))
    return perf_counter() - begun


def _spans(start: float, end: float) -> Iterator[tuple[float, float]]:
    while start <= end:
        yield start, min(start + _SPAN - STEP, end)
        start += _SPAN
