"""Labels: a class per label, whose instances are its values.

A query then cannot name a label or a value that its metric does not have without the type checker noticing:
``rate(CALLS, where=Status.SUCCESS, by=Strategy)`` checks against ``CALLS: Counter[Status | Strategy]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final, Generic, TypeVar, overload

from signalproof.errors import SignalproofError, caller, did_you_mean
from signalproof.text import storable

L = TypeVar("L", bound="Label")
A = TypeVar("A", bound="Label")
B = TypeVar("B", bound="Label")
C = TypeVar("C", bound="Label")
D = TypeVar("D", bound="Label")
E = TypeVar("E", bound="Label")
F = TypeVar("F", bound="Label")

OTHER: Final = "other"
"""The value of a label that stands for every value that was not declared, or not said."""

_RESERVED = frozenset({"le", "quantile", "job", "instance", "__name__"})


class Label:
    """A label; its subclasses are the labels of a catalogue and their instances are the values.

    The Prometheus name is the class name in snake_case (``ErrorType`` → ``error_type``) or ``name=…`` in the class
    statement.
    """

    label_name: ClassVar[str]

    def __init_subclass__(cls, *, name: str = "", **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.label_name = name or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__.lstrip("_")).lower()
        # a metric that is declared here has its labels in snake_case (`naming`); one that exists may have any
        if not re.fullmatch(r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*", cls.label_name):
            raise SignalproofError(
                f"label name {cls.label_name!r} is not snake_case",
                "write lower-case letters, digits and underscores, a letter first",
                where=caller(),
            )

    @classmethod
    def domain(cls) -> LabelDomain:
        """Return the values this label may take."""
        raise TypeError(f"{cls.__name__} is neither closed, bounded, open nor a target label")


class ClosedLabel(Label, StrEnum):
    """A label whose values are all known: an enum.

    Example::

        class Status(ClosedLabel):
            SUCCESS = "success"
            FAILURE = "failure"
    """

    @classmethod
    def domain(cls) -> LabelDomain:  # noqa: D102  # said at Label.domain
        return LabelDomain(cls.label_name, frozenset(value.value for value in cls), len(cls))


class BoundedLabel(Label, str):
    """A label whose values are known only at run time, but never more than ``at_most`` of them, and ``other``.

    Example: ``class Model(BoundedLabel, at_most=8): ...`` and ``Model("claude-sonnet-5-5")``.
    """

    at_most: ClassVar[int]

    def __init_subclass__(cls, *, at_most: int, **options: Any) -> None:
        super().__init_subclass__(**options)
        if at_most < 1:
            raise SignalproofError(
                f"a label of at most {at_most} values has none", "give at_most=1 or more", where=caller()
            )
        cls.at_most = at_most

    @classmethod
    def domain(cls) -> LabelDomain:  # noqa: D102  # said at Label.domain
        # whatever comes after the last value that was promised is counted as "other"
        return LabelDomain(cls.label_name, None, cls.at_most + 1)


class OpenLabel(Label, str):
    """A label whose values nothing bounds; it costs series, so prefer a closed or bounded one."""

    @classmethod
    def domain(cls) -> LabelDomain:  # noqa: D102  # said at Label.domain
        return LabelDomain(cls.label_name, None, None)


class NoLabel(Label):
    """The label of a metric without labels, for the type checker alone: it has no values."""


class TargetLabel(Label, str):
    """A label that Prometheus adds to every series when it scrapes: usable in every query, declared on no metric."""

    @classmethod
    def domain(cls) -> LabelDomain:  # noqa: D102  # said at Label.domain
        return LabelDomain(cls.label_name, None, None)


class Job(TargetLabel):
    """The ``job`` of the scrape configuration: one per application."""


class Instance(TargetLabel):
    """The ``host:port`` that was scraped: one per process."""


@dataclass(frozen=True, slots=True)
class LabelDomain:
    """What is known of the values of one label on one metric.

    Attributes:
        name: Label name.
        values: Every possible value, or None where the values are not known.
        at_most: Upper bound on how many values there are, or None where nothing bounds them.
        optional: Whether some series lack the label, or have it empty, which is the same.
        assumed: Whether nobody said that the label exists: scrapes often add such a label, and this one may.
    """

    name: str
    values: frozenset[str] | None = None
    at_most: int | None = None
    optional: bool = False
    assumed: bool = False

    def help_for(self, value: str) -> str:
        """Return what to write instead of the impossible *value*."""
        known = sorted(self.values or ())
        return did_you_mean(value, known, f"declared values: {', '.join(known)}")


@dataclass(frozen=True)
class LabelSet(Generic[L]):
    """The labels of one metric, in the order of declaration; made by `labels`.

    Attributes:
        domains: Label name → the values it may take on this metric.
        fixed: Label name → the one value it always has on this metric.
        classes: Label name → the class that declares it.
    """

    domains: Mapping[str, LabelDomain]
    fixed: Mapping[str, str]
    classes: Mapping[str, type[Label]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.domains)

    def with_label(self, label: type[A]) -> LabelSet[L | A]:
        """Return this set and one label more, last."""
        return _label_set((*self._spec(), label))

    def _spec(self) -> tuple[type[Label] | Label, ...]:
        return tuple(
            cls(self.fixed[name]) if name in self.fixed else cls  # type: ignore[call-arg]  # every value class is built from its text
            for name, cls in self.classes.items()
        )


@overload
def labels() -> LabelSet[NoLabel]: ...
@overload
def labels(a: type[A] | A, /) -> LabelSet[A]: ...
@overload
def labels(a: type[A] | A, b: type[B] | B, /) -> LabelSet[A | B]: ...
@overload
def labels(a: type[A] | A, b: type[B] | B, c: type[C] | C, /) -> LabelSet[A | B | C]: ...
@overload
def labels(a: type[A] | A, b: type[B] | B, c: type[C] | C, d: type[D] | D, /) -> LabelSet[A | B | C | D]: ...
@overload
def labels(
    a: type[A] | A, b: type[B] | B, c: type[C] | C, d: type[D] | D, e: type[E] | E, /
) -> LabelSet[A | B | C | D | E]: ...
@overload
def labels(
    a: type[A] | A, b: type[B] | B, c: type[C] | C, d: type[D] | D, e: type[E] | E, f: type[F] | F, /
) -> LabelSet[A | B | C | D | E | F]: ...
def labels(*spec: Any) -> LabelSet[Any]:
    """Return the label set of a metric: a class is a label that varies, a value is one that is fixed.

    ``labels(Component.DEPLOYER, Strategy)`` has ``component`` (always ``deployer``) and ``strategy``.

    Raises:
        SignalproofError: A label is given twice, is reserved by Prometheus, or is added by the scrape.
    """
    return _label_set(spec)


def _label_set(spec: tuple[type[Label] | Label, ...]) -> LabelSet[Any]:
    domains: dict[str, LabelDomain] = {}
    fixed: dict[str, str] = {}
    classes: dict[str, type[Label]] = {}
    for item in spec:
        cls = item if isinstance(item, type) else type(item)
        if not issubclass(cls, Label):
            raise SignalproofError(
                f"{item!r} is no label",
                "declare it: class Strategy(ClosedLabel): SSH = 'ssh'",
                where=caller(),
            )
        name = cls.label_name
        if name in domains:
            raise SignalproofError(f"label {name!r} is given twice", "give each label once", where=caller())
        if name in _RESERVED or issubclass(cls, TargetLabel):
            raise SignalproofError(
                f"label {name!r} belongs to Prometheus",
                "it is added by the scrape or by the histogram; choose another name",
                where=caller(),
            )
        classes[name] = cls
        domains[name] = cls.domain()
        if not isinstance(item, type):
            fixed[name] = str(item)
            domains[name] = LabelDomain(name, frozenset({str(item)}), 1)
        _check_storable(name, domains[name])
    return LabelSet(domains, fixed, classes)


def _check_storable(name: str, domain: LabelDomain) -> None:
    for value in sorted(domain.values or ()):
        if not storable(value):
            raise SignalproofError(
                f"label {name!r} has the value {value!r}, which no page can carry: half a character is no text, and NUL none",
                "write whole characters",
                where=caller(),
            )
