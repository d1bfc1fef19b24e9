"""The corpus inferred, against the parse of the same expressions: what a query means costs about as much as reading it.

promql-parser, a Rust library, parses the same expressions after the text substitution that it needs. The variants run
interleaved in one process; CPU time, the median of the rounds. The cold rounds begin with an exposition that nothing
is remembered about; the Hive's catalogue stands for a project that declares its metrics. ``make bench`` runs this
interpreted, ``make bench-compiled`` on the compiled wheel.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

import promql_parser
import pytest
from tests.bench.test_promql_speed import is_taken_by_both, substituted
from tests.bench.timing import forgetful, seconds
from tests.compiled import COMPILED

from hive.catalogue import CATALOGUE
from signalproof.catalogue.exposition import Exposition
from signalproof.infer.inference import infer
from signalproof.promql.ast import Node
from signalproof.promql.parser import PromQLSyntaxError, parse

ROUNDS = 11


def parsed(path: Path) -> tuple[list[str], list[Node]]:
    """Return the expressions of the corpus that parse, as texts and as trees."""
    texts: list[str] = []
    trees: list[Node] = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["expr"]
            try:
                trees.append(parse(text))
            except PromQLSyntaxError:
                continue
            texts.append(text)
    return texts, trees


class Spent(NamedTuple):
    """CPU seconds of each variant in each round.

    Attributes:
        rounds: By variant.
        expressions: How many expressions the corpus has.
    """

    rounds: dict[str, list[float]]
    expressions: int


@pytest.fixture(scope="module")
def measured(shared: Path) -> Spent:
    """What each variant took."""
    texts, trees = parsed(shared / "corpus" / "expressions.jsonl")
    remembered = Exposition({}, complete=False)
    hive = CATALOGUE.exposition()
    taken = [text for text in texts if is_taken_by_both(text)]

    def read() -> None:
        forgetful()
        for text in texts:
            parse(text)

    def read_and_infer() -> None:
        fresh = forgetful()
        for text in texts:
            infer(parse(text), fresh)

    def peer() -> None:
        for text in taken:
            promql_parser.parse(substituted(text))

    def infer_all(exposition: Exposition) -> None:
        for tree in trees:
            infer(tree, exposition)

    variants: dict[str, Callable[[], object]] = {
        "parse, nothing kept before": read,
        "infer, nothing kept before": lambda: infer_all(Exposition({}, complete=False)),
        "infer": lambda: infer_all(remembered),
        "infer with the Hive's catalogue": lambda: infer_all(hive),
        "parse and infer, nothing kept": read_and_infer,
        "promql-parser with substitution": peer,
    }
    spent: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(ROUNDS):
        for name, work in variants.items():
            spent[name].append(seconds(work))
    return Spent(spent, len(texts))


@pytest.fixture
def spent(measured: Spent) -> dict[str, list[float]]:
    """CPU seconds of each variant in each round."""
    return measured.rounds


def ratio(rounds: list[float], others: list[float]) -> float:
    """Return how many times as long one variant took as another, the median over the rounds."""
    return median(a / b for a, b in zip(rounds, others, strict=True))


@pytest.mark.bench
@pytest.mark.parametrize(("variant", "most"), [("infer, nothing kept before", 2.0), ("infer", 1.5)])
def test_inferring_the_corpus_takes_about_as_long_as_parsing_it(
    spent: dict[str, list[float]], variant: str, most: float
) -> None:
    assert ratio(spent[variant], spent["parse, nothing kept before"]) <= most


@pytest.mark.bench
def test_parsing_and_inferring_takes_no_longer_than_promql_parser_takes_to_parse(
    measured: Spent, report: Callable[..., None]
) -> None:
    spent, expressions = measured
    parsing = spent["parse, nothing kept before"]
    both, theirs = spent["parse and infer, nothing kept"], spent["promql-parser with substitution"]
    report(
        f"the corpus inferred, {'compiled' if COMPILED else 'interpreted'}; CPU time, median of {ROUNDS} rounds, and times the parse",
        *(
            f"{name:32s} {median(rounds) * 1e3:6.0f} ms  {ratio(rounds, parsing):.2f}"
            for name, rounds in spent.items()
        ),
        f"{expressions / median(both):,.0f} expressions a second parsed and inferred, {expressions / min(both):,.0f} in the best round",
    )
    assert ratio(both, theirs) <= 1


@pytest.mark.bench
@pytest.mark.skipif(not COMPILED, reason="a bar for the compiled wheel: make bench-compiled")
def test_20000_expressions_of_the_corpus_are_parsed_and_inferred_in_a_second(measured: Spent) -> None:
    assert measured.expressions / median(measured.rounds["parse and infer, nothing kept"]) >= 20_000
