"""What the lint says: one finding, and all of them with what was left out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from signalproof.documents import Text
from signalproof.errors import Location
from signalproof.promql.ast import NOWHERE, Span
from signalproof.promql.query import Query

if TYPE_CHECKING:
    from signalproof.lint.compatibility import Compatibility


class Severity(StrEnum):
    """How sure and how bad: an error is provably wrong, a warning is likely wrong, info is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True)
class Problem:
    """What a rule yields.

    Attributes:
        message: What is wrong, with the names of what is wrong.
        help: What to write instead; may be empty.
        span: The culprit in *text*.
        severity: When it differs from that of the rule.
        text: The text in which the culprit stands; empty for the expression itself.
        part: What *text* is: ``legend``, ``unit``, ``annotation summary`` …; empty for the expression.
        fix: What the culprit is to be replaced with, when that is certain.
        query: Where it is wrong, from a rule that looks at many queries; None for the one that was looked at.
    """

    message: str
    help: str = ""
    span: Span = NOWHERE
    severity: Severity | None = None
    text: str = ""
    part: str = ""
    fix: str | None = None
    query: Query | None = None


@dataclass(frozen=True)
class Finding:
    """A fault at its place.

    Attributes:
        code: Code of the rule, ``L002``.
        severity: How bad it is.
        message: What is wrong, with the names of what is wrong.
        help: What to write instead; may be empty.
        query: Where it was found.
        span: The culprit in `shown`.
        part: What `shown` is: ``legend``, ``annotation summary`` …; empty for the expression.
        text: The text in which the culprit stands, when that is not the expression.
        fix: What the culprit is to be replaced with, when that is certain.
    """

    code: str
    severity: Severity
    message: str
    help: str
    query: Query
    span: Span
    part: str = ""
    text: str = ""
    fix: str | None = None

    @property
    def shown(self) -> str:
        """The text in which the culprit stands."""
        return self.text if self.part else self.query.text

    @property
    def culprit(self) -> str:
        """The wrong part itself."""
        return self.shown[self.span.start : self.span.end]

    @property
    def where(self) -> Location:
        """The line a person has to change: that of the text it stands in, where the reader knew it."""
        shown, query = self.text if self.part else self.query.text, self.query
        if not isinstance(shown, Text):
            return query.where
        below = shown.count("\n", 0, self.span.start) if shown.verbatim else 0
        return Location(query.where.file, shown.line + below)

    @cached_property
    def fingerprint(self) -> str:
        """A name that stays when lines move: of the rule, the place in the dashboard or group, text and culprit."""
        query = self.query
        identity = (
            self.code,
            query.dashboard,
            query.panel,
            query.target,
            self.part,
            self.shown,
            self.culprit,
        )
        return hashlib.sha256(
            "\0".join((*identity, str(self.span.start))).encode(errors="surrogatepass")
        ).hexdigest()[:32]


@dataclass(frozen=True)
class Report:
    """The result of a lint.

    Attributes:
        findings: In the order of the queries, by place within each.
        suppressed: How many findings were suppressed, with a reason, at their definition or by the configuration.
        baselined: How many findings were left out because the baseline has them.
        queries: How many queries were read.
        compatibility: What could be proven; None where nobody but a closed world was asked.
        reading: How many files, dashboards and rule groups were read, and what was left out; empty for definitions.
    """

    findings: tuple[Finding, ...]
    suppressed: int = 0
    baselined: int = 0
    queries: int = 0
    compatibility: Compatibility | None = None
    reading: Mapping[str, object] = field(default_factory=dict)
    counts: Mapping[Severity, int] = field(init=False)
    """How many findings there are of each severity."""

    def __post_init__(self) -> None:
        counts = dict.fromkeys(Severity, 0)
        for finding in self.findings:
            counts[finding.severity] += 1
        object.__setattr__(self, "counts", counts)

    def fails(self, on: str) -> bool:
        """Whether a finding is as bad as severity *on*, or worse."""
        limit = Severity(on).rank
        return any(count and severity.rank <= limit for severity, count in self.counts.items())
