"""What the tests of the PromQL front end share: the corpora, and the oracles."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from signalproof.promql.ast import Binary, Node, String, Variable
from signalproof.promql.lexer import VARIABLE
from signalproof.promql.parser import PromQLSyntaxError, parse
from signalproof.promql.tree import parts

_EVALUATION = re.compile(
    r"\s*eval(?:_(?:fail|warn|info|ordered))?\s+"
    r"(?:instant\s+(?:at\s+\S+\s+)?|range\s+from\s+\S+\s+to\s+\S+\s+step\s+\S+\s+)(.+)"
)
_REFUSED = re.compile(r'rule (\d+), "r\d+": could not parse expression: (?:\d+:\d+: )?parse error: (.*)')


@pytest.fixture(scope="session")
def corpus(shared: Path) -> list[str]:
    """Real-world expressions as written, Grafana variables and all."""
    with (shared / "corpus" / "expressions.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line)["expr"] for line in lines]


@pytest.fixture(scope="session")
def evaluated(shared: Path) -> list[str]:
    """The queries that Prometheus' own engine tests evaluate."""
    files = sorted((shared / "corpus" / "promqltest").glob("*.test"))
    lines = (line for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return [match[1] for line in lines if (match := _EVALUATION.match(line))]


@pytest.fixture(scope="session")
def refused_by_promtool(
    promtool: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[list[str]], Mapping[int, str]]:
    """Asks promtool which expressions it refuses: index → its words."""

    def ask(expressions: list[str]) -> Mapping[int, str]:
        rules = [{"record": f"r{index}", "expr": text} for index, text in enumerate(expressions)]
        file = tmp_path_factory.mktemp("promtool") / "rules.yml"
        file.write_text(json.dumps({"groups": [{"name": "all", "rules": rules}]}), encoding="utf-8")
        done = subprocess.run(
            [promtool, "check", "rules", "--lint=none", str(file)],
            capture_output=True,
            text=True,
            errors="replace",  # it repeats bytes that are no text
            check=False,
        )
        return {int(one[1]) - 1: one[2] for one in _REFUSED.finditer(done.stdout + done.stderr)}

    return ask


@dataclass(frozen=True)
class Concrete:
    """Puts a value that fits its place for every Grafana variable of an expression, independently of `substitute`."""

    def __call__(self, text: str) -> str:
        try:
            places = dict(self._places(parse(text)))
        except PromQLSyntaxError:
            return re.sub(VARIABLE, lambda match: "5m" if "interval" in match[0] else "v", text)
        out, done = [], 0
        for (start, end), value in sorted(places.items()):
            out += [text[done:start], value]
            done = end
        return "".join([*out, text[done:]])

    def _places(self, tree: Node) -> Iterator[tuple[tuple[int, int], str]]:
        for part in parts(tree):
            for field, value in self._fields(part):
                if isinstance(value, Variable):
                    yield value.span, _FITTING.get(field, "v")
            if isinstance(part, Binary) and part.operator.startswith("$"):
                yield part.operator_span, ">"

    def _fields(self, part: Any) -> Iterator[tuple[str, object]]:
        for field in ("window", "step", "offset", "left", "right", "parameter", "label"):
            yield field, getattr(part, field, None)
        for field in ("operands", "args", "matchers", "labels", "include", "variables", "name_variables"):
            for value in getattr(part, field, ()):
                yield "bare" if isinstance(part, String) and part.bare else field, value


_FITTING = {
    "window": "5m",
    "step": "1m",
    "offset": "5m",
    "operands": "5m",
    "left": "5",
    "right": "5",
    "args": "5",
    "parameter": "5",
    "matchers": 'v="w"',
    "bare": '"v"',
}


@pytest.fixture(scope="session")
def concrete() -> Callable[[str], str]:
    """Makes plain PromQL of a Grafana query."""
    return Concrete()
