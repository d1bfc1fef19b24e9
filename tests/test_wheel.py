"""The compiled wheel: ``make compiled`` takes minutes to build it, and seconds are enough to know that mypyc takes it."""

from __future__ import annotations

import runpy
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def hook(checkout: Path) -> dict[str, Any]:
    """What pyproject.toml says of the build hook."""
    text = checkout.joinpath("pyproject.toml").read_text(encoding="utf-8")
    found: dict[str, Any] = tomllib.loads(text)["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"][
        "custom"
    ]
    return found


def test_mypyc_takes_the_modules_that_the_wheel_compiles(
    hook: dict[str, Any], checkout: Path, tmp_path: Path
) -> None:
    prepare = runpy.run_path(str(checkout / "hatch_build.py"))["prepare"]  # no package has it
    script = prepare(checkout, tmp_path, hook["compiled"], hook["interpreted"])
    command = [sys.executable, str(script), "--name"]  # writes the C code, and compiles none of it
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["signalproof"]), done.stdout + done.stderr


def test_what_stays_interpreted_is_there_and_would_be_compiled_otherwise(
    hook: dict[str, Any], checkout: Path
) -> None:
    package = checkout / "src" / "signalproof"
    matched = {one.relative_to(package).as_posix() for glob in hook["compiled"] for one in package.glob(glob)}
    assert set(hook["interpreted"]) <= matched
