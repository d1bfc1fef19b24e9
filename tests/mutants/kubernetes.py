"""kube-prometheus as a world: its published queries, and the catalogue that they imply.

No exposition of a cluster is published with them, so the catalogue is what the queries, taken for right, say of it:

* names: every name that a query reads and no rule records; of a histogram all three series;
* types: ``_bucket`` read with ``le``, ``_sum`` and ``_count`` of the same stem belong to a histogram, without buckets to a
  summary; a name that ends in ``_info`` is an info metric; one that ends in ``_total``, or that some query takes the rate
  of, counts; any other is a gauge; one that is used both ways is of unknown type;
* units: of the name's ending (``_seconds``, ``_bytes``, ``_ratio``), as of any foreign catalogue;
* labels: those of its matchers, and what the expression, legend or annotation above it reads; what two sides need to
  match each other without ``on``; what is read of a recording rule is read of its expression. Every series has the
  `TARGET_LABELS`;
* values: of a label that is only ever compared with written-out values, those; where a value is excluded, one that
  nobody names stands for the rest. A label compared with nothing or with another pattern, or never compared, is open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.mutants.run import World

from signalproof.catalogue.exposition import SCRAPE_SERIES, Exposition, Series
from signalproof.catalogue.family import exposition_of
from signalproof.catalogue.labels import LabelDomain
from signalproof.dashboard.foreign import read_dashboard
from signalproof.infer.inference import infer
from signalproof.infer.patterns import alternatives
from signalproof.knowledge.text import families_of_text
from signalproof.lint.project import names_of_variables
from signalproof.lint.recorded import with_recorded
from signalproof.lint.templates import legend_labels, template_labels
from signalproof.promql.ast import (
    Aggregation,
    Binary,
    Call,
    LabelName,
    Matcher,
    Node,
    Range,
    Selector,
    String,
)
from signalproof.promql.parser import parse
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import children, unwrap, walk
from signalproof.rules.foreign import read_rules

TARGET_LABELS = frozenset(
    {
        "job",
        "instance",
        "namespace",
        "pod",
        "service",
        "container",
        "endpoint",
        "cluster",
        "node",
        "metrics_path",
    }
)
"""What prometheus-operator's ServiceMonitors add, and what those of kube-prometheus and its mixins do."""
_RATES = frozenset({"rate", "irate", "increase", "resets"})
_CHANGES = frozenset(
    {"delta", "deriv", "idelta", "predict_linear", "max_over_time", "min_over_time", "avg_over_time"}
)
_REST = "(the rest)"
_ENDINGS = ("_bucket", "_sum", "_count")


@dataclass
class _Known:
    """What has been read of the queries so far."""

    labels: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    values: dict[tuple[str, str], set[str] | None] = field(default_factory=dict)
    lacking: set[tuple[str, str]] = field(default_factory=set)
    rated: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    size: int = 0


def kubernetes(folder: Path) -> World:
    """Return the queries of the dashboards and rules in *folder*, with their catalogue."""
    queries = [one for path in sorted((folder / "dashboards").glob("*.json")) for one in read_dashboard(path)]
    queries += [one for path in sorted((folder / "rules").glob("*.yaml")) for one in read_rules(path)]
    trees = [parse(one.text, names_of_variables(one)) for one in queries]
    recorded: dict[str, list[tuple[Query, Node]]] = defaultdict(list)
    for query, tree in zip(queries, trees, strict=True):
        if query.use is Use.RECORDING:
            recorded[query.panel].append((query, tree))
    known = _Known()
    for tree in trees:
        _kinds_and_values(tree, known)
    exposition = Exposition({}, TARGET_LABELS)
    while True:
        for query, tree in zip(queries, trees, strict=True):
            _read(tree, _shown(query), recorded, known)
        exposition = _exposition(known, recorded)
        full = with_recorded(exposition, queries, trees, 30.0)
        for tree in trees:
            _match(tree, full, recorded, known)
        size = sum(map(len, known.labels.values()))
        if size == known.size:
            break
        known.size = size
    return World("kube-prometheus", tuple(queries), exposition, scrape_interval=30.0, retention=31 * 86400.0)


