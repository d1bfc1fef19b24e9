"""Everything that is fuzzed: name → promise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tests.fuzz.documents import catalogue, configuration, dashboard, exposition, rules, web_config
from tests.fuzz.language import metricsql, promql, template
from tests.fuzz.outputs import fix, report

TARGETS: Final[Mapping[str, Callable[[str], bool]]] = {
    "promql": promql,
    "metricsql": metricsql,
    "template": template,
    "dashboard": dashboard,
    "rules": rules,
    "exposition": exposition,
    "catalogue": catalogue,
    "configuration": configuration,
    "web_config": web_config,
    "report": report,
    "fix": fix,
}
"""Name → promise; it returns whether there was something to read."""
