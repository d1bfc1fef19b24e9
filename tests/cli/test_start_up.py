"""What starting costs: nothing heavy is imported before it is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("grafanalib", "jinja2", "prometheus_client", "yaml", "orjson")


def imported_by(program: str) -> set[str]:
    """Return the heavy packages that are loaded when *program* has run in a fresh interpreter."""
    code = f"import sys\n{program}\nprint('\\nloaded', *(one for one in {HEAVY!r} if one in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split()[1:])


def test_importing_the_library_imports_nothing_heavy() -> None:
    assert imported_by("import signalproof") == set()


def test_asking_for_help_imports_nothing_heavy() -> None:
    program = (
        "from signalproof.cli.main import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass"
    )
    assert imported_by(program) == set()


def test_declaring_a_catalogue_needs_no_prometheus_client() -> None:
    assert imported_by("import hive.catalogue") == set()


def test_linting_needs_neither_prometheus_client_nor_grafanalib() -> None:
    loaded = imported_by("import signalproof.lint.project, signalproof.lint.sources, signalproof.lint.report")
    assert loaded & {"prometheus_client", "grafanalib", "jinja2"} == set()


def test_the_version_is_that_of_the_package() -> None:
    program = Path(sys.executable).parent / "signalproof"
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == "signalproof 0.1.0\n"


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_is_given_by_both_flags(flag: str) -> None:
    program = Path(sys.executable).parent / "signalproof"
    done = subprocess.run([program, flag], capture_output=True, text=True, check=True)
    assert "Commands:" in done.stdout
