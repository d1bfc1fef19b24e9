"""L004: a selector without a matcher that the project demands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from signalproof.config import Config, LintConfig
from signalproof.errors import Location
from signalproof.lint.finding import Problem
from signalproof.lint.labels import has_label, narrowed, selected
from signalproof.lint.rule import Context, Rule, Setting
from signalproof.promql.ast import Selector
from signalproof.promql.query import Query

_JOB = Config(Path(), lint=LintConfig(required_matchers=("job",)))


def _asked(text: str) -> Setting:
    return Setting((Query(text, Location("example", 1)),), config=_JOB)


class RequiredMatcher(Rule[Selector]):
    """A selector says nothing about a label that every selector of this project has to narrow down.

    Where several programs or clusters report to one Prometheus, a metric of the same name may come from any of them: a
    query that does not say whose it means adds up what does not belong together, or starts to when the next one is
    scraped. Name such labels under ``required_matchers`` in ``[tool.signalproof.lint]``; without them the rule is silent.
    """

    code = "L004"
    slug = "required-matcher"
    severity = "warning"
    visits = (Selector,)
    configured = "required_matchers"
    bad = (
        (_asked("sum(rate(jobs_total[5m]))"), "jobs_total"),
        (_asked('sum(rate(jobs_total{job!="canary"}[5m]))'), 'jobs_total{job!="canary"}'),
        (_asked('sum(rate(jobs_total{job=~".*"}[5m]))'), 'jobs_total{job=~".*"}'),
    )
    good = (
        _asked('sum(rate(jobs_total{job="mailer"}[5m]))'),
        _asked('sum(rate(jobs_total{job=~"$job"}[5m]))'),
        "sum(rate(jobs_total[5m]))",
    )

    def check(self, seen: Selector, context: Context) -> Iterator[Problem]:
        """Yield the selector when its series have a required label and none of its matchers narrows it down."""
        for label in context.world.config.lint.required_matchers:
            series = selected(seen, context)
            if series and not any(has_label(one, label, context) for one in series):
                continue
            if not narrowed(seen, label):
                yield Problem(
                    f"{seen.name or 'the selector'} does not say which {label!r} is meant",
                    f'add {label}="…": required_matchers asks for it everywhere',
                    seen.span,
                )
                return
