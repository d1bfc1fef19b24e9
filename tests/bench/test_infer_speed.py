"""The corpus inferred, against the parse of the same expressions: what a query means costs about as much as reading it.

The variants run interleaved in one process; CPU time, the median of the rounds. The cold rounds begin with an exposition
that nothing is remembered about; the Hive's catalogue stands for a project that declares its metrics.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest
from tests.bench.timing import seconds

from hive.catalogue import CATALOGUE
from signalproof.catalogue.exposition import Exposition
from signalproof.infer.inference import infer
from signalproof.promql import selectors
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


@pytest.mark.bench
def test_inferring_the_corpus_takes_at_most_twice_as_long_as_parsing_it(
    shared: Path, report: Callable[..., None]
) -> None:
    texts, trees = parsed(shared / "corpus" / "expressions.jsonl")
    remembered = Exposition({}, complete=False)
    hive = CATALOGUE.exposition()

    def read() -> None:
        selectors.forget()
        for text in texts:
            parse(text)

    def read_and_infer() -> None:
        selectors.forget()
        fresh = Exposition({}, complete=False)
        for text in texts:
            infer(parse(text), fresh)

    def infer_all(exposition: Exposition) -> None:
        for tree in trees:
            infer(tree, exposition)

    variants: dict[str, Callable[[], object]] = {
        "parse, nothing kept before": read,
        "infer, nothing kept before": lambda: infer_all(Exposition({}, complete=False)),
        "infer": lambda: infer_all(remembered),
        "infer with the Hive's catalogue": lambda: infer_all(hive),
        "parse and infer, nothing kept": read_and_infer,
    }
    spent: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(ROUNDS):
        for name, work in variants.items():
            spent[name].append(seconds(work))
    parsing = spent["parse, nothing kept before"]
    ratios = {
        name: median(a / b for a, b in zip(rounds, parsing, strict=True)) for name, rounds in spent.items()
    }
    report(
        f"{len(trees)} expressions; CPU time, median of {ROUNDS} rounds",
        *(
            f"{name:32s} {median(rounds) / len(trees) * 1e6:6.1f} µs  {len(trees) / median(rounds):8,.0f}/s"
            f"  {ratios[name]:.2f}"
            for name, rounds in spent.items()
        ),
    )
    assert ratios["infer, nothing kept before"] <= 2
    assert ratios["infer"] <= 1.5
