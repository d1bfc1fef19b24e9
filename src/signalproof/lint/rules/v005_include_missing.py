"""V005: a label to be copied that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.labels import named, possible, was_there
from signalproof.lint.rule import Context, Joined, Rule, words
from signalproof.promql.ast import Binary


class IncludeMissing(Rule[Binary]):
    """``group_left`` is to copy a label that the other side does not have.

    The result then lacks the label even where the many side had it: an empty label is copied over it.
    """

    code = "V005"
    slug = "include-missing"
    severity = "error"
    visits = (Joined,)
    bad = (
        ("workers * on (instance) group_left (region) build_info", "region"),
        ("sum by (instance) (build_info) * on (instance) group_right (version) workers", "version"),
    )
    good = ("workers * on (instance) group_left (version) build_info",)

    def check(self, seen: Binary, context: Context) -> Iterator[Problem]:
        """Yield every label to copy that the single side cannot have and the other side can or once could."""
        if seen.matching is None or not seen.matching.group:
            return
        many, one = (seen.left, seen.right) if seen.matching.group == "left" else (seen.right, seen.left)
        labels, others = context.value(one).labels, context.value(many).labels
        if not labels.lack(seen.matching.included):
            return
        for label in named(seen.matching.include):
            gone = was_there(label.name, one, context) or was_there(label.name, many, context)
            if not labels.can_have(label.name) and (gone or others.can_have(label.name)):
                side = "right" if seen.matching.group == "left" else "left"
                yield Problem(
                    f"the {side} side has no label {label.name!r} to copy",
                    f"it has {words(possible(one, context))}",
                    label.span,
                )
