"""The examples of converted dashboards in the documentation: ``python -m tests.convert.examples`` writes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from tests.render.conftest import EXPOSITION
from tests.render.conftest import everything_there_is as make_everything
from tests.render.said import SAID

from signalproof.cli.project import load_project
from signalproof.convert.calls import Known
from signalproof.convert.dashboards.package import package_of
from signalproof.render.grafana import dashboard_json

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "examples"


def originals() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the dashboards that are converted: one of the project, one of every kind, one in which everything is said."""
    file = ROOT / "provisioning/grafana/dashboards/hive/one-deployment.json"
    yield file.stem, orjson.loads(file.read_bytes())
    for one in (make_everything(), SAID):
        yield one.uid, orjson.loads(dashboard_json(one, EXPOSITION))


def examples() -> dict[str, str]:
    """Return the files of all examples: path below the folder → source."""
    known = Known(load_project(ROOT / "pyproject.toml").catalogue, "hive")
    found: dict[str, str] = {}
    for stem, spec in originals():
        package = package_of(spec, stem, known=known)
        found |= {f"{package.name}/{name}": text for name, text in package.files.items()}
    return found


if __name__ == "__main__":
    for path, text in examples().items():
        (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / path).write_text(text, encoding="utf-8")
