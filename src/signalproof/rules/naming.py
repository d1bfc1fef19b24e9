"""Whether a recording rule is called what it computes: ``level:metric:operations``.

Source of the convention: https://prometheus.io/docs/practices/rules/#recording-rules. *level* are the labels that are
left, *metric* is the name of what was measured, *operations* what was done to it. Only contradictions are reported: where
inference does not know, any name will do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import permutations, takewhile

from signalproof.catalogue.exposition import Role
from signalproof.errors import Location, SignalproofError
from signalproof.infer.value import Value
from signalproof.promql.ast import Aggregation, Binary, Call, Duration, Node, Number, Range, Subquery
from signalproof.promql.tree import unwrap, walk

_WINDOW = re.compile(r"([a-z_]*[a-z])(\d+(?:ms|[smhdwy]))(?=_|$)")
_QUANTILE = re.compile(r"(?:^|_)p(\d+)(?=_|$)")
_AGGREGATIONS = frozenset({"min", "max", "avg", "count", "stddev", "stdvar", "topk", "bottomk", "group"})
_MOST_LABELS = 6


def check_record(record: str, node: Node, value: Value, where: Location) -> None:
    """Raise if the name of a recording rule contradicts its expression.

    Args:
        record: Name of the rule.
        node: Its expression.
        value: What is known of the result.
        where: The declaration.

    Raises:
        SignalproofError: With the first contradiction and what to write instead.
    """
    for message, remedy in contradictions(record, node, value):
        raise SignalproofError(f"{record}: {message}", remedy, where=where)


def contradictions(record: str, node: Node, value: Value) -> Iterator[tuple[str, str]]:
    """Yield (what is wrong, what to write instead) for each part of the name that does not fit the expression."""
    if record.count(":") != 2:
        return
    level, metric, operations = record.split(":")
    yield from _level(level, value)
    yield from _metric(metric, value)
    yield from _windows(operations, node, value)
    yield from _arithmetic(operations, node, value)


def _level(level: str, value: Value) -> Iterator[tuple[str, str]]:
    names = sorted(value.labels.known)
    if value.labels.open or len(names) > _MOST_LABELS:
        return
    if level not in {"_".join(order) for order in permutations(names)}:
        has = f"the labels {', '.join(names)}" if names else "no labels"
        yield (
            f"the level says {level!r}, and the result has {has}",
            f"write {'_'.join(names)}:… or aggregate by what the name says",
        )


def _metric(metric: str, value: Value) -> Iterator[tuple[str, str]]:
    stems = sorted({_stem(series.name) for series in value.sources})
    if not stems:
        return
    shared = _shared_words(stems)
    allowed = {*stems, *(series.name for series in value.sources), *([shared] if shared else [])}
    above, per, below = metric.partition("_per_")
    shortened = {stem.removeprefix(f"{shared}_") for stem in stems} if shared else set()
    if metric in allowed or (per and above in allowed and below in allowed | shortened):
        return
    yield (
        f"the metric says {metric!r}, and the expression reads {', '.join(stems)}",
        f"write …:{shared or '_per_'.join(stems[:2])}:…",
    )


def _shared_words(names: list[str]) -> str:
    rows = [name.split("_") for name in names]
    shared = takewhile(lambda column: len(set(column)) == 1, zip(*rows, strict=False))
    return "_".join(column[0] for column in shared)


def _stem(name: str) -> str:
    if name.count(":") == 2:
        return name.split(":")[1]
    for ending in ("_total", "_bucket", "_sum", "_count"):
        name = name.removesuffix(ending)
    return name


def _windows(operations: str, node: Node, value: Value) -> Iterator[tuple[str, str]]:
    used = {(function, text) for function, text in _ranges(node)}
    named = {(found[1], found[2]) for found in _WINDOW.finditer(operations)}
    recorded = {
        (found[1], found[2])
        for series in value.sources
        if series.role is Role.RECORDED
        for found in _WINDOW.finditer(series.name.rpartition(":")[2])
    }
    for words, window in sorted(named):
        if not any(
            window == text and (_says(words, function) or words.endswith("mean"))
            for function, text in used | recorded
        ):
            has = ", ".join(sorted(f"{function}[{text}]" for function, text in used)) or "no window"
            yield f"the operations say {words}{window}, and the expression has {has}", _wanted(used)
    for function, text in sorted(used):
        if not any(window == text for _, window in named):
            yield f"the operations do not say {function}{text}", _wanted(used)


def _says(words: str, function: str) -> bool:
    return words.endswith((function, function.removesuffix("_over_time")))


def _wanted(used: set[tuple[str, str]]) -> str:
    tokens = "_".join(f"{function.removesuffix('_over_time')}{text}" for function, text in sorted(used))
    return f"write …:…:{tokens}, newest operation first" if tokens else "leave the window out"


def _ranges(node: Node) -> Iterator[tuple[str, str]]:
    for one in walk(node):
        if not isinstance(one, Call):
            continue
        for argument in map(unwrap, one.args):
            if isinstance(argument, Range | Subquery) and isinstance(argument.window, Duration):
                yield one.function, argument.window.text or f"{argument.window.seconds:g}s"


def _arithmetic(operations: str, node: Node, value: Value) -> Iterator[tuple[str, str]]:
    nodes = list(walk(node))
    older = "_".join(
        series.name.rpartition(":")[2] for series in value.sources if series.role is Role.RECORDED
    )
    words, inherited = set(operations.split("_")), set(older.split("_"))
    divides = any(
        isinstance(one, Binary) and one.operator == "/" and not isinstance(unwrap(one.right), Number)
        for one in nodes
    )
    says_mean = any(word.startswith("mean") for word in words)
    if divides and "ratio" not in words and not says_mean:
        yield "the expression divides, and the operations do not say so", "write …:…:ratio_… or mean…"
    if not divides and "ratio" in words - inherited:
        yield "the operations say ratio, and the expression divides nothing", "divide, or leave it out"
    aggregated = {one.operator for one in nodes if isinstance(one, Aggregation)}
    functions = {one.function.removesuffix("_over_time") for one in nodes if isinstance(one, Call)}
    for word in sorted((words & _AGGREGATIONS) - aggregated - functions - inherited):
        yield f"the operations say {word}, and the expression has none", "leave it out"
    quantiles = {
        f"{argument.value * 100:g}".replace(".", "")
        for one in nodes
        if isinstance(one, Call) and one.function == "histogram_quantile"
        for argument in [unwrap(one.args[0])]
        if isinstance(argument, Number)
    }
    named = {found[1] for found in _QUANTILE.finditer(operations)}
    for share in sorted(named - quantiles - {found[1] for found in _QUANTILE.finditer(older)}):
        yield f"the operations say p{share}, and the expression has no such quantile", "say which it computes"
    for share in sorted(quantiles - named):
        yield f"the expression computes p{share}, and the operations do not say so", f"write …:…:p{share}_…"
