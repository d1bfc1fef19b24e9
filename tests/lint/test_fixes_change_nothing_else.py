"""A fix is safe: over all real queries, and over sound ones that were broken, it takes away its finding and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.mutants.kinds import quantile_as_percent, window_of_a_pixel
from tests.mutants.kubernetes import kubernetes
from tests.mutants.run import World
from tests.mutants.subject import Operator, Subject

from signalproof.catalogue.exposition import Exposition
from signalproof.errors import Location
from signalproof.infer.inference import infer
from signalproof.infer.value import Value
from signalproof.lint.examples import exposition
from signalproof.lint.expressions import read_expressions
from signalproof.lint.finding import Finding
from signalproof.lint.fixes import with_fix
from signalproof.lint.project import lint, names_of_variables
from signalproof.lint.registry import all_rules
from signalproof.lint.rule import Rule
from signalproof.lint.sources import read
from signalproof.promql.parser import PromQLSyntaxError, parse
from signalproof.promql.query import Query, Use

NOTHING = Exposition({}, complete=False)


def fixed(finding: Finding) -> Query:
    """Return the query of *finding* with its fix."""
    return replace(finding.query, text=with_fix(finding))


def claims(query: Query, world: Exposition) -> tuple[object, ...]:
    """Return what is known of a query, apart from what a fix mends: how large its values are, and whether there are any."""
    value: Value = infer(parse(query.text, names_of_variables(query)), world).root
    return value.shape, value.kind, value.labels.known.keys(), value.labels.open, value.unit


def codes(queries: Iterable[Query], world: Exposition) -> Counter[str]:
    return Counter(one.code for one in lint(queries, world).findings)


def wrongly_fixed(queries: list[Query], world: Exposition) -> tuple[int, list[str]]:
    """Return how many fixes there are for *queries*, and those that change more than their finding."""
    found = [one for one in lint(queries, world).findings if one.fix is not None]
    wrong = []
    for one in found:
        before, after = codes([one.query], world), codes([fixed(one)], world)
        before.subtract({one.code: 1})
        if claims(one.query, world) != claims(fixed(one), world) or +before != after:
            wrong.append(f"{one.code} {one.query.text} -> {fixed(one).text}")
    return len(found), wrong


def shown(rule: Rule[Any]) -> list[tuple[Query, ...]]:
    """Return the queries of each bad example of a rule."""
    examples = [one for one, _ in rule.bad if isinstance(one, Query | str | tuple)]
    return [
        (alone(one),) if isinstance(one, str) else (one,) if isinstance(one, Query) else one
        for one in examples
    ]


@pytest.mark.parametrize("rule", all_rules(), ids=str)
def test_a_rule_offers_fixes_when_it_promises_them_and_only_then(rule: Rule[Any]) -> None:
    found = [
        one for queries in shown(rule) for one in lint(queries, exposition(), select=[rule.code]).findings
    ]
    assert any(one.fix for one in found) == rule.fixable


def alone(text: str) -> Query:
    return Query(text, Location("example", 1))


def test_no_fix_over_the_examples_of_all_rules_changes_anything_else() -> None:
    examples = [one for rule in all_rules() for queries in shown(rule) for one in queries]
    count, wrong = wrongly_fixed(examples, exposition())
    assert count >= 6
    assert wrong == []


def test_no_fix_over_all_real_queries_changes_anything_else(
    shared: Path, figure: Callable[..., None]
) -> None:
    corpus = shared / "corpus"
    if not corpus.is_dir():
        pytest.skip("the corpus is not beside the checkout")
    queries = list(read_expressions(corpus / "expressions.jsonl"))
    queries += read([corpus / "kube-prometheus"]).queries
    queries += read([corpus / "reports"]).queries
    count, wrong = wrongly_fixed([one for one in queries if is_promql(one)], NOTHING)
    figure(f"fixes over {len(queries)} real queries: {count} applied, {len(wrong)} change anything else")
    assert count > 0
    assert wrong == []


def is_promql(query: Query) -> bool:
    try:
        parse(query.text, names_of_variables(query))
    except PromQLSyntaxError:
        return False
    return True


@pytest.mark.parametrize("operator", [quantile_as_percent, window_of_a_pixel])
def test_a_fix_gives_back_the_sound_query_that_was_broken(operator: Operator, shared: Path) -> None:
    folder = shared / "corpus" / "kube-prometheus"
    if not folder.is_dir():
        pytest.skip("the corpus is not beside the checkout")
    world: World = kubernetes(folder)
    broken = []
    for query in world.queries:
        if is_promql(query) and query.use is Use.PANEL:
            tree = parse(query.text, names_of_variables(query))
            inference = infer(tree, world.exposition)
            broken += [
                (query, one) for one in operator(Subject(query, tree, inference, world.exposition, 30.0))
            ]
    mended = 0
    for sound, mutant in broken:
        for finding in lint([mutant], world.exposition).findings:
            if finding.fix is not None:
                again = parse(with_fix(finding), names_of_variables(mutant))
                assert again == parse(sound.text, names_of_variables(sound))
                mended += 1
    assert mended > 20
