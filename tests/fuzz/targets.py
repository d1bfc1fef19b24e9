"""What each reader promises for any text whatever; broken promises are AssertionErrors or the exception itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from signalproof.catalogue.family import Family, exposition_of
from signalproof.dashboard.foreign import dashboards, queries_of
from signalproof.documents import read_json, read_yaml
from signalproof.errors import Location, SignalproofError
from signalproof.infer.inference import infer
from signalproof.knowledge.answers import families_of_json
from signalproof.knowledge.file import read_catalogue
from signalproof.knowledge.text import families_of_text
from signalproof.lint.examples import exposition
from signalproof.lint.project import lint
from signalproof.lint.registry import all_rules
from signalproof.promql.ast import Node
from signalproof.promql.parser import PromQLSyntaxError, parse
from signalproof.promql.printer import to_text
from signalproof.promql.query import Query, Use
from signalproof.rules.foreign import queries_of as queries_of_group
from signalproof.rules.foreign import rule_groups
from signalproof.templates.evaluate import meaning
from signalproof.templates.lexer import TemplateSyntaxError, Word, tokens
from signalproof.templates.parser import parse as parse_template
from signalproof.templates.tree import Template, children

_EVERY: Final = tuple(rule.code for rule in all_rules())
_WORLD: Final = exposition()
_DECLARED: Final = ("job", "v")


def promql(text: str) -> bool:
    """Any text is an expression or a syntax error within it; return whether it is an expression.

    It is read as in a rule, where every name with a dollar is a variable, and as in a dashboard that declares some.
    """
    _read(text, _DECLARED)
    tree = _read(text, None)
    if tree is not None:
        infer(tree, _WORLD)
        lint([Query(text, Location("fuzz", 1))], _WORLD, select=_EVERY)
    return tree is not None


def _read(text: str, variables: tuple[str, ...] | None) -> Node | None:
    try:
        tree = parse(text, variables)
    except PromQLSyntaxError as error:
        refusal = error
    else:
        assert parse(to_text(tree), variables) == tree, "what was printed is read as something else"
        return tree
    start, end = refusal.span
    assert 0 <= start <= end <= len(text) + 1, f"{refusal.span} of {len(text)} characters"
    return None


def dashboard(text: str) -> bool:
    """Any text is JSON with dashboards in it or not, or an error for a person; return whether it has queries."""
    try:
        found = list(dashboards([read_json(text, "fuzz.json")], "fuzz.json"))
    except SignalproofError:
        return False
    queries = [query for one in found for query in queries_of(one)]
    lint(queries, _WORLD, dashboards=found, select=_EVERY)
    return bool(queries)


def rules(text: str) -> bool:
    """Any text is YAML with rules in it or not, or an error for a person; return whether it has rules."""
    try:
        groups = list(rule_groups(list(read_yaml(text, "fuzz.yaml")), "fuzz.yaml"))
    except SignalproofError:
        return False
    queries = [query for one in groups for query in queries_of_group(one, "fuzz.yaml")]
    lint(queries, _WORLD, select=_EVERY)
    return bool(queries)


def exposition_(text: str) -> bool:
    """Any text is an exposition in one of its forms, or an error for a person; return whether it has series."""
    found = 0
    for read in (families_of_text, families_of_json, _catalogue):
        try:
            found += len(exposition_of(read(text, "fuzz.txt")).series)
        except SignalproofError:
            continue
    return found > 0


def _catalogue(text: str, file: str) -> tuple[Family, ...]:
    return read_catalogue(text, file).families


def template(text: str) -> bool:
    """Any text is a template or a syntax error within it; return whether it is a template.

    Its words follow each other, and what no word holds is space, or the marker that trims it. Every part of its tree stands
    within what it is a part of, and whatever is said of it is said of a place in it.
    """
    done = 0
    for token in tokens(text):
        if token.kind is Word.ERROR:  # points at what is not closed
            break
        assert done <= token.start <= token.end <= len(text), f"{token} behind {done}"
        between = text[done : token.start].strip(" \t\r\n")
        assert between in ("", "-"), f"{between!r} is no word"
        done = token.end
    tree = None
    try:
        tree = parse_template(text)
    except TemplateSyntaxError as error:
        spans = [error.span]
    else:
        _nested(tree)
        found = meaning(text)
        spans = [tree.span, *found.shown, *found.words, *found.values, *(one.span for one in found.failures)]
        spans += [*(one.span for one in found.written), *(one.span for one in found.queries)]
        spans += [span for *_, span in found.labels]
    assert all(0 <= start <= end <= len(text) for start, end in spans), spans
    alert = Query(
        "up == 0", Location("fuzz", 1), Use.ALERT, "g", "a", annotations={"summary": text}, labels={"l": text}
    )
    for one in lint([alert], _WORLD, select=_EVERY).findings:
        assert 0 <= one.span.start <= one.span.end <= len(one.shown), one
    return tree is not None


def _nested(tree: Template) -> None:
    pending: list[Any] = [tree]
    while pending:
        whole = pending.pop()
        for part in children(whole):
            inside = whole.span.start <= part.span.start <= part.span.end <= whole.span.end
            assert inside, f"{part.span} in {whole.span}: {part}"
            pending.append(part)


TARGETS: Final[Mapping[str, Callable[[str], bool]]] = {
    "promql": promql,
    "dashboard": dashboard,
    "rules": rules,
    "exposition": exposition_,
    "template": template,
}
"""Name → promise."""

_EXPRESSIONS: Final = [text for rule in all_rules() for text, _ in rule.bad if isinstance(text, str)]

SEEDS: Final[Mapping[str, list[str]]] = {
    "promql": [
        *_EXPRESSIONS,
        'sum by ($g) (rate({"a.b", x=~"$y"}[${w}:1m] offset -5m @ end())) / on () group_left () vector(1)',
        'label_replace(a, "b", "$1", "c", "(.*)") # comment',
        "a + fill (0) b / 0x1F % 1_000 ^ -Inf > bool NaN",
        "a$job{} + $job{} * 5$v",
    ],
    "dashboard": [
        json.dumps(
            {
                "uid": "a",
                "templating": {"list": [{"type": "query", "name": "job", "query": "label_values(up, job)"}]},
                "panels": [
                    {"id": number, "type": "timeseries", "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
                     "targets": [{"refId": "A", "expr": text, "legendFormat": "{{job}}"}]}
                    for number, text in enumerate(_EXPRESSIONS[:3])
                ],
            }
        )
    ],
    "rules": [
        "groups:\n- name: a\n  rules:\n"
        + "".join(f"  - alert: A{at}\n    expr: {json.dumps(text)}\n    for: 5m\n    labels: {{a: b}}\n"
                  for at, text in enumerate(_EXPRESSIONS[:3])),
        "kind: ConfigMap\ndata:\n  a.yaml: |\n    groups:\n    - name: a\n      rules:\n      - {record: 'a:b', expr: up}\n",
    ],
    "exposition": [
        '# TYPE a_total counter\n# HELP a_total A.\na_total{b="c\\"d",e="f"} 1 # {x="y"} 1\n# EOF\n',
        '{"status":"success","data":{"a_total":[{"type":"counter","help":"A.","unit":""}]}}',
        '{"status":"success","data":[{"__name__":"a","b":"c"}]}',
    ],
    "template": [
        *dict.fromkeys(text for rule in all_rules() for one, _ in rule.bad if isinstance(one, Query)
                       for text in one.annotations.values() if "{{" in text),
        '{{ define "a" }}{{ .Labels.b }}{{ end }}{{ range $i, $e := query "up" }}{{ template "a" $e }}{{ break }}{{ end }}',
        '{{- with $x := printf "up{job=%q}" $labels.job | query -}} {{ ($x | first).Value | printf "%.2f" }} {{- else -}} {{/* no */}} {{- end }}',
        "{{ if and (gt $value 0x1p2) (ne $labels.job `a`) }}{{ $y := 'b' }}{{ $y = 1+2i }}{{ else if true }}{{ nil | print }}{{ end }}",
    ],
}  # fmt: skip
"""Name → texts to begin with."""
