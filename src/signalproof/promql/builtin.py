"""Grafana's own variables: what each stands for in a query.

Source: https://grafana.com/docs/grafana/latest/visualizations/dashboards/variables/global-variables/ and
https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A variable that Grafana defines.

    Attributes:
        name: Without the dollar.
        kind: What it stands for.
        meaning: For a person.
        example: A value it could have; it makes a query valid PromQL.
    """

    name: str
    kind: Literal["duration", "number", "time", "text", "filter"]
    meaning: str
    example: str


_BUILT_INS: Final = (
    BuiltIn("__interval", "duration", "the step of the panel", "15s"),
    BuiltIn("__interval_ms", "number", "the step of the panel in milliseconds", "15000"),
    BuiltIn("__rate_interval", "duration", "at least four scrapes, and a step and a scrape", "1m"),
    BuiltIn("__rate_interval_ms", "number", "the rate interval in milliseconds", "60000"),
    BuiltIn("__range", "duration", "the time range that is shown", "1h"),
    BuiltIn("__range_s", "number", "the time range that is shown, in seconds", "3600"),
    BuiltIn("__range_ms", "number", "the time range that is shown, in milliseconds", "3600000"),
    BuiltIn("__from", "time", "the start of the time range, in milliseconds of Unix time", "1735686000000"),
    BuiltIn("__to", "time", "the end of the time range, in milliseconds of Unix time", "1735689600000"),
    BuiltIn("__name", "text", "the name of the series; in a stat panel only", "series"),
    BuiltIn("__dashboard", "text", "the title of the dashboard", "dashboard"),
    BuiltIn("__org", "text", "the id of the organisation", "1"),
    BuiltIn("__user", "text", "the user who looks, with .id, .login and .email", "user"),
    BuiltIn("__timezone", "text", "the time zone of the dashboard", "utc"),
    BuiltIn("__searchFilter", "text", "what was typed into the search box of a variable", ".*"),
    BuiltIn("__timeFilter", "filter", "a time condition, for SQL", ""),
    BuiltIn("timeFilter", "filter", "a time condition, for InfluxQL", ""),
)

BUILT_INS: Final[dict[str, BuiltIn]] = {one.name: one for one in _BUILT_INS}
"""Grafana's own variables by name."""


def is_builtin(name: str) -> bool:
    """Whether Grafana defines the variable *name* itself; it keeps all names with two underscores."""
    return name.startswith("__") or name in BUILT_INS
