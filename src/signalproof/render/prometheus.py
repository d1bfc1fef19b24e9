"""Checked rules → Prometheus rule files, and promtool unit tests of every alert in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

from signalproof.errors import Location
from signalproof.promql.ast import Binary, Node
from signalproof.promql.binary import PRECEDENCE
from signalproof.promql.printer import to_text
from signalproof.promql.tree import unwrap
from signalproof.render.yaml_text import Block, to_yaml
from signalproof.rules.annotations import expected_annotations
from signalproof.rules.check import CheckedGroup, CheckedRule, CheckedRules
from signalproof.rules.existing import Alert as ExistingAlert
from signalproof.rules.recording import RecordingRule
from signalproof.rules.scenario import Expectation, Given, Scenario, notation

_SET_OPERATORS = frozenset({"and", "or", "unless"})


def rule_files(rules: CheckedRules, root: Path) -> dict[str, bytes]:
    """Return the rule files by their path below the output folder: ``prometheus/rules/planner.yml``.

    Args:
        rules: What is written.
        root: Folder that the header names the definitions relative to.
    """
    return {
        f"prometheus/rules/{name}.yml": to_yaml(
            [{"groups": [group_data(one) for one in groups]}],
            [*header(root, [one.group.where for one in groups]), *_notes(groups)],
        )
        for name, groups in _by_file(rules).items()
    }


def unit_test_files(rules: CheckedRules, root: Path) -> dict[str, bytes]:
    """Return the promtool unit tests by their path below the output folder: ``prometheus/tests/planner.yml``.

    Args:
        rules: The rules whose scenarios are written; a file without scenarios has no tests.
        root: Folder that the header names the definitions relative to.
    """
    alerts = {id(alert): checked for _, alert, checked in rules.alerts()}
    return {
        f"prometheus/tests/{name}.yml": to_yaml(
            [
                {
                    "rule_files": [f"../rules/{name}.yml"],
                    "evaluation_interval": "1m",
                    "group_eval_order": [one.group.name for one in groups],
                    "tests": [
                        _unit_test(scenario, alerts) for one in groups for scenario in one.group.scenarios
                    ],
                }
            ],
            header(root, [one.group.where for one in groups]),
        )
        for name, groups in _by_file(rules).items()
        if any(one.group.scenarios for one in groups)
    }


def header(root: Path, places: list[Location]) -> list[str]:
    """Return the lines that say where a written file comes from."""
    files = sorted({_relative(place.file, root) for place in places})
    return [f"Written by `make dashboards` from {', '.join(files)}; edit there."]


def group_data(group: CheckedGroup) -> dict[str, Any]:
    """Return a group as it stands in a rule file."""
    given = group.group
    said = {
        "interval": given.interval,
        "limit": given.limit,
        "query_offset": given.query_offset,
        "labels": dict(given.labels),
    }
    rest = {key: value for key, value in said.items() if value}
    return {"name": given.name, **rest, "rules": [_rule(one) for one in group.rules]}


def _by_file(rules: CheckedRules) -> dict[str, list[CheckedGroup]]:
    files: dict[str, list[CheckedGroup]] = {}
    for group in rules.groups:
        files.setdefault(group.group.file_name, []).append(group)
    return dict(sorted(files.items()))


def _relative(file: str, root: Path) -> str:
    path = Path(file)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _notes(groups: list[CheckedGroup]) -> Iterator[str]:
    for one in groups:
        yield from one.group.notes


def _rule(checked: CheckedRule) -> dict[str, Any]:
    rule = checked.rule
    found = dedent(rule.expr.text).strip() if rule.existing else ""
    expr = Block(found or expression_text(rule.expr.node))
    if isinstance(rule, RecordingRule):
        return {"record": rule.record, "expr": expr, **({"labels": dict(rule.labels)} if rule.labels else {})}
    if isinstance(rule, ExistingAlert):
        said = {
            "for": rule.for_,
            "keep_firing_for": rule.keep_firing_for,
            "labels": dict(rule.labels),
            "annotations": dict(rule.annotations),
        }
        return {"alert": rule.name, "expr": expr, **{key: value for key, value in said.items() if value}}
    return {
        "alert": rule.name,
        "expr": expr,
        "for": rule.for_,
        "labels": dict(rule.written_labels),
        "annotations": {**checked.annotations, **checked.links},
    }


def expression_text(node: Node) -> str:
    """Return *node* as PromQL: one line, or one line for each condition that ``and``, ``or`` or ``unless`` combines."""
    node = unwrap(node)
    if not _splits(node):
        return to_text(node)
    assert isinstance(node, Binary)
    precedence = PRECEDENCE[node.operator]
    steps: list[Binary] = []
    left: Node = node
    while isinstance(left, Binary) and _splits(left) and PRECEDENCE[left.operator] == precedence:
        steps.append(left)
        left = unwrap(left.left)
    lines = [_operand(left, precedence - 1)]
    for step in reversed(steps):
        lines += [step.operator, _operand(unwrap(step.right), precedence)]
    return "\n".join(lines)


def _splits(node: Node) -> bool:
    return isinstance(node, Binary) and node.operator in _SET_OPERATORS and node.matching is None


def _operand(node: Node, looser: int) -> str:
    """Return one side of a set operator, in parentheses where it binds no tighter than *looser*."""
    text = to_text(node)
    return f"({text})" if isinstance(node, Binary) and PRECEDENCE[node.operator] <= looser else text


def _unit_test(scenario: Scenario, alerts: dict[int, CheckedRule]) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "interval": "1m",
        "input_series": [
            {"series": _series(one), "values": notation(one, scenario.minutes)} for one in scenario.given
        ],
        "alert_rule_test": [_alert_test(one, alerts[id(one.alert)]) for one in scenario.expect],
    }


def _series(given: Given) -> str:
    labels = ",".join(f"{name}={json.dumps(text)}" for name, text in given.labels.items())
    return f"{given.series}{{{labels}}}"


def _alert_test(expected: Expectation, checked: CheckedRule) -> dict[str, Any]:
    alert = expected.alert
    firing = {
        "exp_labels": {**expected.labels, **alert.written_labels},
        "exp_annotations": {
            **expected_annotations(alert, checked.value, expected.value, expected.labels),
            **checked.links,
        },
    }
    return {
        "eval_time": expected.at,
        "alertname": alert.name,
        "exp_alerts": [firing] if expected.fires else [],
    }