def _shown(query: Query) -> frozenset[str]:
    """Return the labels that legend and annotations show of the result."""
    shown = {name for name, _ in legend_labels(query.legend)} | ({query.label} - {""})
    for template in query.annotations.values():
        shown |= {name for name, _ in template_labels(template)} - query.labels.keys()
    return frozenset(shown)


def _kinds_and_values(tree: Node, known: _Known) -> None:
    for node in walk(tree):
        if isinstance(node, Call) and node.args:
            inside = unwrap(node.args[0])
            if isinstance(inside, Range) and node.function in _RATES:
                known.rated.add(inside.selector.name)
            if isinstance(inside, Range) and node.function in _CHANGES:
                known.changed.add(inside.selector.name)
        if isinstance(node, Selector):
            known.labels[node.name] |= set()
            for matcher in node.matchers:
                if isinstance(matcher, Matcher) and isinstance(matcher.label, str):
                    _value(node.name, matcher, known)


def _value(name: str, matcher: Matcher, known: _Known) -> None:
    key = name, str(matcher.label)
    value = matcher.value.value
    if matcher.value.variables:
        return
    if not value:
        known.lacking.add(key)
        return
    plain = matcher.operator in ("=", "!=")
    listed = frozenset({value}) if plain else alternatives(value)
    before = known.values.setdefault(key, set())
    if listed is None or before is None:
        known.values[key] = None
    else:
        before |= listed - {""}
        if "" in listed:
            known.lacking.add(key)
        if matcher.operator in ("!=", "!~"):
            before.add(_REST)


def _read(
    node: Node, labels: frozenset[str], recorded: dict[str, list[tuple[Query, Node]]], known: _Known
) -> None:
    """Note that *labels* of *node* are read."""
    pending: list[tuple[Node, frozenset[str]]] = [(node, labels)]
    noted: set[tuple[str, frozenset[str]]] = set()
    while pending:
        one, wanted = pending.pop()
        if isinstance(one, Selector):
            matched = {str(m.label) for m in one.matchers if isinstance(m, Matcher)} - {"__name__"}
            here = frozenset(wanted | matched)
            known.labels[one.name] |= here
            if one.name in recorded and (one.name, here) not in noted:
                noted.add((one.name, here))
                for query, tree in recorded[one.name]:
                    pending.append((tree, here - query.labels.keys()))
        else:
            pending.extend(_below(one, wanted))


def _names(labels: Iterable[object]) -> frozenset[str]:
    return frozenset(one.name for one in labels if isinstance(one, LabelName))


def _below(node: Node, wanted: frozenset[str]) -> list[tuple[Node, frozenset[str]]]:
    """Return the expressions below *node* with the labels that are read of each when *wanted* are read of it."""
    match node:
        case Aggregation(grouping=None):
            return [(node.expr, wanted if node.operator in ("topk", "bottomk") else frozenset())]
        case Aggregation(grouping=grouping) if grouping is not None:
            listed = _names(grouping.labels)
            return [(node.expr, wanted | listed if grouping.without or node.operator == "topk" else listed)]
        case Binary():
            return _sides(node, wanted)
        case Call(function="histogram_quantile"):
            return [(node.args[1], wanted | {"le"})]
        case Call(function="label_replace" | "label_join"):
            texts = [one.value for one in map(unwrap, node.args[1:]) if isinstance(one, String)]
            read = frozenset({texts[2]}) if node.function == "label_replace" else frozenset(texts[2:])
            return [(node.args[0], (wanted - {texts[0]}) | (read - {""}))]
        case Call(function="scalar" | "absent" | "vector"):
            return [(one, frozenset()) for one in children(node)]
        case _:
            return [(one, wanted) for one in children(node)]


