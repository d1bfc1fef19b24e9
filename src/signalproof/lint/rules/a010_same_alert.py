"""A010: two alerts that fire as one."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Everything, Rule
from signalproof.lint.samples import COMPARISONS
from signalproof.lint.shown import alert, later
from signalproof.promql.ast import Binary, Node, Number, Span
from signalproof.promql.query import Use
from signalproof.promql.tree import unwrap

_UP = frozenset({">", ">="})
_DOWN = frozenset({"<", "<="})


class SameAlert(Rule[Everything]):
    """Two alerts that are loaded together have one name and the same labels, and fire for the same series.

    What tells alerts apart are their labels, the name among them: Alertmanager takes two alerts with equal labels for one.
    The annotations of the one replace those of the other, and when either is over, both are. Prometheus itself
    writes both into one series of ``ALERTS``.

    Found are two alerts with equal expressions, however they are spelled, and two that compare the same with
    different bounds: severity tiers that lack the label ``severity``. One name for alerts that differ in a label
    is usual, and so is one for alerts about different series. Loaded together is what stands in one file, and the files that a
    ``prometheus.yml`` among those that are linted loads.
    """

    code = "A010"
    slug = "same-alert"
    severity = "warning"
    visits = (Everything,)
    bad = later(
        lambda: (
            ((alert("queue_length > 10", "Long"), alert("(queue_length) > 10.0", "Long")), "Long"),
            (
                (
                    alert("queue_length > 10", "Long", labels={"team": "jobs"}),
                    alert("queue_length > 50", "Long", labels={"team": "jobs"}),
                ),
                "Long",
            ),
        )
    )
    good = later(
        lambda: (
            (
                alert("queue_length > 10", "Long", labels={"severity": "warning"}),
                alert("queue_length > 50", "Long", labels={"severity": "critical"}),
            ),
            (alert("queue_length > 10", "Long"), alert("queue_length > 10", "Longer")),
            (alert("queue_length > 10", "Unusual"), alert("queue_length < 1", "Unusual")),
            (alert("queue_length > 10", "Unusual"), alert('workers{region="eu"} < 1', "Unusual")),
            (alert('queue_length{queue="a"} > 10', "Long"), alert('queue_length{queue="b"} > 20', "Long")),
        )
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield every alert that an earlier one of its file, with its name and labels, fires together with."""
        known: dict[tuple[str, str, frozenset[tuple[str, str]]], list[Context]] = {}
        loaders = seen.setup.scrapings
        for one in seen.contexts:
            query = one.query
            if query.use is not Use.ALERT:
                continue
            file = query.where.file
            together = next((loader.file for loader in loaders if loader.loads(file)), file)
            before = known.setdefault((together, query.panel, frozenset(query.labels.items())), [])
            for other in before:
                if said := _fire_together(other.root, one.root, one):
                    first = other.query.where
                    where = f"line {first.line}" if first.file == file else str(first)
                    yield Problem(
                        f"{query.panel} stands in {where} with the same labels, and {said}",
                        "leave one of them out, or tell them apart by a label: severity",
                        Span(0, len(query.panel)),
                        text=query.panel,
                        part="alert",
                        query=query,
                    )
                    break
            before.append(one)


def _fire_together(first: Node, second: Node, context: Context) -> str:
    """Return why two conditions hold for the same series; empty where they need not."""
    if first == second:
        return "the same expression"
    one, other = unwrap(first), unwrap(second)
    if (
        not (isinstance(one, Binary) and isinstance(other, Binary))
        or one.bool_modifier
        or other.bool_modifier
    ):
        return ""
    if one.left != other.left or not {one.operator, other.operator} <= COMPARISONS:
        return ""
    if not any({one.operator, other.operator} <= way for way in (_UP, _DOWN)):
        return ""
    limits = isinstance(unwrap(one.right), Number) and context.value(other.right).constant is not None
    return "compares the same with another bound: beyond both, both fire" if limits else ""
