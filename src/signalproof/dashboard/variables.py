"""Template variables: what a reader can choose at the top of a dashboard."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from signalproof.catalogue.labels import Label, TargetLabel
from signalproof.catalogue.metric import Metric
from signalproof.errors import Location, SignalproofError, caller
from signalproof.promql.expr import Expr

_DURATION = re.compile(r"\d+(ms|[smhdwy])")


@dataclass(frozen=True, eq=False)
class _Choice:
    """What all variables have besides their name: ``$name`` stands for what was chosen.

    Attributes:
        label: What stands before the choice; the name, capitalised, when empty.
        hidden: Whether only its value counts and nobody chooses.
        raw: What Grafana's JSON of it has besides; laid over what is rendered, None removes.
        where: The declaration.
    """

    kind: ClassVar[str]

    label: str = field(default="", kw_only=True)
    hidden: bool = field(default=False, kw_only=True)
    raw: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    where: Location = field(default_factory=caller, kw_only=True)

    def _complete(self, name: str) -> None:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise SignalproofError(
                f"{name!r} is no variable name",
                "write letters, digits and underscores, a letter first",
                where=self.where,
            )

    def heading(self, name: str) -> str:
        """Return what stands before the choice of the variable *name*."""
        text = name.replace("_", " ")
        return self.label or text[0].upper() + text[1:]


@dataclass(frozen=True, eq=False)
class DatasourceVariable(_Choice):
    """Which Prometheus is asked; every dashboard has one, named ``datasource``, without declaring it.

    Attributes:
        name: Without the dollar.
        matching: Regular expression that the names of the data sources must match; empty for all of them.
    """

    kind = "datasource"

    name: str = field(default="datasource", kw_only=True)
    matching: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        self._complete(self.name)


@dataclass(frozen=True, eq=False)
class TargetVariable(_Choice):
    """The values of a label that the scrape adds; the filters of a dashboard declare theirs by themselves.

    Declare one to choose which values are offered: ``TargetVariable(Job, matching="ai-.*")``.

    Attributes:
        of: The label.
        name: Without the dollar; the name of the label when empty.
        matching: Regular expression that a value must match to be offered; empty for every value.
        source: A metric that the targets expose; ``up`` when None.
        multi: Whether several values, or all, can be chosen.
    """

    kind = "query"

    of: type[TargetLabel]
    name: str = field(default="", kw_only=True)
    matching: str = field(default="", kw_only=True)
    source: Metric[Any] | None = field(default=None, kw_only=True)
    multi: bool = field(default=True, kw_only=True)

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", self.of.label_name)
        self._complete(self.name)


@dataclass(frozen=True, eq=False)
class QueryVariable(_Choice):
    """The values that a label has at the moment.

    Attributes:
        name: Without the dollar.
        source: The metric, or the expression, whose series are looked through.
        of: The label; by its name where no class declares it.
        multi: Whether several values, or all, can be chosen.
    """

    kind = "query"

    name: str
    source: Metric[Any] | Expr
    of: type[Label] | str
    multi: bool = field(default=True, kw_only=True)

    def __post_init__(self) -> None:
        self._complete(self.name)

    @property
    def label_name(self) -> str:
        """The name of the label."""
        return self.of if isinstance(self.of, str) else self.of.label_name


@dataclass(frozen=True, eq=False)
class IntervalVariable(_Choice):
    """A window to choose: ``$name`` where a duration is wanted.

    Attributes:
        name: Without the dollar.
        choices: Durations as Prometheus writes them; the first is chosen at the start.
    """

    kind = "interval"

    name: str
    choices: tuple[str, ...]

    def __post_init__(self) -> None:
        self._complete(self.name)
        _check_choices(self.name, self.choices, self.where)
        wrong = next((one for one in self.choices if not _DURATION.fullmatch(one)), None)
        if wrong is not None:
            raise SignalproofError(
                f"{wrong!r} of ${self.name} is no duration",
                'write it as Prometheus does: "5m", "1h"',
                where=self.where,
            )


@dataclass(frozen=True, eq=False)
class CustomVariable(_Choice):
    """One of a few fixed values.

    Attributes:
        name: Without the dollar.
        choices: The values; the first is chosen at the start, or all with *multi*.
        multi: Whether several values, or all, can be chosen.
    """

    kind = "custom"

    name: str
    choices: tuple[str, ...]
    multi: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        self._complete(self.name)
        _check_choices(self.name, self.choices, self.where)
        wrong = next((one for one in self.choices if not one or re.search(r"[,:\\]|^\s|\s$", one)), None)
        if wrong is not None:
            raise SignalproofError(
                f"{wrong!r} cannot be a choice of ${self.name}",
                "leave out commas, colons, backslashes and outer spaces: Grafana splits its list there",
                where=self.where,
            )


@dataclass(frozen=True, eq=False)
class TextVariable(_Choice):
    """A text to type: ``$name`` in texts, titles and addresses. A query that it stands in asks for whatever was typed.

    Attributes:
        name: Without the dollar.
        default: What stands there until somebody types.
    """

    kind = "textbox"

    name: str
    default: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        self._complete(self.name)


@dataclass(frozen=True, eq=False)
class RawVariable(_Choice):
    """A variable as Grafana has it: ad-hoc filters, constants, and whatever else is not here; it is not checked.

    Attributes:
        name: Without the dollar.
        json: The variable: ``{"type": "constant", "query": "7"}``.
    """

    kind = "raw"

    name: str
    json: Mapping[str, Any]

    def __post_init__(self) -> None:
        self._complete(self.name)


def _check_choices(name: str, choices: tuple[str, ...], where: Location) -> None:
    if not choices or len(set(choices)) != len(choices):
        raise SignalproofError(
            f"the choices of ${name} are {'repeated' if choices else 'missing'}",
            "give each choice once",
            where=where,
        )


Variable: TypeAlias = (
    DatasourceVariable
    | TargetVariable
    | QueryVariable
    | IntervalVariable
    | CustomVariable
    | TextVariable
    | RawVariable
)
"""Something a reader chooses."""
