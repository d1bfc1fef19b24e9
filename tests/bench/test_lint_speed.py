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

import pytest
from tests.bench.timing import forgetful, seconds

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


@pytest.mark.bench
def test_linting_costs_little_more_than_parsing_and_inferring(
    shared: Path, report: Callable[..., None]
) -> None:
    texts = _expressions(shared)
    queries = [Query(text, Location("corpus", number)) for number, text in enumerate(texts, 1)]

    def understood() -> None:
        fresh = forgetful()
        for text in texts:
            infer(parse(text), fresh)

    def linted() -> None:
        lint(queries, forgetful())

    linted()
    rounds = [(seconds(understood), seconds(linted)) for _ in range(ROUNDS)]
    before, whole = ([pair[at] for pair in rounds] for at in (0, 1))
    ratio = median(b / a for a, b in rounds)
    report(
        f"{len(texts)} expressions on one core, nothing kept before; median and best of {ROUNDS} rounds",
        *(
            f"{median(spent):6.2f} s  {min(spent):6.2f} s  {what}: {len(texts) / median(spent):,.0f} and"
            f" {len(texts) / min(spent):,.0f} expressions/s"
            for what, spent in (("parse and infer", before), ("parse, infer and lint", whole))
        ),
        f"{ratio:6.2f}×   lint, of parse and infer",
    )
    assert ratio < 2


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
