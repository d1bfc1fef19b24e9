"""Faults in labels: lost, swapped, misspelt, compared wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.mutants.subject import KEEPS_LABELS, Subject, names_label, slip
from tests.mutants.tree import Put, places

from signalproof.catalogue.exposition import Role, Series
from signalproof.infer.patterns import alternatives
from signalproof.promql.ast import (
    Aggregation,
    Binary,
    LabelName,
    Matcher,
    Matching,
    Node,
    Selector,
    String,
    Variable,
)
from signalproof.promql.query import Query


def _groups(
    subject: Subject,
) -> Iterator[tuple[Aggregation, LabelName, list[LabelName | Variable], Put, bool]]:
    """Yield each label of a by(), the labels beside it, and whether something needs it.

    Not of topk() and its kin, whose result keeps every label whatever they are grouped by.
    """
    for node, put, above in places(subject.root):
        if not isinstance(node, Aggregation) or node.grouping is None or node.grouping.without:
            continue
        if node.operator in KEEPS_LABELS:
            continue
        for label in node.grouping.labels:
            if isinstance(label, LabelName) and label.name != "le":
                others = [one for one in node.grouping.labels if one is not label]
                yield node, label, others, put, _needed(subject, node, above, label.name)


def _needed(subject: Subject, node: Node, above: tuple[Node, ...], label: str) -> bool:
    """Whether something says that *label* was meant; without, a query by another label is another sound question."""
    below = node
    for one in above:
        if isinstance(one, Aggregation):
            if names_label(one, label):
                return True
            if one.grouping is None or not one.grouping.without:
                return False
        if isinstance(one, Binary):
            if names_label(one, label):
                return True
            other = one.right if one.left is below else one.left
            implicit = one.matching is None or not one.matching.on
            if implicit and one.operator != "or" and label in subject.value(other).labels.certain:
                return True
        below = one
    return subject.shows(label)


def _with_labels(node: Aggregation, labels: list[LabelName | Variable]) -> Aggregation:
    assert node.grouping is not None
    return replace(node, grouping=replace(node.grouping, listed=tuple(labels)))


def grouping_label_lost(subject: Subject) -> Iterator[Query]:
    """A label that is shown, matched or grouped by above is missing in by()."""
    for node, _, others, put, needed in _groups(subject):
        if needed:
            yield subject.mutant(put(_with_labels(node, others)))


def grouping_label_swapped(subject: Subject) -> Iterator[Query]:
    """Such a label is another one of the same metric."""
    for node, label, others, put, needed in _groups(subject):
        listed = {one.name for one in others if isinstance(one, LabelName)} | {label.name, "le"}
        free = sorted(subject.value(node.expr).labels.known.keys() - listed)
        if needed and free:
            yield subject.mutant(put(_with_labels(node, [*others, LabelName(free[0])])))


def grouping_label_misspelt(subject: Subject) -> Iterator[Query]:
    """A label in by() is misspelt."""
    for node, label, others, put, _ in _groups(subject):
        yield subject.mutant(put(_with_labels(node, [*others, LabelName(slip(label.name))])))


def _matchers(subject: Subject) -> Iterator[tuple[Matcher, Series, Callable[[Matcher], Node]]]:
    """Yield each written matcher of a known series, and what puts another one into its place."""
    for node, put, _ in places(subject.root):
        if not isinstance(node, Selector) or (series := subject.series(node)) is None:
            continue
        for index, matcher in enumerate(node.matchers):
            if (
                isinstance(matcher, Matcher)
                and isinstance(matcher.label, str)
                and matcher.label != "__name__"
            ):
                yield matcher, series, _put_matcher(node, index, put)


def _put_matcher(node: Selector, index: int, put: Put) -> Callable[[Matcher], Node]:
    before, behind = node.matchers[:index], node.matchers[index + 1 :]
    return lambda new: put(replace(node, pattern=(*before, new, *behind)))


def matcher_label_misspelt(subject: Subject) -> Iterator[Query]:
    """The label of a matcher is misspelt; not of one that asks for the absence of a label."""
    for matcher, _, put in _matchers(subject):
        if matcher.operator != "=" or matcher.value.value:
            yield subject.mutant(put(replace(matcher, label=slip(str(matcher.label)))))


def value_misspelt(subject: Subject) -> Iterator[Query]:
    """A value of a closed label is misspelt; of an open one nobody can know."""
    for matcher, series, put in _matchers(subject):
        domain = series.labels.get(str(matcher.label))
        if domain is None or domain.values is None or matcher.value.variables:
            continue
        regex = matcher.operator in ("=~", "!~")
        listed = alternatives(matcher.value.value) if regex else frozenset({matcher.value.value})
        for value in sorted(listed or ()):
            if value in domain.values and slip(value) not in domain.values:
                text = matcher.value.value.replace(value, slip(value)) if regex else slip(value)
                yield subject.mutant(put(replace(matcher, value=String(text))))


def alternatives_as_text(subject: Subject) -> Iterator[Query]:
    """Alternatives, or a variable of several values, are compared with = instead of =~."""
    for matcher, series, put in _matchers(subject):
        if matcher.operator not in ("=~", "!~"):
            continue
        variables = matcher.value.variables
        if variables:
            declared = subject.query.variables.get(variables[0].name)
            wrong = declared is not None and declared.multi and variables[0].text == matcher.value.value
        else:
            domain = series.labels.get(str(matcher.label))
            wrong = (
                domain is not None
                and domain.values is not None
                and len(alternatives(matcher.value.value) or ()) > 1
            )
        if wrong:
            yield subject.mutant(put(replace(matcher, operator="=" if matcher.operator == "=~" else "!=")))


def matcher_negated(subject: Subject) -> Iterator[Query]:
    """The one value that a label has is excluded; of several values either half may have been meant."""
    for matcher, series, put in _matchers(subject):
        domain = series.labels.get(str(matcher.label))
        if (
            matcher.operator == "="
            and domain is not None
            and domain.values == frozenset({matcher.value.value})
        ):
            yield subject.mutant(put(replace(matcher, operator="!=")))


def complement_divided(subject: Subject) -> Iterator[Query]:
    """In a share, the part is what the whole leaves out: = of the part is !=."""
    for node, put, _ in places(subject.root):
        if not isinstance(node, Binary) or node.operator != "/":
            continue
        whole = [one for one, _, _ in places(node.right) if isinstance(one, Selector)]
        for one, put_left, _ in places(node.left):
            if not isinstance(one, Selector) or len(whole) != 1 or one.name != whole[0].name:
                continue
            for index, matcher in enumerate(one.matchers):
                if not isinstance(matcher, Matcher) or matcher.operator != "=" or matcher.value.variables:
                    continue
                restricted = any(
                    isinstance(m, Matcher) and m.label == matcher.label for m in whole[0].matchers
                )
                series = subject.series(one)
                domain = None if series is None else series.labels.get(str(matcher.label))
                if matcher in whole[0].matchers or domain is None or domain.values is None or not restricted:
                    continue
                flipped = (*one.matchers[:index], replace(matcher, operator="!="), *one.matchers[index + 1 :])
                yield subject.mutant(put(replace(node, left=put_left(replace(one, pattern=flipped)))))


def on_lost(subject: Subject) -> Iterator[Query]:
    """on() and what follows it are missing; not where both sides have no other labels than those anyway."""
    for node, put, _ in places(subject.root):
        if isinstance(node, Binary) and node.matching is not None and node.matching.on:
            listed = {one.name for one in node.matching.labels if isinstance(one, LabelName)}
            sides = [subject.value(one).labels for one in (node.left, node.right)]
            if any(side.open or side.known.keys() != listed for side in sides):
                yield subject.mutant(put(replace(node, matching=None)))


def group_lost(subject: Subject) -> Iterator[Query]:
    """group_left or group_right is missing where the many side has a label that is not compared."""
    for node, put, _ in places(subject.root):
        matching = node.matching if isinstance(node, Binary) else None
        if not isinstance(node, Binary) or matching is None or not matching.group:
            continue
        many = subject.value(node.left if matching.group == "left" else node.right).labels
        listed = {one.name for one in matching.labels if isinstance(one, LabelName)}
        compared = listed if matching.on else many.known.keys() - listed
        if many.known.keys() - compared - subject.exposition.target_labels:
            plain = Matching(matching.on, matching.labels, explicit=True)
            yield subject.mutant(put(replace(node, matching=plain)))


def included_label_misspelt(subject: Subject) -> Iterator[Query]:
    """A label that group_left is to copy is misspelt."""
    for node, put, _ in places(subject.root):
        matching = node.matching if isinstance(node, Binary) else None
        if not isinstance(node, Binary) or matching is None:
            continue
        for index, label in enumerate(matching.include):
            if isinstance(label, LabelName):
                wrong = LabelName(slip(label.name))
                listed = (*matching.include[:index], wrong, *matching.include[index + 1 :])
                yield subject.mutant(put(replace(node, matching=replace(matching, including=listed))))


def metric_misspelt(subject: Subject) -> Iterator[Query]:
    """The name of a metric is misspelt."""
    for node, put, _ in places(subject.root):
        if isinstance(node, Selector) and node.name in subject.exposition.series:
            yield subject.mutant(put(replace(node, name=slip(node.name))))


def total_forgotten(subject: Subject) -> Iterator[Query]:
    """A counter without its _total."""
    for node, put, _ in places(subject.root):
        if isinstance(node, Selector) and node.name.endswith("_total"):
            series = subject.series(node)
            if series is not None and series.role is Role.COUNTER:
                yield subject.mutant(put(replace(node, name=node.name.removesuffix("_total"))))