def _sides(node: Binary, wanted: frozenset[str]) -> list[tuple[Node, frozenset[str]]]:
    matching = node.matching
    if node.operator in ("and", "unless"):
        listed = _names(matching.labels) if matching is not None else frozenset()
        on = matching is not None and matching.on
        return [(node.left, wanted | listed), (node.right, listed if on else frozenset())]
    if matching is None:
        return [(node.left, wanted), (node.right, wanted)]
    listed, included = _names(matching.labels), _names(matching.include)
    one, many = listed | included, (wanted - included) | listed
    if not matching.on:
        one = included
    return (
        [(node.left, one), (node.right, many)]
        if matching.group == "right"
        else [(node.left, many), (node.right, one)]
    )


def _match(
    tree: Node, exposition: Exposition, recorded: dict[str, list[tuple[Query, Node]]], known: _Known
) -> None:
    """Note the labels that two sides must share to match each other without on()."""
    inference = infer(tree, exposition, scrape_interval=30.0)
    for node in walk(tree):
        if (
            not isinstance(node, Binary)
            or (node.matching is not None and node.matching.on)
            or node.operator == "or"
        ):
            continue
        left, right = inference.value(node.left).labels, inference.value(node.right).labels
        if any(inference.value(one).shape.value != "instant vector" for one in (node.left, node.right)):
            continue
        ignored = _names(node.matching.labels) if node.matching is not None else frozenset()
        group = "" if node.matching is None else node.matching.group
        names = (left.known.keys() | right.known.keys()) - ignored
        if group != "right":
            _read(node.left, frozenset(names & right.known.keys()), recorded, known)
        if group != "left":
            _read(node.right, frozenset(names & left.known.keys()), recorded, known)


def _exposition(known: _Known, recorded: dict[str, list[tuple[Query, Node]]]) -> Exposition:
    names = {name for name in known.labels if name and name not in recorded and name not in SCRAPE_SERIES}
    stems = {name.removesuffix("_bucket") for name in names if name.endswith("_bucket")}
    lines: list[str] = []
    for stem in sorted(stems):
        for ending in _ENDINGS:
            labels = known.labels[stem + ending]
            for other in _ENDINGS:
                labels |= known.labels[stem + other] - {"le"}
        known.labels[f"{stem}_bucket"].add("le")
    families: dict[str, str] = {}
    for name in sorted(names | {stem + ending for stem in stems for ending in _ENDINGS}):
        family, kind = _family(name, stems, known)
        if families.setdefault(family, kind) != kind:
            raise ValueError(f"{family} is {families[family]} and {kind}")
        own = ",".join(f'{label}="x"' for label in sorted(known.labels[name] - TARGET_LABELS))
        lines.append(f"{name}{{{own}}} 1")
    text = "\n".join([*(f"# TYPE {family} {kind}" for family, kind in families.items()), *lines, ""])
    read = exposition_of(families_of_text(text))
    series = {name: _with_values(one, known) for name, one in read.series.items() if name in known.labels}
    return Exposition({**SCRAPE_SERIES, **series}, TARGET_LABELS)


def _family(name: str, stems: set[str], known: _Known) -> tuple[str, str]:
    for ending in _ENDINGS:
        stem = name.removesuffix(ending)
        if name.endswith(ending) and stem in stems:
            return stem, "histogram"
    counts, changes = name.endswith("_total") or name in known.rated, name in known.changed
    if counts and name.endswith(("_sum", "_count")):
        return name.rpartition("_")[0], "summary"
    if name.endswith("_info"):
        return name, "info"
    if "quantile" in known.labels[name]:
        return name, "summary"
    return name, "unknown" if counts and changes else "counter" if counts else "gauge"


def _with_values(series: Series, known: _Known) -> Series:
    """Return *series* with what is known of the values of its labels."""
    labels: dict[str, LabelDomain] = {}
    for label in series.labels:
        key = series.name, label
        values = known.values.get(key)
        closed = frozenset(values) if values and label != "le" and key not in known.lacking else None
        labels[label] = LabelDomain(label, closed, len(closed) if closed else None)
    return replace(series, labels=labels)
