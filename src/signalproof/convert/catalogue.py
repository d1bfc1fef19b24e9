"""Found metrics → a catalogue module in Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from signalproof.catalogue.family import Family, Type
from signalproof.catalogue.units import unit_in
from signalproof.convert.buckets import BucketsOf
from signalproof.convert.found import Check, Converted, Found
from signalproof.convert.labels import LabelClass, label_classes
from signalproof.convert.source import Names, call, constant, docstring, literal, number
from signalproof.convert.units import NAMES, unit_of
from signalproof.errors import Location, SignalproofError
from signalproof.text import shown

CLASSES: Final[Mapping[Type, str]] = {
    Type.COUNTER: "Counter",
    Type.GAUGE: "Gauge",
    Type.STATESET: "Gauge",
    Type.HISTOGRAM: "Histogram",
    Type.SUMMARY: "Summary",
    Type.INFO: "Info",
    Type.UNKNOWN: "Untyped",
}
"""Type of a family → the class of `signalproof.catalogue.existing` that declares it."""

_LIBRARY: Final = frozenset(
    {
        "Buckets", "BoundedLabel", "CLIENT", "Catalogue", "CATALOGUE", "ClosedLabel", "Dimension", "NOT_KNOWN", "NO_BOUNDS",
        "OpenLabel", "Unit", "annotations", "labels", *CLASSES.values(),
    }
)  # fmt: skip
_MARKED: Final = (
    "Written by `signalproof convert metrics`; what its source does not say for certain is marked `check:`."
)
_PARTS: Final = {"open": "labels"}
_WIDTH: Final = 80
"""Characters of one argument, beyond which it is written over several lines."""
_SEVERAL: Final = 6
"""Most labels that `labels` takes at once."""


def catalogue_module(found: Iterable[Found], title: str, unread: Sequence[Check] = ()) -> Converted:
    """Return a module that declares *found*.

    Args:
        found: In the order in which they are to stand.
        title: First sentence of the module, without a full stop.
        unread: What declares metrics that could not be read.

    Raises:
        SignalproofError: There is nothing to declare.
    """
    left_out: dict[str, list[str]] = {}
    kept = []
    for one in map(_as_declared, found):
        if reason := _refused(one.family):
            left_out.setdefault(reason, []).append(one.family.name)
        else:
            kept.append(one)
    if not kept:
        raise SignalproofError(
            "no metric is left to declare", "give a page with metrics of the program itself"
        )
    return _Module(kept, unread).converted(
        title, {reason: tuple(names) for reason, names in left_out.items()}
    )


def _as_declared(one: Found) -> Found:
    """Return *one* by the name of its main series, and an ``_info`` gauge as the info that it is."""
    family = one.family
    name, kind = family.name, family.type
    if kind is Type.COUNTER and not name.endswith("_total") and f"{name}_total" in family.names:
        name += "_total"
    if kind is Type.INFO and not name.endswith("_info"):
        name += "_info"
    if kind is Type.GAUGE and name.endswith("_info"):
        kind = Type.INFO
    if kind is Type.GAUGE and name in family.labels:  # what the text format makes of a state set
        kind = Type.STATESET
    return replace(one, family=replace(family, name=name, type=kind, endings=()))


def _refused(family: Family) -> str:
    if family.type not in CLASSES:
        return f"no class declares the type {family.type}"
    if not family.name.isascii() or not family.name.replace(":", "_").isidentifier():
        return "a name that can only be asked for in quotes"
    if any(
        not label.isascii() or not label.isidentifier() or label.startswith("__") for label in family.labels
    ):
        return "a label that can only be asked for in quotes"
    return ""


@dataclass
class _Written:
    """One declaration as source."""

    name: str
    text: str
    before: str = ""


class _Module:
    """A catalogue module while it is written."""

    def __init__(self, found: Sequence[Found], unread: Sequence[Check]) -> None:
        self.unread = unread
        self.found = [replace(one, doubts=dict(one.doubts), family=_without_targets(one)) for one in found]
        self.imports: dict[str, set[str]] = {
            "catalogue.catalogue": {"Catalogue"},
            "catalogue.labels": {"labels"},
        }
        self.names = Names(_LIBRARY | BucketsOf.CONSTANTS | NAMES)
        self.checks: list[Check] = list(unread)

    def converted(self, title: str, left_out: Mapping[str, tuple[str, ...]]) -> Converted:
        variables = self._variables()
        classes, of = label_classes(self.found, self.names)
        buckets = BucketsOf([one.family for one in self.found], self.names)
        declared = [self._metric(one, variables[one.family.name], of, buckets) for one in self.found]
        for one in classes:
            self.imports["catalogue.labels"].add(one.kind)
            if one.doubt:
                self.checks.append(Check(one.where, one.of[0], f"label {one.label!r}: {one.doubt}"))
        self.imports.setdefault("catalogue.buckets", set()).update(buckets.imports["catalogue.buckets"])
        self.imports["catalogue.existing"].update(buckets.imports["catalogue.existing"])
        listed = _listed([variables[one.family.name] for one in self.found])
        parts = [
            docstring(f"{title}.", more=_MARKED if self.checks else ""),
            "from __future__ import annotations",
            "\n".join(self._imports()),
        ]
        text = "\n\n".join(parts) + "\n\n"
        text += "".join(f"\n{one.source()}\n\n" for one in classes)
        text += "\n" if classes else ""
        by_hand = [f"# check: {shown(one)}" for one in self.unread]
        constants = [*buckets.constants, *declared, *by_hand, "", listed]
        text += "\n".join(constants) + "\n"
        return Converted(text, tuple(sorted(set(self.checks))), left_out, len(self.found))

    def _imports(self) -> Iterator[str]:
        for module in sorted(self.imports):
            if names := sorted(
                self.imports[module], key=lambda one: (not one.isupper(), not one[0].isupper(), one)
            ):
                line = f"from signalproof.{module} import {', '.join(names)}"
                yield (
                    line
                    if len(line) <= 88
                    else "\n".join(
                        [f"from signalproof.{module} import (", *(f"    {one}," for one in names), ")"]
                    )
                )

    def _variables(self) -> Mapping[str, str]:
        found = {}
        for one in self.found:
            plain = one.family.name.removesuffix("_total")
            unit = unit_in(plain)
            short = plain.removesuffix(f"_{unit.suffix}") if unit else plain
            own = [one.variable] if len(one.variable) > 1 else []
            found[one.family.name] = self.names.take(
                *own, constant(short), constant(plain), constant(one.family.name)
            )
        return found

    def _metric(
        self, one: Found, variable: str, of: Mapping[tuple[str, str], LabelClass], buckets: BucketsOf
    ) -> str:
        family, doubts = one.family, {**one.doubts}
        kind = CLASSES[family.type]
        self.imports.setdefault("catalogue.existing", set()).add(kind)
        if not family.help and family.seen:
            doubts.setdefault("help", "say in one sentence what it measures")
        some = [label for label, domain in family.labels.items() if domain.optional]
        if some:
            doubts.setdefault("labels", f"not on every series: {', '.join(some)}")
        arguments = [
            (literal(family.name), doubts.get("name", "")),
            (literal(family.help), doubts.get("help", "")),
            (_labels([of[family.name, label] for label in family.labels]), doubts.get("labels", "")),
        ]
        source, doubt, imports = unit_of(family)
        if source:
            for module, names in imports.items():
                self.imports.setdefault(module, set()).update(names)
            doubts.setdefault("unit", doubt)
            arguments.append((source, doubts["unit"]))
        if family.type is Type.HISTOGRAM and (given := buckets.of(family)):
            if family.buckets is None:
                doubts.setdefault("buckets", "the source does not say its buckets")
            arguments.append((f"buckets={given}", doubts.get("buckets", "")))
        if family.type is Type.SUMMARY and family.quantiles:
            quantiles = ", ".join(number(float(each)) for each in family.quantiles)
            arguments.append(
                (
                    f"quantiles=({quantiles},)" if len(family.quantiles) == 1 else f"quantiles=({quantiles})",
                    "",
                )
            )
        if family.open:
            doubts["open"] = doubts.pop("labels", "the source does not say which labels it has")
            arguments[2] = (arguments[2][0], "")
            arguments.append(("open=True", doubts["open"]))
        where = family.where or Location(family.source)
        shown_parts = {
            part for part in ("name", "help", "labels", "open", "unit", "buckets") if doubts.get(part)
        }
        self.checks += [
            Check(where, family.name, f"{_PARTS.get(part, part)}: {doubts[part]}")
            for part in sorted(shown_parts)
        ]
        return call(f"{variable} = {kind}", arguments)


def _listed(names: Sequence[str]) -> str:
    """Return the statement that makes the catalogue, as a formatter leaves it."""
    if len(names) == 1:
        return f"CATALOGUE = Catalogue.of_entries(({names[0]},))"
    lines = [
        "CATALOGUE = Catalogue.of_entries(",
        "    (",
        *(f"        {one}," for one in names),
        "    )",
        ")",
    ]
    return "\n".join(lines)


def _without_targets(one: Found) -> Family:
    """Return the family without ``job`` and ``instance``, which the scrape adds, and what belongs to histograms."""
    family = one.family
    if family.labels.keys().isdisjoint(_TARGETS):
        return family
    return replace(
        family, labels={name: domain for name, domain in family.labels.items() if name not in _TARGETS}
    )


_TARGETS: Final = frozenset({"job", "instance", "le", "quantile"})


def _labels(classes: Sequence[LabelClass]) -> str:
    """Return the label set as source: on one line, or one label a line."""
    names = [one.name for one in classes]
    line = f"labels({', '.join(names[:_SEVERAL])})"
    more = "".join(f".with_label({one})" for one in names[_SEVERAL:])
    if len(line) + len(more) <= _WIDTH:
        return line + more
    lines = ["labels(", *(f"        {one}," for one in names[:_SEVERAL]), "    )"]
    if len(names) == _SEVERAL + 1:
        return "\n".join(lines) + more
    return "\n".join(lines + [f"    .with_label({one})" for one in names[_SEVERAL:]])
