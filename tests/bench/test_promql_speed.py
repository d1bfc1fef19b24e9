"""The corpus parsed, against promql-parser (a Rust library) with the text substitution that it needs before.

Both get the same real-world expressions: we as they are written, promql-parser after a regular expression has put a
value for every Grafana variable. The variants run interleaved in one process; CPU time, the median of the rounds. The
parser keeps what it has read in braces, as selectors repeat each other; the cold rounds begin with nothing kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from statistics import median

import promql_parser
import pytest
from tests.bench.timing import forgetful, seconds

from signalproof.promql.lexer import VARIABLE
from signalproof.promql.parser import PromQLSyntaxError, parse
from signalproof.promql.printer import to_text

ROUNDS = 15
_VARIABLE = re.compile(VARIABLE)


def substituted(text: str) -> str:
    """Return *text* with a value for every variable, as a tool without variables in its grammar does it."""
    return _VARIABLE.sub(lambda match: "5m" if "interval" in match[0] or "range" in match[0] else "5", text)


def is_taken_by_both(text: str) -> bool:
    """Whether both parsers take *text*, so that neither is timed on the way to an error."""
    try:
        parse(text)
        promql_parser.parse(substituted(text))
    except (PromQLSyntaxError, ValueError):
        return False
    return True


@pytest.mark.bench
def test_parsing_takes_no_longer_than_promql_parser_with_substitution(
    shared: Path, report: Callable[..., None]
) -> None:
    with (shared / "corpus" / "expressions.jsonl").open(encoding="utf-8") as lines:
        written = [json.loads(line)["expr"] for line in lines]
    texts = [text for text in written if is_taken_by_both(text)]
    trees = [parse(text) for text in texts]

    def cold() -> None:
        forgetful()
        for text in texts:
            parse(text)

    def warm() -> None:
        for text in texts:
            parse(text)

    def peer() -> None:
        for text in texts:
            promql_parser.parse(substituted(text))

    def peer_alone(ready: list[str]) -> None:
        for text in ready:
            promql_parser.parse(text)

    def printed() -> None:
        for tree in trees:
            to_text(tree)

    ready = [substituted(text) for text in texts]
    variants: dict[str, Callable[[], object]] = {
        "promql-parser with substitution": peer,
        "promql-parser alone": lambda: peer_alone(ready),
        "parse, nothing kept before": cold,
        "parse": warm,
        "to_text": printed,
    }
    spent: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(ROUNDS):
        for name, work in variants.items():
            spent[name].append(seconds(work))
    peer_rounds = spent["promql-parser with substitution"]
    ratios = {
        name: median(a / b for a, b in zip(rounds, peer_rounds, strict=True))
        for name, rounds in spent.items()
    }
    report(
        f"{len(texts)} expressions of {len(written)}, {sum(map(len, texts)) // len(texts)} characters each;"
        f" CPU time, median of {ROUNDS} rounds",
        *(
            f"{name:34s} {median(rounds) / len(texts) * 1e6:6.1f} µs  {len(texts) / median(rounds):8,.0f}/s"
            f"  {ratios[name]:.2f}"
            for name, rounds in spent.items()
        ),
    )
    assert ratios["parse, nothing kept before"] <= 1
    assert ratios["parse"] <= 1
