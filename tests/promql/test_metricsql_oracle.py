"""What VictoriaMetrics' own parser takes and refuses, where a program that asks it is at hand.

The program is named by METRICSQL_ORACLE. It reads one query a line, as a JSON string, parses it with the Go module
github.com/VictoriaMetrics/metricsql, and answers each with a line: the JSON string "ok", or one that says what is wrong.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Callable

import pytest
from tests.promql.test_metricsql import REFUSED, TAKEN
from tests.promql.test_mutations import EXTRA, mutated

from signalproof.promql.dialect import parse
from signalproof.promql.parser import PromQLSyntaxError

ORACLE = os.environ.get("METRICSQL_ORACLE", "")

pytestmark = pytest.mark.skipif(
    not ORACLE, reason="METRICSQL_ORACLE names no program that asks VictoriaMetrics' parser"
)


def verdicts(queries: list[str]) -> list[bool]:
    """Return which *queries* VictoriaMetrics takes."""
    lines = "".join(f"{json.dumps(query)}\n" for query in queries)
    done = subprocess.run([ORACLE], input=lines, capture_output=True, text=True, check=True)
    answers = [json.loads(line) == "ok" for line in done.stdout.splitlines()]
    assert len(answers) == len(queries)
    return answers


def takes(text: str) -> bool:
    """Whether our parser takes *text*."""
    try:
        parse(text, (), "metricsql")
    except PromQLSyntaxError:
        return False
    return True


def differing(queries: list[str]) -> list[str]:
    return [query for query, taken in zip(queries, verdicts(queries), strict=True) if takes(query) != taken]


def test_it_agrees_on_the_queries_of_the_table() -> None:
    plain = [text for text in TAKEN if "$" not in text]
    assert verdicts(plain) == [True] * len(plain)
    assert verdicts(REFUSED) == [False] * len(REFUSED)


def test_it_agrees_on_the_corpus(corpus: list[str], concrete: Callable[[str], str]) -> None:
    assert differing([concrete(text) for text in corpus]) == []


def test_it_agrees_on_the_queries_of_prometheus_tests(evaluated: list[str]) -> None:
    assert differing(evaluated) == []


def test_it_agrees_on_broken_queries(corpus: list[str], concrete: Callable[[str], str]) -> None:
    choice = random.Random(1)
    written = [*map(concrete, choice.sample(corpus, 2000)), *(TAKEN + REFUSED) * 30]
    broken = [mutated(text, choice) for text in written if "$" not in text]
    odd = [word for word in EXTRA if "$" in word or "[[" in word]
    assert odd
    assert differing([text for text in broken if "$" not in text and "[[" not in text]) == []
