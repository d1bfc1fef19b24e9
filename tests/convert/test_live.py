"""A service that runs, and the exporter of a machine: the catalogues that are written of them fit, and pass the checkers."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.cli.main import main

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]


def loaded(file: Path) -> ModuleType:
    """Return the module in *file*."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def convert(*arguments: str) -> None:
    """Run ``signalproof convert``."""
    with pytest.raises(SystemExit) as ended:
        main(["convert", *arguments])
    assert not ended.value.code


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with ``page.py`` and ``source.py``: the catalogues of the shop, compared with its registry while it ran."""
    folder = tmp_path_factory.mktemp("service")
    done = subprocess.run(
        [sys.executable, "-m", "tests.convert.live", folder],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def node(node_exporter: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogue of node_exporter."""
    file = tmp_path_factory.mktemp("node") / "node.py"
    convert("metrics", node_exporter, "-o", str(file))
    return file


def test_the_catalogues_of_a_running_service_fit_its_registry(service: Path) -> None:
    assert {file.name for file in service.glob("*.py")} == {"page.py", "source.py"}


def test_a_catalogue_of_node_exporter_is_imported_and_has_its_metrics(node: Path) -> None:
    catalogue: Catalogue = loaded(node).CATALOGUE
    assert {
        "node_cpu_seconds_total",
        "node_memory_MemTotal_bytes",
        "node_uname_info",
    } <= catalogue.metrics.keys()


def test_a_catalogue_of_node_exporter_leaves_out_what_every_go_program_has(node: Path) -> None:
    catalogue: Catalogue = loaded(node).CATALOGUE
    assert not [name for name in catalogue.metrics if name.startswith(("go_", "process_"))]


def test_what_is_written_passes_the_strict_type_checker(service: Path, node: Path) -> None:
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        service / "page.py",
        service / "source.py",
        node,
    ]
    done = subprocess.run(
        command,
        env={**os.environ, "MYPYPATH": str(CHECKOUT / "src")},
        cwd=service,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "check",
    [["check", "--extend-ignore", "INP001"], ["format", "--check"], ["format", "--check", "--isolated"]],
)
def test_what_is_written_passes_ruff(service: Path, node: Path, check: list[str]) -> None:
    settings = [] if "--isolated" in check else ["--config", str(CHECKOUT / "pyproject.toml")]
    command: list[str | Path] = [sys.executable, "-m", "ruff", *check, *settings, service, node]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
