"""Findings that a person has judged and allowed, each with the reason, and what is wrong with such allowances."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from signalproof.config import Config
from signalproof.errors import Location
from signalproof.lint.finding import Finding, Severity
from signalproof.lint.rule import Rule
from signalproof.promql.ast import NOWHERE
from signalproof.promql.query import Query, Use

UNUSED, UNFOUNDED = "S001", "S002"

_UNTIL = re.compile(r"\buntil (\d{4}-\d{2}-\d{2})\b")

_Key = tuple[str, str, str, str]


class Suppressions:
    """The allowances of all queries: ``allow={"R001": "a fixed day is wanted, until 2027-01-31"}``.

    An allowance covers every query of its panel or rule; those of the configuration cover a place. One that covers
    nothing, has no reason or is past its date is a finding itself.
    """

    def __init__(
        self,
        queries: Iterable[Query],
        rules: Iterable[Rule[Any]],
        today: date | None = None,
        *,
        config: Config | None = None,
    ) -> None:
        self.config = config or Config(Path())
        self.seen: set[str] = set()
        self.today = today or datetime.now(UTC).date()
        self.in_force = {rule.code for rule in rules}
        self.places: dict[_Key, Query] = {}
        self.used: set[_Key] = set()
        for query in queries:
            for code in query.allow:
                self.places.setdefault(_key(query, code), query)
            self.seen |= {place for place in self.config.lint.allow if _is_at(query, place)}

    def covers(self, finding: Finding) -> bool:
        """Whether *finding* is allowed; remembers that the allowance was needed."""
        if finding.code in finding.query.allow:
            self.used.add(_key(finding.query, finding.code))
            return True
        for place, reasons in self.config.lint.allow.items():
            if finding.code in reasons and _is_at(finding.query, place):
                self.used.add(("", "", place, finding.code))
                return True
        return False

    def complaints(self) -> Iterator[Finding]:
        """Yield what is wrong with the allowances themselves."""
        listed = [(key, query.allow[key[3]], query) for key, query in self.places.items()]
        for place in sorted(self.seen):
            where = Location(str(self.config.root / "pyproject.toml"))
            at = Query("", where, Use.EXPRESSION, panel=place)
            listed += [
                (("", "", place, code), reason, at) for code, reason in self.config.lint.allow[place].items()
            ]
        for key, reason, query in listed:
            code = key[3]
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


def _is_at(query: Query, place: str) -> bool:
    """Whether *place*, as the configuration names it, is where *query* is."""
    file = query.where.file
    names = (file, Path(file).name, query.dashboard)
    return any(fnmatchcase(name, place) or fnmatchcase(f"{name}/{query.panel}", place) for name in names)


def _key(query: Query, code: str) -> _Key:
    return (query.where.file, query.dashboard, query.panel, code)


def _complaint(code: str, message: str, remedy: str, query: Query) -> Finding:
    severity = Severity.ERROR if code == UNFOUNDED else Severity.WARNING
    return Finding(code, severity, message, remedy, query, NOWHERE, "allow", "")
