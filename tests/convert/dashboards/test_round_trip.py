"""Real dashboards become definitions that are rendered to the same dashboards again."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from signalproof.cli.project import load_project
from signalproof.cli.round_trip import lost, rendered
from signalproof.convert.calls import Known
from signalproof.convert.dashboards.package import Package, package_of
from signalproof.convert.dashboards.reading import dashboards_in

ROOT = Path(__file__).parents[3]
FOREIGN = sorted((ROOT.parent / "shared/corpus/kube-prometheus/dashboards").glob("*.json"))
OWN = sorted((ROOT / "provisioning/grafana/dashboards").glob("**/*.json"))

foreign = pytest.mark.skipif(
    not FOREIGN, reason="the dashboards of kube-prometheus are not beside the checkout"
)


@pytest.fixture(scope="module")
def known() -> Known:
    """What the builder can make of the Hive's queries."""
    return Known(load_project(ROOT / "pyproject.toml").catalogue, "hive")


def read(file: Path) -> dict[str, Any]:
    (spec,) = dashboards_in(file)
    return spec


def files() -> list[Path]:
    return [*FOREIGN, *OWN]


@pytest.mark.parametrize("file", files(), ids=lambda file: file.stem)
def test_nothing_is_lost(file: Path, known: Known) -> None:
    spec = read(file)
    assert lost(package_of(spec, file.stem, known=known), spec) == []


@pytest.mark.parametrize("file", files(), ids=lambda file: file.stem)
def test_what_was_rendered_becomes_the_same_definitions(file: Path, known: Known) -> None:
    package = package_of(read(file), file.stem, known=known)
    assert package_of(rendered(package), file.stem, known=known).files == package.files


@foreign
def test_nine_of_ten_panels_are_typed() -> None:
    kinds: Counter[tuple[str, str]] = Counter()
    for file in FOREIGN:
        kinds += package_of(read(file), file.stem).kinds
    raw = sum(count for (kind, _), count in kinds.items() if kind == "raw")
    sys.stdout.write(f"\n{kinds.total() - raw} of {kinds.total()} panels of kube-prometheus typed\n")
    assert raw <= 0.1 * kinds.total()


def test_six_of_ten_queries_about_known_metrics_are_calls_of_the_builder(known: Known) -> None:
    asked = written = 0
    for file in OWN:
        package = package_of(read(file), file.stem, known=known)
        rows = "".join(text for name, text in package.files.items() if name != "__init__.py")
        written += len(re.findall(r"\bpromql\(", rows))
        panels = [one for top in read(file)["panels"] for one in (top, *top.get("panels", ()))]
        asked += sum(len(panel.get("targets", ())) for panel in panels)
    sys.stdout.write(f"\n{asked - written} of {asked} queries are calls of the builder\n")
    assert asked - written >= 0.6 * asked


@pytest.fixture(scope="module")
def written(known: Known, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages of all dashboards."""
    folder = tmp_path_factory.mktemp("converted")
    for file in files():
        package: Package = package_of(read(file), file.stem, known=known)
        (folder / package.name).mkdir()
        for name, text in package.files.items():
            (folder / package.name / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        [
            "ruff",
            "check",
            "--isolated",
            "--no-cache",
            "--select",
            "E,F,I,UP,B,SIM,RUF100",
            "--ignore",
            "E501",
        ],
        ["ruff", "format", "--isolated", "--no-cache", "--check"],
        ["mypy", "--strict", "--no-incremental", "--config-file", "/dev/null"],
    ],
    ids=lambda one: " ".join(one[:2]),
)
def test_the_python_passes(arguments: list[str], written: Path) -> None:
    command = [sys.executable, "-m", *arguments, "."]
    environment = {"MYPYPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=written, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_it_says_what_several_panels_have_in_common_once(known: Known) -> None:
    package = package_of(read(OWN[0]), OWN[0].stem, known=known)
    settings = package.files["_settings.py"]
    for name in re.findall(r"^([A-Z_0-9]+) = ", settings, re.MULTILINE):
        used = sum(
            len(re.findall(rf"\b{name}\b", text)) for key, text in package.files.items() if key[0] != "_"
        )
        assert used >= 3, name
