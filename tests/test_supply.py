"""What is taken from elsewhere is named by what it is, and not by a name that its owner can move."""

from __future__ import annotations

import re
import stat
import subprocess
from pathlib import Path

import pytest
import yaml

ACTION = re.compile(r"uses: (?!\./)([\w.-]+/[\w./-]+)@(\S+)(.*)")
IMAGE = re.compile(r"^\s*(?:image:|FROM) +\"?((?!hive:local|scratch)[\w./-]+)(\S*)", re.MULTILINE)


def _workflows(checkout: Path) -> list[Path]:
    return [checkout / "action.yml", *sorted((checkout / ".github" / "workflows").glob("*.yml"))]


def test_every_action_is_named_by_its_commit_with_the_version_beside_it(checkout: Path) -> None:
    found = [one.groups() for file in _workflows(checkout) for one in ACTION.finditer(file.read_text())]
    assert len(found) > 8
    for name, commit, comment in found:
        assert re.fullmatch(r"[0-9a-f]{40}", commit), name
        assert re.fullmatch(r"  # v\d+\.\d+\.\d+", comment), name


def test_an_action_is_the_same_commit_everywhere(checkout: Path) -> None:
    found: dict[str, set[str]] = {}
    for file in _workflows(checkout):
        for name, commit, _ in ACTION.findall(file.read_text()):
            found.setdefault(name, set()).add(commit)
    assert [name for name, commits in found.items() if len(commits) > 1] == []


@pytest.mark.parametrize("file", ["Dockerfile", "provisioning/compose.yaml"])
def test_every_image_is_named_by_its_digest_with_the_version_beside_it(checkout: Path, file: str) -> None:
    found = IMAGE.findall((checkout / file).read_text())
    assert found
    for name, rest in found:
        assert re.fullmatch(r":v?\d+\.\d+[\w.-]*@sha256:[0-9a-f]{64}", rest), name


def test_no_workflow_may_write(checkout: Path) -> None:
    for file in sorted((checkout / ".github" / "workflows").glob("*.yml")):
        assert yaml.safe_load(file.read_text())["permissions"] == {"contents": "read"}, file.name


def test_known_faults_are_looked_for_every_week(checkout: Path) -> None:
    text = (checkout / ".github" / "workflows" / "scheduled.yml").read_text()
    assert "cron:" in text
    assert "make audit" in text


def test_the_password_of_the_database_is_made_once_and_never_committed(
    checkout: Path, tmp_path: Path
) -> None:
    (tmp_path / "Makefile").write_text((checkout / "Makefile").read_text())
    file = tmp_path / "provisioning" / "secrets" / "postgres_password"
    made = []
    for _ in range(2):
        subprocess.run(
            ["make", "--no-print-directory", "secrets"], cwd=tmp_path, check=True, capture_output=True
        )
        made.append(file.read_text())
    assert re.fullmatch(r"[0-9a-f]{64}", made[0])
    assert made[0] == made[1]
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert "provisioning/secrets/" in (checkout / ".gitignore").read_text().splitlines()
