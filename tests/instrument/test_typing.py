"""What a decorator or a query must refuse, both type checkers refuse, and nothing else: asked without the ignores."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import missing

FIXTURES = sorted((Path(__file__).parents[1] / "typing").glob("*.py"))
_IGNORE = re.compile(r"  # type: ignore\[[^\]]*\]  # \S.*$")


def _refused(fixture: Path) -> set[int]:
    """Return the lines of a *fixture* that must not be accepted."""
    return {number for number, line in enumerate(fixture.read_text().splitlines(), 1) if _IGNORE.search(line)}


@pytest.fixture(scope="module")
def stripped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the fixtures, nothing ignored in them."""
    folder = tmp_path_factory.mktemp("typing")
    for fixture in FIXTURES:
        lines = [_IGNORE.sub("", line) for line in fixture.read_text().splitlines()]
        (folder / fixture.name).write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture(scope="module")
def mypy_errors(stripped: Path, checkout: Path) -> dict[str, set[int]]:
    """Fixture → lines in which mypy finds an error."""
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--no-pretty"]
    done = subprocess.run(
        [*command, "--config-file=", "--cache-dir", str(stripped / "cache"), *_copies(stripped)],
        cwd=checkout,
        env={"MYPYPATH": str(checkout / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    found: dict[str, set[int]] = {fixture.name: set() for fixture in FIXTURES}
    for path, line in re.findall(r"^(.+?):(\d+): error:", done.stdout, re.MULTILINE):
        found[Path(path).name].add(int(line))
    return found


@pytest.fixture(scope="module")
def pyright_errors(stripped: Path, checkout: Path) -> dict[str, set[int]]:
    """Fixture → lines in which pyright finds an error."""
    program = shutil.which("pyright", path=str(Path(sys.executable).parent)) or missing("pyright")
    (stripped / "pyrightconfig.json").write_text(
        json.dumps({"include": ["."], "extraPaths": [str(checkout / "src")]})
    )
    done = subprocess.run(
        [program, "--outputjson", "--pythonpath", sys.executable, "--project", str(stripped)],
        capture_output=True,
        text=True,
        check=False,
    )
    if not done.stdout.startswith("{"):  # it fetches its Node.js when it is first run
        missing(f"what pyright needs ({done.stderr.strip()})")
    found: dict[str, set[int]] = {fixture.name: set() for fixture in FIXTURES}
    for one in json.loads(done.stdout)["generalDiagnostics"]:
        if one["severity"] == "error":
            found[Path(one["file"]).name].add(one["range"]["start"]["line"] + 1)
    return found


def _copies(stripped: Path) -> list[str]:
    return [str(stripped / fixture.name) for fixture in FIXTURES]


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda one: one.name)
def test_mypy_refuses_every_wrong_use_and_no_right_one(
    fixture: Path, mypy_errors: dict[str, set[int]]
) -> None:
    assert mypy_errors[fixture.name] == _refused(fixture)


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda one: one.name)
def test_pyright_refuses_every_wrong_use_and_no_right_one(
    fixture: Path, pyright_errors: dict[str, set[int]]
) -> None:
    assert pyright_errors[fixture.name] == _refused(fixture)


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda one: one.name)
def test_every_fixture_has_something_to_refuse(fixture: Path) -> None:
    assert len(_refused(fixture)) > 10
