"""10,000 real expressions parsed, inferred and linted; and a file of 10,000 rules against ``promtool check rules``.

CPU time on one core, the variants interleaved in one process, the median of the rounds. promtool parses the same rules
and looks at nothing but their syntax; it is a compiled program that starts in a few milliseconds.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pytest
from tests.bench.timing import call_seconds, forgetful, seconds

from signalproof.errors import Location
from signalproof.infer.inference import infer
from signalproof.lint.project import lint
from signalproof.lint.sources import read
from signalproof.promql.parser import PromQLSyntaxError, parse
from signalproof.promql.query import Query

ROUNDS = 9
COUNT = 10_000


def _expressions(shared: Path) -> list[str]:
    """Return 10,000 expressions that parse; the corpus has fewer, so its first ones come twice."""
    with (shared / "corpus" / "expressions.jsonl").open(encoding="utf-8") as lines:
        written = [json.loads(line)["expr"] for line in lines]
    taken: list[str] = []
    for text in (*written, *written):
        try:
            parse(text)
        except PromQLSyntaxError:
            continue
        taken.append(text)
    return taken[:COUNT]


class Spent(NamedTuple):
    """CPU seconds of each round.

    Attributes:
        understood: Of 10,000 expressions parsed and inferred.
        linted: Of 10,000 expressions parsed, inferred and linted.
        call: Of one hand-written instrumented call.
    """

    understood: list[float]
    linted: list[float]
    call: list[float]

    def calls(self, work: list[float]) -> float:
        """Return how many hand-written instrumented calls one expression takes, the median over the rounds."""
        return median(one / COUNT / call for one, call in zip(work, self.call, strict=True))


@pytest.fixture(scope="module")
def spent(shared: Path) -> Spent:
    """What each round took, nothing kept before it."""
    texts = _expressions(shared)
    queries = [Query(text, Location("corpus", number)) for number, text in enumerate(texts, 1)]

    def understood() -> None:
        fresh = forgetful()
        for text in texts:
            infer(parse(text), fresh)

    def linted() -> None:
        lint(queries, forgetful())

    linted()
    rounds = [(seconds(understood), seconds(linted), call_seconds()) for _ in range(ROUNDS)]
    return Spent(*([one[at] for one in rounds] for at in range(3)))


@pytest.mark.bench
def test_linting_costs_little_more_than_parsing_and_inferring(
    spent: Spent, report: Callable[..., None]
) -> None:
    ratio = median(b / a for a, b in zip(spent.understood, spent.linted, strict=True))
    report(
        f"{COUNT} expressions on one core, nothing kept before; median and best of {ROUNDS} rounds",
        *(
            f"{median(work):6.2f} s  {min(work):6.2f} s  {what}: {COUNT / median(work):,.0f} and"
            f" {COUNT / min(work):,.0f} expressions/s, {spent.calls(work):.0f} instrumented calls each"
            for what, work in (
                ("parse and infer", spent.understood),
                ("parse, infer and lint", spent.linted),
            )
        ),
        f"{ratio:6.2f}×   lint, of parse and infer",
        f"{median(spent.call) * 1e6:6.2f} µs  one hand-written instrumented call on this machine",
    )
    assert ratio < 2


@pytest.mark.bench
def test_20000_expressions_a_second_where_an_instrumented_call_takes_a_microsecond(spent: Spent) -> None:
    assert spent.calls(spent.understood) <= 1e6 / 20_000


@pytest.mark.bench
def test_10000_expressions_are_linted_in_600_milliseconds_where_an_instrumented_call_takes_a_microsecond(
    spent: Spent,
) -> None:
    assert spent.calls(spent.linted) <= 600_000 / COUNT


@pytest.mark.bench
def test_a_file_of_10000_rules_against_promtool(
    shared: Path, tmp_path: Path, report: Callable[..., None]
) -> None:
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("promtool is not installed")
    plain = [text for text in _expressions(shared) if "$" not in text and "[[" not in text]
    rules = [
        {"record": f"bench:rule:{number}", "expr": plain[number % len(plain)]} for number in range(COUNT)
    ]
    file = tmp_path / "rules.yml"
    file.write_text(json.dumps({"groups": [{"name": "bench", "rules": rules}]}, indent=1))

    def checked() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        ran = subprocess.run([tool, "check", "rules", str(file)], capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert b"10000 rules found" in ran.stdout + ran.stderr
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def linted() -> None:
        lint(read([file]).queries, forgetful())

    rounds = [(checked(), seconds(linted), seconds(lambda: read([file]))) for _ in range(ROUNDS)]
    theirs, ours, reading = (median(column) for column in zip(*rounds, strict=True))
    ratio = median(b / a for a, b, _ in rounds)
    report(
        f"a file of {COUNT} rules, {file.stat().st_size / 1e6:.1f} MB",
        f"{theirs:6.2f} s  promtool check rules (syntax only)",
        f"{ours:6.2f} s  signalproof: read, parse, infer, follow and lint, {ratio:.2f}×; {reading:.2f} s of it is YAML",
    )
    assert ratio < 5
