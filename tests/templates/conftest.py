"""What the tests of templates share: real ones, and promtool."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from signalproof.errors import SignalproofError
from signalproof.rules.foreign import read_rules

REFUSED = re.compile(r'rule \d+, "a(\d+)": annotation "t": template: __alert_a\d+:\d+: (.*)')


def _annotations(folder: Path) -> Iterator[str]:
    for file in sorted((*folder.glob("kube-prometheus/rules/*.yaml"), *folder.glob("reports/*/*.yml"))):
        try:
            queries = list(read_rules(file))
        except SignalproofError:  # a Helm template, a file without rules
            continue
        for query in queries:
            yield from query.annotations.values()
            yield from query.labels.values()


@pytest.fixture(scope="session")
def written(shared: Path) -> list[str]:
    """Real annotations and labels of alerts."""
    return sorted({str(one) for one in _annotations(shared / "corpus")})


@pytest.fixture(scope="session")
def refused_by_promtool(
    promtool: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[list[str]], Mapping[int, str]]:
    """Asks promtool which templates it refuses as an annotation: index → its words."""
    file = tmp_path_factory.mktemp("promtool") / "rules.yml"

    def ask(texts: list[str]) -> Mapping[int, str]:
        rules = [
            {"alert": f"a{index}", "expr": "up", "annotations": {"t": text}}
            for index, text in enumerate(texts)
        ]
        file.write_text(json.dumps({"groups": [{"name": "all", "rules": rules}]}), encoding="utf-8")
        done = subprocess.run(
            [promtool, "check", "rules", "--lint=none", str(file)],
            capture_output=True,
            text=True,
            check=False,
        )
        found = {int(one[1]): one[2] for one in REFUSED.finditer(done.stderr)}
        assert found or done.returncode == 0, done.stderr[:2000]
        return found

    return ask
