"""Which Prometheus understands an expression: the first version, and the feature flag it needs.

The versions are those of Prometheus' changelog. What is as old as the language in use today is not listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from signalproof.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Duration,
    DurationOperation,
    LabelName,
    Matcher,
    Matching,
    Node,
    Number,
    Selector,
    Span,
    Subquery,
)
from signalproof.promql.functions import AGGREGATIONS, DURATIONS, EXTENDED, FILL, FIRST, FUNCTIONS
from signalproof.promql.spelling import label_text
from signalproof.promql.tree import parts


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a part of an expression needs.

    Attributes:
        what: The part, for a person.
        since: First Prometheus version that reads it.
        until: First version that no longer does, or empty.
        flag: ``--enable-feature`` it needs, or empty.
        stable: First version in which it needs no flag, or empty while it needs one.
    """

    what: str
    since: str
    until: str = ""
    flag: str = ""
    stable: str = ""


FIXED_TIME: Final = Requirement("@", "2.33")
NEGATIVE_OFFSET: Final = Requirement("a negative offset", "2.33")
UNDERSCORES: Final = Requirement("an underscore in a number", "2.54")
SECONDS_AND_DURATIONS: Final = Requirement("a number for a duration, or the reverse", "2.54")
QUOTED_NAME: Final = Requirement("a name in quotes", "3.0")
COMPUTED_DURATION: Final = Requirement("a computed duration", "3.4", "", DURATIONS, "3.14")
STEP: Final = Requirement("step() in a duration", "3.6", "", DURATIONS, "3.14")
SHORTEST: Final = Requirement("min() and max() of durations", "3.6", "3.13", DURATIONS)
RANGE: Final = Requirement("range() in a duration", "3.10", "", DURATIONS, "3.14")
SHORTER: Final = Requirement("min_of() and max_of() of durations", "3.13", "", DURATIONS, "3.14")
EXTENDED_RANGE: Final = Requirement("anchored and smoothed", "3.7", "", EXTENDED)
FILLED: Final = Requirement("fill", "3.10", "", FILL)
TRIMMED: Final = Requirement("</ and >/", "3.11")

_DURATION_FUNCTIONS: Final = {
    "step": STEP, "range": RANGE, "min": SHORTEST, "max": SHORTEST, "min_of": SHORTER, "max_of": SHORTER,
}  # fmt: skip
_UNIT: Final = re.compile(r"[smhdwy]")


def requirements(tree: Node) -> Iterator[tuple[Requirement, Span]]:
    """Yield what *tree* needs that not every Prometheus has, and where it stands."""
    for part in parts(tree):
        yield from required_by(part)


def required_by(part: object) -> Iterator[tuple[Requirement, Span]]:
    """Yield what *part* of a tree needs by itself, whatever it consists of."""
    match part:
        case Call():
            function = FUNCTIONS.get(part.function)
            if function is not None and (function.since != FIRST or function.until):
                needed = Requirement(
                    f"{function.name}()", function.since, function.until, function.flag, function.stable
                )
                yield needed, part.name_span
        case Aggregation():
            operator = AGGREGATIONS.get(part.operator)
            if operator is not None and operator.since != FIRST:
                yield Requirement(operator.name, operator.since, "", operator.flag), part.operator_span
        case Binary(operator="</" | ">/"):
            yield TRIMMED, part.operator_span
        case Matching() if part.fill_left is not None or part.fill_right is not None:
            yield FILLED, part.span
        case DurationOperation():
            yield _DURATION_FUNCTIONS.get(part.operator, COMPUTED_DURATION), part.span
        case Number() | Duration():
            yield from _spelled(part)
        case LabelName() if label_text(part.name) != part.name:
            yield QUOTED_NAME, part.span
        case Matcher(label=str(label)) if label_text(label) != label:
            yield QUOTED_NAME, part.label_span
        case Selector() | Subquery():
            yield from _modified(part)
        case _:
            pass


def _spelled(literal: Number | Duration) -> Iterator[tuple[Requirement, Span]]:
    text = literal.text
    if "_" in text:
        yield UNDERSCORES, literal.span
    hexadecimal = text[:2].lower() == "0x"
    if text and not hexadecimal and (_UNIT.search(text) is None) == isinstance(literal, Duration):
        yield SECONDS_AND_DURATIONS, literal.span


def _modified(node: Selector | Subquery) -> Iterator[tuple[Requirement, Span]]:
    if node.at is not None:
        yield FIXED_TIME, node.at.span
    if isinstance(node.offset, Duration) and node.offset.seconds < 0:
        yield NEGATIVE_OFFSET, node.offset.span
    if isinstance(node, Selector):
        if node.mode:
            yield EXTENDED_RANGE, node.span
        if (
            node.name
            and not node.name_variables
            and label_text(node.name.replace(":", "_")) != node.name.replace(":", "_")
        ):
            yield QUOTED_NAME, node.name_span
