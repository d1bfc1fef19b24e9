"""What was found of a metric, wherever: its family, what it is called there, and what somebody has to check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from signalproof.catalogue.family import Family
from signalproof.errors import Location


@dataclass(frozen=True)
class Found:
    """One metric that is to be declared.

    Attributes:
        family: All that is known of it; a counter goes by the name of its series, with ``_total``.
        variable: What the source calls it; empty where it has no name there.
        doubts: What is not certain (``name``, ``help``, ``labels``, ``unit``, ``buckets``, or `of_label`) → what to check.
    """

    family: Family
    variable: str = ""
    doubts: Mapping[str, str] = field(default_factory=dict)


def of_label(name: str) -> str:
    """Return the key of what is not certain of a label, which may be called ``name`` or ``help``."""
    return f"label {name}"


@dataclass(frozen=True, order=True)
class Check:
    """One thing that somebody has to check.

    Attributes:
        where: Where the source says it.
        of: The metric or the rule.
        what: What is not certain.
    """

    where: Location
    of: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.of}: {self.what}"


@dataclass(frozen=True)
class Converted:
    """Python that was written, and what a person should know of it.

    Attributes:
        source: The module.
        checks: What to check; each is a comment in the module, too.
        left_out: Why → what was left out.
        count: How many metrics or rules it declares.
    """

    source: str
    checks: tuple[Check, ...]
    left_out: Mapping[str, tuple[str, ...]]
    count: int
