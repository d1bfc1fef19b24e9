"""G006: a panel that does not follow a variable of its dashboard."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.choices import chosen, has, mentions
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Everything, Rule
from signalproof.lint.shown import panel
from signalproof.promql.query import Use

_ENOUGH = 3
"""So many panels have to follow a variable for each one that does not, before that is taken for a slip."""

_FOLLOWING = tuple(
    panel(f'{function}(workers{{region=~"$region"}})', function) for function in ("sum", "max", "min")
)


class ForgottenChoice(Rule[Everything]):
    """Nearly all panels of a dashboard filter a label by a variable, and this one, whose series have the label, does not.

    The reader chooses a region and reads numbers of all regions in one panel, without a hint. Panels that show the
    label in their result are left alone: an overview beside the details is meant.
    """

    code = "G006"
    slug = "forgotten-choice"
    severity = "warning"
    visits = (Everything,)
    bad = (((*_FOLLOWING, panel("avg(workers)", "avg")), "avg(workers)"),)
    good = (
        (*_FOLLOWING, panel('avg(workers{region=~"$region"})', "avg")),
        (*_FOLLOWING, panel("avg by (region) (workers)", "avg", legend="{{region}}")),
        (*_FOLLOWING, panel("sum(queue_length)", "queues")),
        (*_FOLLOWING[1:], panel("avg(workers)", "avg")),
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield the expression that the choice does not reach."""
        boards: dict[tuple[str, str], list[Context]] = {}
        for one in seen.contexts:
            if one.query.use is Use.PANEL:
                boards.setdefault((one.query.where.file, one.query.dashboard), []).append(one)
        for board in boards.values():
            yield from _forgotten(board)


def _forgotten(board: list[Context]) -> Iterator[Problem]:
    following: dict[tuple[str, str], int] = {}
    for one in board:
        for choice in chosen(one.root).items() if "$" in one.query.text else ():
            following[choice] = following.get(choice, 0) + 1
    for (label, variable), count in following.items():
        if count < _ENOUGH:
            continue
        without = [one for one in board if _ignores(one, label)]
        if len(without) * _ENOUGH > count:
            continue
        for one in without:
            yield Problem(
                f"${variable} filters {label!r} in {count} other panels, and not here",
                f'add {label}=~"${variable}"',
                one.root.span,
                query=one.query,
            )


def _ignores(one: Context, label: str) -> bool:
    """Whether a query adds up all values of *label* although each of its series has one."""
    return (
        not mentions(one.root, label)
        and has(one.root, label, one)
        and not one.inference.root.labels.can_have(label)
    )
