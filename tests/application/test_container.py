"""The image definition: unprivileged, locked, without secrets, and built of files that are there."""

from __future__ import annotations

import importlib.util
import json
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
# lines joined, comments left out
STEPS = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE)).splitlines()


def steps(word: str) -> list[str]:
    return [line.removeprefix(f"{word} ").strip() for line in STEPS if line.startswith(f"{word} ")]


def copied() -> list[str]:
    """Return every path of the checkout that is copied into the image."""
    own = [step for step in steps("COPY") if not step.startswith("--from")]
    return [path for step in own for path in step.split()[:-1]]


def test_it_runs_as_nobody_special() -> None:
    (user,) = steps("USER")
    assert user == "10001:10001"
    assert DOCKERFILE.index("USER 10001") < DOCKERFILE.index("CMD")


@pytest.mark.parametrize("path", copied())
def test_what_is_copied_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("path", copied())
def test_what_is_copied_is_let_in(path: str) -> None:
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert any(fnmatch(path, pattern) for pattern in allowed)


def test_nothing_else_is_let_in() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert lines[0] == "*"
    assert sorted(line[1:] for line in lines if line.startswith("!")) == sorted(copied())


def test_no_secret_is_baked_in() -> None:
    named = [name for step in (*steps("ENV"), *steps("ARG")) for name in re.findall(r"(\w+)=", step)]
    assert [name for name in named if re.search(r"KEY|TOKEN|PASSWORD|SECRET|DATABASE_URL", name)] == []


def test_every_library_is_installed_from_a_lock_file() -> None:
    installs = [one for step in steps("RUN") for one in step.split("&&") if "pip install" in one]
    assert len(installs) == 2
    assert "--require-hashes" in installs[0]
    assert "--no-deps" in installs[1]
    assert "--no-index" in installs[1]


def test_every_base_image_names_its_version() -> None:
    bases = [step.split()[0] for step in steps("FROM")]
    assert all(re.fullmatch(r"python:3\.\d+\.\d+-slim-bookworm@sha256:[0-9a-f]{64}", base) for base in bases)


def test_it_starts_an_application_without_a_shell() -> None:
    (command,) = steps("CMD")
    python, option, module, verb = json.loads(command)
    assert (python, option, verb) == ("python", "-m", "run")
    assert importlib.util.find_spec(module) is not None


def test_it_drains_before_docker_loses_patience() -> None:
    found = re.search(r"HIVE_DRAIN_SECONDS=(\d+)", DOCKERFILE)
    assert found is not None
    assert int(found[1]) < 10, "docker stop waits for 10 s"
