"""What the rules about vector matching ask: which labels keep the two sides of an operation apart, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from signalproof.infer import labelsets
from signalproof.infer.matching import Keys, keys_of
from signalproof.infer.value import Labels, Shape, Value
from signalproof.lint.rule import Context
from signalproof.promql.ast import Binary, LabelName, Span

_MISSING = frozenset({""})


@dataclass(frozen=True, slots=True)
class Clash:
    """A label that no series of the one side can share with a series of the other.

    Attributes:
        label: Its name.
        left: What it can be on the left; None where that is not known, the empty text where it is missing.
        right: What it can be on the right.
    """

    label: str
    left: frozenset[str] | None
    right: frozenset[str] | None

    @property
    def lacking(self) -> str:
        """The side that cannot have the label; empty when both can."""
        return "left" if self.left == _MISSING else "right" if self.right == _MISSING else ""


def sides(binary: Binary, context: Context) -> tuple[Value, Value] | None:
    """Return what is known of both sides when they are vectors that have to find each other; else None."""
    right = context.value(binary.right)
    if right.shape is not Shape.INSTANT or binary.operator == "or":
        return None
    left, matching = context.value(binary.left), binary.matching
    if left.shape is not Shape.INSTANT:
        return None
    if matching is not None and (matching.fill_left is not None or matching.fill_right is not None):
        return None
    return left, right


def may_clash(binary: Binary, context: Context) -> bool:
    """Whether a label may keep the two sides apart: the result is void then, save that of ``unless``, which keeps all."""
    return bool(context.value(binary).void) or binary.operator == "unless"


def clashes(left: Labels, right: Labels, keys: Keys) -> Iterator[Clash]:
    """Yield every label that keeps the two sides apart whatever the data are."""
    if keys.unknown:
        return
    for name in sorted(keys.names) if keys.on else sorted({**left.known, **right.known}):
        if not keys.compares(name):
            continue
        a, b = labelsets.values_at(left, name), labelsets.values_at(right, name)
        apart = a is not None and b is not None and not a & b
        if apart or (a == _MISSING and _certain(right, name)) or (b == _MISSING and _certain(left, name)):
            yield Clash(name, a, b)


def _certain(labels: Labels, name: str) -> bool:
    domain = labels.known.get(name)
    return domain is not None and not domain.optional


def keys(binary: Binary) -> Keys:
    """Return the labels that must be equal."""
    return keys_of(binary.matching)


def place_of(binary: Binary, label: str) -> Span:
    """Return where *label* stands in the matching clause; that of the operator when it is not written there."""
    if binary.matching is not None:
        for one in (*binary.matching.labels, *binary.matching.include):
            if isinstance(one, LabelName) and one.name == label:
                return one.span
    return binary.operator_span
