"""Which label classes a set of metrics needs, and whether the values that were seen are likely to be all there are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from signalproof.catalogue.family import Type
from signalproof.convert.found import Found, of_label
from signalproof.convert.source import Names, camel, checked, constant, docstring, label_name_of, literal
from signalproof.errors import Location

_MOST_CLOSED: Final = 16
"""Values beyond which nobody enumerates them."""
_ROUND: Final = (1, 2, 5, 10, 20, 50, 100, 200)
"""Bounds that a person would write."""
_CLOSED: Final = re.compile(
    r"(?:^|_)(?:method|status|code|state|mode|type|kind|level|severity|direction|outcome|result|operation|op|action|phase"
    r"|reason|category|generation|quantity|collector|success|error|family|protocol|policy|priority|tier|stage)(?:_|$)"
)
"""Labels whose values are a short list in most programs."""
_OPEN: Final = re.compile(
    r"(?:^|_)(?:path|uri|url|route|endpoint|handler|view|user|id|uuid|key|ip|addr|address|host|hostname|device|pod|node"
    r"|container|image|name|version|revision|commit|sha|tag|topic|queue|table|file|filename|mountpoint|interface|tenant"
    r"|customer|email|session|query|cpu|core|zone|region|cluster|namespace|exe|serial|model)(?:_|$)"
)
"""Labels whose values depend on where the program runs, or on who uses it."""
_SAME: Final = re.compile(r"(?:^|_)(?:method|verb|code|level|severity)(?:_|$)")
"""Labels that mean the same on every metric, whichever of the values it has shown."""
_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_. -]{0,39}")
_STATUS: Final = re.compile(r"(?:^|_)(?:status|code)(?:_|$)")
_ANSWER: Final = re.compile(r"[1-5](?:\d\d|xx|XX)")
"""What HTTP answers."""


@dataclass(frozen=True)
class LabelClass:
    """A label class that is to be written.

    Attributes:
        name: Of the class.
        label: Of the label.
        values: All of them, where it is closed.
        at_most: How many there are at most, where it is bounded; 0 for open.
        doubt: What somebody has to check.
        where: Where it was first found.
        of: The metrics that have it.
    """

    name: str
    label: str
    values: tuple[str, ...]
    at_most: int
    doubt: str
    where: Location
    of: tuple[str, ...]

    @property
    def bases(self) -> str:
        """What stands in the parentheses of the class statement."""
        base = "ClosedLabel" if self.values else "BoundedLabel" if self.at_most else "OpenLabel"
        named = "" if label_name_of(self.name) == self.label else f", name={literal(self.label)}"
        return base + named + (f", at_most={self.at_most}" if base == "BoundedLabel" else "")

    @property
    def kind(self) -> str:
        """The class that it is derived from."""
        return self.bases.partition(",")[0]

    def source(self) -> str:
        """Return the class statement."""
        lines = [
            checked(f"class {self.name}({self.bases}):", self.doubt),
            docstring(f"Label {self.label} of {_listed(self.of)}.", "    "),
        ]
        if self.values:
            members = Names(_OF_AN_ENUM)
            lines += [
                "",
                *(
                    f"    {members.take(constant(one), f'{constant(one)}_')} = {literal(one)}"
                    for one in self.values
                ),
            ]
        return "\n".join(lines)


_OF_AN_ENUM: Final = ("mro", "name", "value", "label_name", "domain")


def label_classes(
    found: Sequence[Found], names: Names
) -> tuple[list[LabelClass], Mapping[tuple[str, str], LabelClass]]:
    """Return the classes that the labels of *found* need, and which one each label of each family has.

    Metrics that share a value of a label share its class; so do those whose values nobody can list.

    Args:
        found: The metrics.
        names: The names of the module.
    """
    uses: dict[str, list[_Use]] = {}
    for one in found:
        for label, domain in one.family.labels.items():
            doubt = one.doubts.get(of_label(label), "")
            where = one.family.where or Location(one.family.source)
            values = domain.values - {""} if domain.values is not None else None
            kind = one.family.type
            use = _Use(one.family.name, kind, values, domain.at_most, one.family.seen, doubt, where)
            uses.setdefault(label, []).append(use)
    shared = _shared([one.family.name for one in found])
    classes: list[LabelClass] = []
    of: dict[tuple[str, str], LabelClass] = {}
    for label, listed in uses.items():
        for index, group in enumerate(_groups(label, listed)):
            wanted = camel(label)
            if index:
                wanted = camel("_".join([*_shared([use.family for use in group])[len(shared) :], label]))
            name = names.take(wanted, f"{wanted}Label")
            made = _class(name, label, group)
            classes.append(made)
            of.update(((use.family, label), made) for use in group)
    return classes, of


@dataclass(frozen=True)
class _Use:
    family: str
    type: Type
    values: frozenset[str] | None
    at_most: int | None
    seen: bool
    doubt: str
    where: Location


def _groups(label: str, uses: list[_Use]) -> Iterator[list[_Use]]:
    """Yield those that share a class: first those whose values cannot be listed, then the closed ones, largest first."""
    sets: list[tuple[set[str], list[_Use]]] = []
    rest: list[_Use] = []
    for use in uses:
        if not use.values:
            rest.append(use)
            continue
        values, members = set(use.values), [use]
        for other in [one for one in sets if one[0] & values]:
            values |= other[0]
            members = other[1] + members
            sets.remove(other)
        sets.append((values, members))
    closed = []
    for values, members in sets:
        if _is_closed(label, values, seen=any(one.seen for one in members)):
            closed.append(members)
        else:
            rest += members
    if rest:
        yield rest
    if closed and _SAME.search(label):
        closed = [[one for members in closed for one in members]]
    yield from sorted(closed, key=len, reverse=True)


def _is_closed(label: str, values: set[str], *, seen: bool) -> bool:
    if not seen:
        return True
    if len(values) > _MOST_CLOSED:
        return False
    if _STATUS.search(label) and all(map(_ANSWER.fullmatch, values)):
        return True
    if not all(map(_WORD.fullmatch, values)):
        return False
    return bool(_CLOSED.search(label)) or (len(values) > 1 and not _OPEN.search(label))


def _class(name: str, label: str, group: list[_Use]) -> LabelClass:
    values = frozenset[str]().union(*(one.values or () for one in group))
    seen = any(one.seen for one in group)
    first = min(group, key=lambda one: one.where)
    doubts = list(dict.fromkeys(one.doubt for one in group if one.doubt))
    of = tuple(dict.fromkeys(one.family for one in group))
    if values and all(one.values for one in group) and _is_closed(label, set(values), seen=seen):
        if seen and not doubts and any(one.type is not Type.STATESET or one.family != label for one in group):
            doubts = ["the values seen; are there others?"]
        return LabelClass(name, label, tuple(sorted(values)), 0, "; ".join(doubts), first.where, of)
    bounds = [one.at_most for one in group]
    if not seen:  # of a bounded label a catalogue says one more: what comes after the last is "other"
        most = 0 if None in bounds else max(*(one or 0 for one in bounds), 2) - 1
        return LabelClass(name, label, (), most, "; ".join(doubts), first.where, of)
    if not doubts and all(one.type is Type.INFO for one in group):
        return LabelClass(name, label, (), 0, "", first.where, of)  # what it says is for people to read
    most = next((one for one in _ROUND if one >= 2 * len(values)), 0) if values else 0
    if values and not doubts:
        counted = "one value" if len(values) == 1 else f"{len(values)} values"
        doubts = [
            f"{counted} seen; how many can there be?"
            if most
            else f"{counted} seen; does anything bound them?"
        ]
    if not values and not doubts:
        doubts = ["which values does it have, or how many at most?"]
    return LabelClass(name, label, (), most, "; ".join(doubts), first.where, of)


def _shared(names: list[str]) -> list[str]:
    """Return the words that all *names* begin with; of one name all but unit and ending."""
    rows = [name.split("_") for name in dict.fromkeys(names)]
    if len(rows) == 1:
        return [word for word in rows[0] if word not in ("total", "seconds", "bytes", "info")]
    words = []
    for column in zip(*rows, strict=False):
        if len(set(column)) > 1:
            break
        words.append(column[0])
    return words


def _listed(names: tuple[str, ...]) -> str:
    if len(names) <= 3:
        return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
    return f"{', '.join(names[:2])} and {len(names) - 2} more"
