"""Groups of rules: what Prometheus evaluates together, in the order in which it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from signalproof.durations import parse_duration
from signalproof.errors import Location, SignalproofError, caller
from signalproof.rules.alert import Alert
from signalproof.rules.existing import Alert as ExistingAlert
from signalproof.rules.recording import RecordingRule
from signalproof.rules.scenario import Scenario

Rule: TypeAlias = RecordingRule | Alert | ExistingAlert

_NAME: Final = r"[a-z][a-z0-9]*([_-][a-z0-9]+)*"


@dataclass(frozen=True, eq=False)
class RuleGroup:
    """Rules that are evaluated one after the other, so that a later one sees what an earlier one recorded.

    Attributes:
        name: Lower case with hyphens, unique in the project; of rules that exist already as in their file.
        rules: In the order of evaluation: what is used is recorded first.
        interval: Time between two evaluations; empty for the project's scrape interval.
        file: Name of the rule file without ending; groups of one name share it. Empty for the name of the group.
        scenarios: What the alerts say to given samples; written as promtool unit tests.
        limit: Most alerts, or series, that a rule of it may give; 0 for any number.
        query_offset: How far back it is evaluated: ``1m``; empty for the server's own.
        labels: What it adds to each of its rules; a label of the rule itself wins.
        notes: Sentences for whoever reads the rule file, such as what was left out and why.
        where: The declaration.

    Raises:
        SignalproofError: The name is none, the group is empty, or a rule stands in it twice.
    """

    name: str
    rules: tuple[Rule, ...]
    interval: str = field(default="", kw_only=True)
    file: str = field(default="", kw_only=True)
    scenarios: tuple[Scenario, ...] = field(default=(), kw_only=True)
    limit: int = field(default=0, kw_only=True)
    query_offset: str = field(default="", kw_only=True)
    labels: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    notes: tuple[str, ...] = field(default=(), kw_only=True)
    where: Location = field(default_factory=caller, kw_only=True)

    def __post_init__(self) -> None:
        for text, pattern in ((self.name, self._names), (self.file_name, self._files)):
            if not re.fullmatch(pattern, text):
                raise SignalproofError(
                    f"{text!r} names neither a rule group nor a file",
                    "write lower-case words with hyphens: planner-loops",
                    where=self.where,
                )
        if not self.rules:
            raise SignalproofError(f"rule group {self.name} is empty", "give it a rule", where=self.where)
        if self.interval:
            parse_duration(self.interval, self.where)

    @property
    def existing(self) -> bool:
        """Whether all of its rules are written down as they were found."""
        return bool(self.rules) and all(rule.existing for rule in self.rules)

    @property
    def _names(self) -> str:
        return r".+" if self.existing else _NAME

    @property
    def _files(self) -> str:
        return r"[A-Za-z0-9][A-Za-z0-9._-]*" if self.existing and self.file else _NAME

    @property
    def file_name(self) -> str:
        """Name of the rule file, without ending."""
        return self.file or self.name

    def interval_seconds(self, default: float) -> float:
        """Return the seconds between two evaluations, *default* where the group does not say."""
        return parse_duration(self.interval, self.where) if self.interval else default
