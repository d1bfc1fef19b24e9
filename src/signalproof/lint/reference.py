"""The page of a rule: what `signalproof explain` prints, and what the rule reference holds."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from signalproof.catalogue.exposition import SCRAPE_SERIES
from signalproof.dashboard.foreign import ForeignDashboard
from signalproof.infer.windows import spoken
from signalproof.lint.json_examples import JsonExamples
from signalproof.lint.registry import all_rules, find_rule
from signalproof.lint.rule import Example, Rule, Setting
from signalproof.promql.query import Query, Use
from signalproof.scraping import NO_SETUP, Setup

_FAMILIES = {
    "P": "Syntax", "M": "Metrics", "L": "Labels", "T": "Types", "H": "Histograms", "V": "Vector matching",
    "U": "Units", "R": "Ranges", "N": "Missing data", "G": "Dashboards", "A": "Alerts", "RR": "Recording rules",
    "D": "Shape", "C": "Coverage", "F": "Features", "K": "Configuration", "S": "Suppressions",
}  # fmt: skip


def explain(code: str) -> str:
    """Return the page of the rule with that code or slug, as text for a terminal.

    Raises:
        SignalproofError: No rule is called so.
    """
    rule = find_rule(code)
    lines = [f"{rule.code} {rule.slug} ({rule.severity})", "", *_prose(rule)]
    for title, examples in _examples(rule):
        if examples:
            lines += ["", f"{title}:"]
            lines += [f"    {line}" for example in examples for line in example]
    return "\n".join(lines) + "\n"


def rule_reference() -> str:
    """Return the rule reference as Markdown: every rule, by family."""
    lines = [
        "# Lint rules",
        "",
        "Every rule of `signalproof lint`, as its own source describes it. Errors are provable from the catalogue,",
        "warnings are likely faults, info is worth knowing. `signalproof explain CODE` prints one of them.",
        "",
        "| code | name | severity | what |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| [{rule.code}](#{_anchor(rule)}) | {rule.slug} | {rule.severity} | {_title(rule)} |"
        for rule in all_rules()
    ]
    family = ""
    for rule in all_rules():
        if _family(rule) != family:
            family = _family(rule)
            lines += ["", f"## {family}"]
        lines += ["", f"### {rule.code} {rule.slug}", "", f"*{rule.severity}*", "", *_prose(rule)]
        for title, examples in _examples(rule):
            if examples:
                lines += ["", f"{title}:", "", "```promql"]
                lines += [line for example in examples for line in example]
                lines += ["```"]
    return "\n".join(lines) + "\n"


def _family(rule: Rule[Any]) -> str:
    return _FAMILIES[rule.code.rstrip("0123456789")]


def _anchor(rule: Rule[Any]) -> str:
    return f"{rule.code}-{rule.slug}".lower()


def _prose(rule: Rule[Any]) -> list[str]:
    return inspect.cleandoc(type(rule).__doc__ or "").split("\n")


def _title(rule: Rule[Any]) -> str:
    return _prose(rule)[0].rstrip(".")


def _examples(rule: Rule[Any]) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield the bad and the good examples of *rule*, as lines; those that show nothing are left out."""
    dashboards = JsonExamples()
    yield (
        "Bad",
        [shown for query, culprit in rule.bad if (shown := list(_example(query, culprit, dashboards)))],
    )
    yield "Good", [shown for query in rule.good if (shown := list(_example(query, "", dashboards)))]


def _example(query: Example, culprit: str, dashboards: JsonExamples) -> Iterator[str]:
    """Yield the lines of one example: what surrounds the expression as a comment, the expression, the carets."""
    if isinstance(query, ForeignDashboard):
        yield from dashboards.lines(query.spec, culprit)
        return
    if isinstance(query, Setting):
        if query.setup is not NO_SETUP:
            yield from _set_up(query.setup)
            return
        yield from query.rule_file.splitlines()
        declared = [] if query.exposition is None else sorted(query.exposition.series)
        if shown := ", ".join(one for one in declared if one not in SCRAPE_SERIES):
            yield f"# where there is: {shown}"
        if query.config is not None and "prometheus" in query.config.said:
            yield f'# prometheus = "{query.config.prometheus}"'
        if query.dashboards and query.foreign:
            yield "# in files of others"
        for one in query.dashboards:
            yield from dashboards.lines(one.spec, culprit)
        query = query.queries
    if isinstance(query, tuple):
        for each in query:
            yield from _example(each, culprit, dashboards)
        return
    if isinstance(query, Query):
        if around := list(_surroundings(query)):
            yield f"# {', '.join(around)}"
        query = query.text
    yield query
    at = query.find(culprit) if culprit else -1
    if at >= 0 and "\n" not in query:
        yield f"{'#'.ljust(at) if at else ''}{'^' * len(culprit)}"


def _set_up(setup: Setup) -> Iterator[str]:
    for one in setup.scrapings:
        yield ", ".join(f"scrape of {job} every {spoken(every)}" for job, every in one.intervals.items())
    for source in setup.data_sources:
        yield f"data source {source.name}: {f'timeInterval {source.text}' if source.text else 'no timeInterval'}"


def _surroundings(query: Query) -> Iterator[str]:
    if query.use is not Use.EXPRESSION:
        yield str(query.use) + (f" {query.panel!r}" if query.panel else "")
    for name in ("panel_type", "legend", "unit", "label"):
        if value := getattr(query, name):
            yield f"{name.replace('_', ' ')} {value}"
    if query.thresholds:
        yield f"thresholds {', '.join(format(one, 'g') for one in query.thresholds)}"
    if query.instant:
        yield "instant"
    if query.reducers:
        yield f"shown as {', '.join(query.reducers)}"
    if query.for_seconds:
        yield f"for {query.for_seconds:g}s"
    if query.interval:
        yield f"every {query.interval:g}s"
    for name, mapping in (("variables", query.variables), ("labels", query.labels)):
        if mapping:
            yield f"{name} {', '.join(mapping)}"
    for name, text in query.annotations.items():
        yield f"{name}: {text}"
    for code, reason in query.allow.items():
        yield f"allow {code}: {reason}"
