"""Generated queries over generated samples, asked of a real Prometheus engine through promtool: every claim holds.

``SIGNALPROOF_SEEDS`` sets how many worlds are tried.
"""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from signalproof.infer.inference import infer
from signalproof.infer.value import Value
from signalproof.promql.parser import parse

if TYPE_CHECKING:
    from tests.soundness.generated.conftest import Generated

Answer: TypeAlias = list[tuple[dict[str, str], float]]
"""Labels and value of each series."""

MARK = "never_there"
_QUERIES = 250


def answers(promtool: str, folder: Path, world: Generated) -> dict[int, Answer]:
    """Return what each query gives at 9 minutes, by its number; one that fails gives nothing.

    Every query is expected to give a sample that no query gives, so that promtool prints what it really gave.
    """
    tests = [
        {"expr": query, "eval_time": "9m", "exp_samples": [{"labels": MARK, "value": number}]}
        for number, query in enumerate(world.queries)
    ]
    file = folder / "generated.yml"
    group = {"interval": "15s", "input_series": world.samples, "promql_expr_test": tests}
    file.write_text(
        json.dumps({"rule_files": [], "evaluation_interval": "1m", "tests": [group]}), encoding="utf-8"
    )
    done = subprocess.run([promtool, "test", "rules", str(file)], capture_output=True, text=True, check=False)
    found: dict[int, Answer] = {}
    for block in re.split(r"\n\s*expr: ", done.stdout + done.stderr)[1:]:
        match = re.search(rf'exp: \{{__name__="{MARK}"\}} (\S+)\n\s*got: (.*)', block)
        if match is None:
            continue
        series_got = re.findall(r'[\w:]*\{((?:[^{}"]|"(?:[^"\\]|\\.)*")*)\} ([^\s,]+)', match[2])
        found[int(float(match[1]))] = [
            (dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels)), float(value))
            for labels, value in series_got
        ]
    return found


def contradictions(value: Value, answer: Answer) -> list[str]:
    """Return every claim of *value* that the real *answer* contradicts."""
    found = []
    for labels, number in answer:
        for name, text in labels.items():
            domain = value.labels.known.get(name)
            if not value.labels.can_have(name):
                found.append(f"label {name} cannot exist")
            elif domain is not None and domain.values is not None and text not in domain.values:
                found.append(f"{name}={text!r} is impossible")
        found += [f"label {name} is missing" for name in value.labels.certain if name not in labels]
        rounding = 1e-9 * max(1.0, abs(number)) if math.isfinite(number) else 0.0
        if not math.isnan(number) and not value.low - rounding <= number <= value.high + rounding:
            found.append(f"{number} outside {value.low} … {value.high}")
    if not answer and not value.empty:
        found.append("empty although it is said never to be")
    if answer and value.void:
        found.append(f"there although {value.void}")
    most = max(Counter((one.get("job"), one.get("instance")) for one, _ in answer).values(), default=0)
    if value.cardinality is not None and most > value.cardinality:
        found.append(f"{most} series per target, at most {value.cardinality} expected")
    return found


@pytest.mark.parametrize("seed", range(int(os.environ.get("SIGNALPROOF_SEEDS", "4"))))
def test_every_claim_about_a_generated_query_holds(
    promtool: str, tmp_path: Path, generate: Callable[[int, int], Generated], seed: int
) -> None:
    world = generate(seed, _QUERIES)
    found = answers(promtool, tmp_path, world)
    wrong = [
        f"{world.queries[number]}: {'; '.join(reasons)}"
        for number, answer in found.items()
        if (reasons := contradictions(infer(parse(world.queries[number]), world.exposition).root, answer))
    ]
    assert len(found) > 0.8 * _QUERIES
    assert not wrong, "\n".join(wrong)
