"""Rule files of other projects as queries with their place.

Read are Prometheus rule YAML, PrometheusRule, ConfigMaps of either, and the alert rules that Grafana manages itself:
https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from signalproof.datasources import DataSources, Other, language
from signalproof.documents import Table, Text, Tree, read_yaml
from signalproof.errors import Location, SignalproofError
from signalproof.manifests import is_rule, unpacked
from signalproof.promql.query import Query, Use
from signalproof.text_files import read_text

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}


def read_rules(path: Path) -> Iterator[Query]:
    """Yield the expression of every rule in the file *path*.

    Raises:
        SignalproofError: The file cannot be read, is no YAML, or holds no rules.
    """
    text = read_text(path)
    groups = list(rule_groups(list(read_yaml(text, str(path))), str(path)))
    if not groups:
        raise SignalproofError(
            "no Prometheus rules in this file",
            "give a rule file with groups:, a PrometheusRule, or a ConfigMap that holds one",
            where=Location(str(path)),
        )
    for group in groups:
        yield from queries_of(group, str(path))


@dataclass(frozen=True)
class RuleFile:
    """What Prometheus would read as one rule file.

    Attributes:
        file: Where it was found.
        groups: Its groups.
        body: What holds them, when that is a rule file or the spec of a resource; None where they stand among other things.
        dialect: ``metricsql`` where the resource is one of VictoriaMetrics; else empty.
    """

    file: str
    groups: tuple[Table, ...]
    body: Table | None = None
    dialect: str = ""


def rule_groups(trees: list[Tree], file: str) -> Iterator[Table]:
    """Yield the rule groups among *trees*; whatever else stands there is left out.

    Raises:
        SignalproofError: A ConfigMap holds rules that are no YAML.
    """
    for one in rule_files(trees, file):
        yield from one.groups


def rule_files(trees: list[Tree], file: str) -> Iterator[RuleFile]:
    """Yield the rule files among *trees*, each with at least one group; whatever else stands there is left out.

    Raises:
        SignalproofError: A ConfigMap holds rules that are no YAML.
    """
    for tree in unpacked(trees, file):
        kind = tree.get("kind")
        body = tree.table("spec") if isinstance(kind, str) and kind in _KINDS else tree
        groups = tuple(_groups(body)) if body is not tree or kind is None else ()
        if groups:
            yield RuleFile(file, groups, body, "metricsql" if kind == "VMRule" else "")
        elif not _DASHBOARD.intersection(tree) and (nested := tuple(_nested(tree))):
            yield RuleFile(file, nested)


_KINDS = frozenset({"PrometheusRule", "VMRule", "Rules", "ClusterRules", "GlobalRules"})
"""Resources whose spec is a rule file: of the operators of Prometheus and VictoriaMetrics, and of Google's collection."""

_DASHBOARD = frozenset({"panels", "rows", "elements", "dashboard"})


def _nested(tree: Table) -> Iterator[Table]:
    """Yield the groups anywhere in *tree*, as in the values of a chart: what has a name and rules with expressions."""
    pending: list[Tree] = [tree]
    seen: set[int] = set()
    while pending:
        one = pending.pop()
        if id(one) in seen:  # an alias of YAML
            continue
        if isinstance(one, Table | list):
            seen.add(id(one))
        if isinstance(one, Table):
            if isinstance(one.get("name"), Text) and any(map(is_rule, one.tables("rules"))):
                yield one
            else:
                pending.extend(reversed(one.values()))
        elif isinstance(one, list):
            pending.extend(reversed(one))


def _groups(body: Table) -> Iterator[Table]:
    for group in body.tables("groups"):
        if isinstance(group.get("rules"), list):
            yield group


def queries_of(group: Table, file: str) -> Iterator[Query]:
    """Yield the expression of every rule of *group*."""
    return (one for one in asked_by(group, file) if isinstance(one, Query))


def asked_by(group: Table, file: str) -> Iterator[Query | Other]:
    """Yield every query of *group*, those of other data sources than Prometheus as `Other`."""
    interval = _seconds(group.text("interval"))
    for rule in group.tables("rules"):
        yield from _managed(rule, group, file)
        text = rule.text("expr")
        name = rule.text("alert") or rule.text("record")
        if not name or not isinstance(rule.get("expr"), Text):
            continue
        where = Location(file, text.line)
        if kind := language(text):
            yield Other(kind, where)
            continue
        yield Query(
            text,
            where,
            Use.ALERT if rule.text("alert") else Use.RECORDING,
            group.text("name"),
            name,
            labels={**_texts(group.table("labels")), **_texts(rule.table("labels"))},
            annotations=_texts(rule.table("annotations")),
            for_seconds=_seconds(rule.text("for")) or 0.0,
            interval=interval,
        )


def _managed(rule: Table, group: Table, file: str) -> Iterator[Query | Other]:
    """Yield every query of an alert rule of Grafana, which compares what they return by itself."""
    body = rule.table("grafana_alert") or rule
    title = body.text("title") or rule.text("title")
    for one in body.tables("data"):
        model = one.table("model")
        text = model.text("expr")
        source = model.get("datasource")
        told = isinstance(source, Table) and source.text("type")
        other = _NOTHING.other(source if told else one.text("datasourceUid"), text)
        if one.text("datasourceUid") in _NO_DATASOURCE:
            continue
        if other:
            yield Other(other, Location(file, model.line))
        elif text.strip() and other is None:
            yield Query(
                text,
                Location(file, text.line),
                Use.EXPRESSION,
                group.text("name"),
                title,
                one.text("refId") or model.text("refId"),
                legend=model.text("legendFormat"),
                instant=model.get("instant") is True,
                labels=_texts(rule.table("labels")),
                annotations=_texts(rule.table("annotations")),
                templates="grafana",
            )


_NOTHING = DataSources(Table())
_NO_DATASOURCE = frozenset({"__expr__", "-100"})
"""What Grafana calls the data source of a calculation over the other queries."""


def _texts(table: Table) -> dict[str, str]:
    return {name: value for name, value in table.items() if isinstance(value, Text)}


def _seconds(text: str) -> float | None:
    if not re.fullmatch(r"(?:\d{1,15}(?:ms|[smhdwy])){1,10}", text):
        return None
    return sum(int(count) * _SECONDS[unit] for count, unit in re.findall(r"(\d+)(ms|[smhdwy])", text))
