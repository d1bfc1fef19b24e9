"""All rules of a project, checked together: names, words, order and proofs; what the renderer and the lint read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from signalproof.catalogue.exposition import Exposition, Role, Series
from signalproof.errors import Location, SignalproofError, did_you_mean
from signalproof.infer.inference import infer
from signalproof.infer.value import Value
from signalproof.promql.ast import Selector
from signalproof.promql.tree import walk
from signalproof.rules.alert import Alert
from signalproof.rules.annotations import alert_annotations
from signalproof.rules.existing import Alert as ExistingAlert
from signalproof.rules.group import Rule, RuleGroup
from signalproof.rules.naming import check_record
from signalproof.rules.recording import RecordingRule


@dataclass(frozen=True)
class CheckedRule:
    """A rule and what inference knows of it.

    Attributes:
        rule: As it was declared.
        value: What is known of its expression.
        annotations: Of an alert: annotation name → Prometheus template.
        links: Of an alert: annotation name → where to look; no template.
    """

    rule: Rule
    value: Value
    annotations: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckedGroup:
    """A group and its rules.

    Attributes:
        group: As it was declared.
        rules: In the order of evaluation.
        interval: Seconds between two evaluations.
    """

    group: RuleGroup
    rules: tuple[CheckedRule, ...]
    interval: float


@dataclass(frozen=True)
class CheckedRules:
    """Every rule of a project.

    Attributes:
        groups: In the order of declaration.
        exposition: Everything that can be queried, what the rules record included.
    """

    groups: tuple[CheckedGroup, ...]
    exposition: Exposition

    def alerts(self) -> Iterator[tuple[CheckedGroup, Alert, CheckedRule]]:
        """Yield every alert with its group."""
        for group in self.groups:
            for one in group.rules:
                if isinstance(one.rule, Alert):
                    yield group, one.rule, one


def check_rules(
    groups: Sequence[RuleGroup], exposition: Exposition, *, scrape_interval: float = 15.0
) -> CheckedRules:
    """Return *groups* with what inference knows of each rule.

    Args:
        groups: In the order in which their files are written.
        exposition: What the catalogue exposes.
        scrape_interval: Seconds between two scrapes, and between two evaluations where a group does not say.

    Raises:
        SignalproofError: A name is given twice or does not fit what its rule computes, a rule uses what is recorded
            later or nowhere, an alert names a label it cannot have, may end before it was evaluated twice, or is not
            proven to fire and to stay silent. None of it is asked of rules that exist already.
    """
    _check_names(groups)
    recorded = {
        rule.record: rule for group in groups for rule in group.rules if isinstance(rule, RecordingRule)
    }
    ready: set[str] = set()
    checked = []
    for group in groups:
        interval = group.interval_seconds(scrape_interval)
        rules = []
        for rule in group.rules:
            if not rule.existing:
                _check_uses(rule, recorded, ready, exposition)
            value = infer(rule.expr.node, exposition, scrape_interval=scrape_interval).root
            if isinstance(rule, RecordingRule):
                if not rule.existing:
                    check_record(rule.record, rule.expr.node, value, rule.where)
                exposition = exposition.with_series([_recorded(rule, value, ready)])
                ready.add(rule.record)
                rules.append(CheckedRule(rule, value))
            elif isinstance(rule, ExistingAlert):
                rules.append(CheckedRule(rule, value, rule.annotations))
            else:
                _check_hold(rule, interval)
                rules.append(CheckedRule(rule, value, alert_annotations(rule, value)))
        checked.append(CheckedGroup(group, tuple(rules), interval))
    _check_scenarios(groups)
    return CheckedRules(tuple(checked), exposition)


def _recorded(rule: RecordingRule, value: Value, ready: set[str]) -> Series:
    """Return what *rule* records; of a name that several existing rules record, only that it is there."""
    if rule.record in ready:
        return Series(rule.record, rule.record, Role.RECORDED, open=True, where=rule.where)
    return rule.series_of(value)


def _check_names(groups: Sequence[RuleGroup]) -> None:
    seen: dict[tuple[str, str], Location] = {}
    for group in groups:
        own = f"{group.file_name}: {group.name}" if group.existing else group.name  # unique in its file
        named = [("rule group", own, group.where)]
        named += [
            ("recording rule", rule.record, rule.where)
            if isinstance(rule, RecordingRule)
            else ("alert", rule.name, rule.where)
            for rule in group.rules
            if not rule.existing
        ]
        for kind, name, where in named:
            if (kind, name) in seen:
                raise SignalproofError(
                    f"{kind} {name} is declared twice, here and at {seen[kind, name]}",
                    "give one of them another name",
                    where=where,
                )
            seen[kind, name] = where


def _check_uses(
    rule: Rule, recorded: Mapping[str, RecordingRule], ready: set[str], exposition: Exposition
) -> None:
    for node in walk(rule.expr.node):
        if not isinstance(node, Selector) or ":" not in node.name or node.name in ready:
            continue
        if node.name in recorded:
            raise SignalproofError(
                f"{node.name} is used before it is recorded",
                f"put its rule ({recorded[node.name].where}) above this one; groups are read in order",
                where=rule.where,
            )
        if node.name not in exposition.series:
            raise SignalproofError(
                f"nothing records {node.name}",
                did_you_mean(node.name, recorded, "declare a RecordingRule for it"),
                where=rule.where,
            )


def _check_hold(alert: Alert, interval: float) -> None:
    if alert.for_seconds < 2 * interval:
        raise SignalproofError(
            f"alert {alert.name} holds for {alert.for_}, less than two evaluations of {interval:g}s",
            f"one bad sample would fire it: give for_={2 * interval:g} seconds or more",
            where=alert.where,
        )


def _check_scenarios(groups: Sequence[RuleGroup]) -> None:
    proven: set[tuple[int, bool]] = set()
    for group in groups:
        in_file = {id(rule) for other in groups if other.file_name == group.file_name for rule in other.rules}
        for scenario in group.scenarios:
            for one in scenario.expect:
                if id(one.alert) not in in_file:
                    raise SignalproofError(
                        f"scenario {scenario.name!r} expects alert {one.alert.name}, which another file holds",
                        "put the scenario into the group of the alert",
                        where=one.where,
                    )
                proven.add((id(one.alert), one.fires))
    for group in groups:
        for rule in group.rules:
            for state, words in ((True, "fires"), (False, "stays silent")):
                if isinstance(rule, Alert) and (id(rule), state) not in proven:
                    raise SignalproofError(
                        f"no scenario shows that alert {rule.name} {words}",
                        "add a Scenario to its group that expects it",
                        where=rule.where,
                    )
