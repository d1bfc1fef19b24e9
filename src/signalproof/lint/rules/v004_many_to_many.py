"""V004: several series on both sides of a pair."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.labels import Instance
from signalproof.infer.matching import Keys
from signalproof.infer.selectors import matchers_of
from signalproof.infer.value import NAME, Value
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.matching import keys, sides
from signalproof.lint.rule import Context, Joined, Rule
from signalproof.lint.samples import SETS
from signalproof.promql.ast import Binary, Matcher, Node, Selector
from signalproof.promql.tree import unwrap

_INSTANCE = Instance.label_name


class ManyToMany(Rule[Binary]):
    """A side has several series for one match, where only one is allowed.

    Prometheus refuses such a query when it meets the second series: "multiple matches", or "many-to-many matching not
    allowed". It is an error where the catalogue promises that all values of a label are there from the start, and a
    warning where they come with the first event each, as those of a counter do. Of a gauge nothing is said: a label such
    as the kind of workload has one value for each pod, and joins are right.

    A pair that compares neither ``instance`` nor any label of the metrics themselves works as long as there is one target, and
    is refused with the second: that is a warning.
    """

    code = "V004"
    slug = "many-to-many"
    severity = "error"
    visits = (Joined,)
    bad = (
        ("workers / on (job, instance) memory_used_bytes", "/"),
        ("queue_length * ignoring (queue, region) group_left workers", "*"),
        ("workers * on (job) group_left workers", "*"),
        ("workers * on (job, instance) group_left rate(http_requests_total[5m])", "*"),
        ("memory_used_bytes / on (job) memory_limit_bytes", "/"),
    )
    good = (
        "workers / on (job, instance) group_left memory_used_bytes",
        "sum by (job, instance) (workers) / on (job, instance) memory_used_bytes",
        "workers and on (job) workers",
        "memory_used_bytes / on (job, instance) memory_limit_bytes",
        "sum by (job) (memory_used_bytes) / on (job) sum by (job) (memory_limit_bytes)",
        "max without (instance) (memory_used_bytes) / on (job) max without (instance) (memory_limit_bytes)",
    )

    def check(self, seen: Binary, context: Context) -> Iterator[Problem]:
        """Yield the operator when a side that must be single has a label with several values left to differ in."""
        both = None if seen.operator in SETS else sides(seen, context)
        if both is None or (compared := keys(seen)).unknown:
            return
        group = "" if seen.matching is None else seen.matching.group
        for value, name in zip(both, ("left", "right"), strict=True):
            counted = bool(value.sources) and all(one.monotonic for one in value.sources)
            if name == group or not (value.full or counted):
                continue
            for label, domain in sorted(value.labels.known.items()):
                several = domain.values is not None and len(domain.values) > 1
                if several and not compared.compares(label):
                    yield _problem(seen, label, name, group, None if value.full else Severity.WARNING)
                    return
        if not group and compared.on and _is_of_one_target(seen, compared, both, context):
            yield Problem(
                "with a second target both sides have several series for each match: instance is not compared",
                "compare it, too: on (…, instance), or aggregate both sides",
                seen.operator_span,
                Severity.WARNING,
            )


def _is_of_one_target(seen: Binary, compared: Keys, both: tuple[Value, Value], context: Context) -> bool:
    """Whether both sides have a series for each target, and nothing that is compared tells two targets apart."""
    own = {name for one in both for each in one.sources for name in each.labels}
    fleet = (context.world.exposition.target_labels | {NAME}) - {_INSTANCE} - own
    return compared.names <= fleet and all(
        ((domain := one.labels.known.get(_INSTANCE)) is not None and not domain.optional) or _is_scraped(node)
        for one, node in zip(both, (seen.left, seen.right), strict=True)
    )


def _is_scraped(node: Node) -> bool:
    """Whether *node* selects metrics by a pattern of their names that means none of the names of recording rules."""
    node = unwrap(node)
    patterns = (
        [one.value.value for one in matchers_of(node) if isinstance(one, Matcher) and one.label == NAME]
        if isinstance(node, Selector) and not node.name
        else []
    )
    return any(patterns) and not any(":" in one for one in patterns)


def _problem(binary: Binary, label: str, side: str, group: str, severity: Severity | None) -> Problem:
    if group:
        message = f"the {side} side is to be the single one and has several {label!r} for each match"
        remedy = f"aggregate it: max without ({label}) (…), or compare {label!r}, too"
    else:
        message = f"the {side} side has several series for each match: they differ in {label!r}"
        remedy = f"write group_{side}, or aggregate that side"
    return Problem(message, remedy, binary.operator_span, severity)
