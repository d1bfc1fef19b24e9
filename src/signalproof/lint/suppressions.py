"""Findings that a person has judged and allowed, each with the reason, and what is wrong with such allowances."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from signalproof.lint.finding import Finding, Severity
from signalproof.lint.rule import Rule
from signalproof.promql.ast import NOWHERE
from signalproof.promql.query import Query

UNUSED, UNFOUNDED = "S001", "S002"

_UNTIL = re.compile(r"\buntil (\d{4}-\d{2}-\d{2})\b")

_Key = tuple[str, str, str, str]


class Suppressions:
    """The allowances of all queries: ``allow={"R001": "a fixed day is wanted, until 2027-01-31"}``.

    An allowance covers every query of its panel or rule. One that covers nothing, has no reason or is past its date is
    a finding itself.
    """

    def __init__(
        self, queries: Iterable[Query], rules: Iterable[Rule[Any]], today: date | None = None
    ) -> None:
        self.today = today or datetime.now(UTC).date()
        self.in_force = {rule.code for rule in rules}
        self.places: dict[_Key, Query] = {}
        self.used: set[_Key] = set()
        for query in queries:
            for code in query.allow:
                self.places.setdefault(_key(query, code), query)

    def covers(self, finding: Finding) -> bool:
        """Whether *finding* is allowed; remembers that the allowance was needed."""
        if finding.code not in finding.query.allow:
            return False
        self.used.add(_key(finding.query, finding.code))
        return True

    def complaints(self) -> Iterator[Finding]:
        """Yield what is wrong with the allowances themselves."""
        for key, query in self.places.items():
            code, reason = key[3], query.allow[key[3]]
            if key in self.used:
                if UNFOUNDED in self.in_force and not reason.strip():
                    yield _complaint(UNFOUNDED, f"{code} is allowed without a reason", "say why", query)
                elif UNFOUNDED in self.in_force and self._expired(reason):
                    yield _complaint(
                        UNFOUNDED,
                        f"the allowance of {code} has expired: {reason}",
                        "mend it, or set a new date",
                        query,
                    )
            elif UNUSED in self.in_force and (code in self.in_force or not _is_code(code)):
                yield _complaint(
                    UNUSED, f"{code} is allowed here and is not found here", "take it out", query
                )

    def _expired(self, reason: str) -> bool:
        found = _UNTIL.search(reason)
        try:
            return found is not None and date.fromisoformat(found[1]) < self.today
        except ValueError:
            return True


def _is_code(code: str) -> bool:
    from signalproof.lint.registry import all_rules

    return any(rule.code == code for rule in all_rules())


def _key(query: Query, code: str) -> _Key:
    return (query.where.file, query.dashboard, query.panel, code)


def _complaint(code: str, message: str, remedy: str, query: Query) -> Finding:
    severity = Severity.ERROR if code == UNFOUNDED else Severity.WARNING
    return Finding(code, severity, message, remedy, query, NOWHERE, "allow", "")
