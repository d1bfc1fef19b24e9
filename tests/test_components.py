"""The scripts that bring the servers and programs the tests talk to, on machines made of stand-ins."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

_TOOLS = ("awk", "cat", "chmod", "dirname", "grep", "mkdir", "mktemp", "rm", "sort", "tail", "tr")
_PAIRS = re.findall(
    r"^([\w-]+):([\w.-]+)$", (Path(__file__).parent / "components.sh").read_text(), re.MULTILINE
)
_WANTED = tuple(command for command, _ in _PAIRS)
_PACKAGES = " ".join(sorted({package for _, package in _PAIRS}))


class Machine:
    """A folder of programs that is the whole PATH of the script."""

    def __init__(self, folder: Path, checkout: Path) -> None:
        self.folder, self.scripts = folder, checkout / "tests"
        self.log = folder / "apt.log"
        for tool in _TOOLS:
            found = shutil.which(tool)
            assert found is not None
            (folder / tool).symlink_to(found)

    def has(self, name: str, body: str = "") -> None:
        """Give the machine a program that does *body*."""
        (self.folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (self.folder / name).chmod(0o755)

    def run(self, script: str = "components.sh") -> subprocess.CompletedProcess[str]:
        """Run a script there, with a home of its own."""
        here = str(self.folder)
        return subprocess.run(
            ["/bin/sh", self.scripts / script],
            env={"PATH": here, "TMPDIR": here, "SERVER_PATH": "", "HOME": here, "XDG_CACHE_HOME": ""},
            capture_output=True,
            text=True,
            check=False,
        )

    def asked(self) -> list[str]:
        """Return what was asked of apt-get."""
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def machine(tmp_path: Path, checkout: Path) -> Machine:
    """A machine with nothing but the tools of a shell script."""
    return Machine(tmp_path, checkout)


def installs(machine: Machine, *, lists: bool = True) -> None:
    """Make root's apt-get write down what it is asked, and install what is wanted once it has its lists."""
    machine.has("id", "echo 0")
    if lists:
        (machine.folder / "lists").touch()
    create = "; ".join(
        f": >{machine.folder}/{name}; {machine.folder}/mark {machine.folder}/{name}" for name in _WANTED
    )
    machine.has("mark", f'{shutil.which("chmod")} 755 "$1"')
    machine.has(
        "apt-get",
        f'echo "$DEBIAN_FRONTEND $RUNLEVEL $*" >>{machine.log}\n'
        f'case "$1" in update) : >{machine.folder}/lists; exit 0;; esac\n'
        f"[ -e {machine.folder}/lists ] || {{ echo 'E: Unable to locate package'; exit 100; }}\n{create}",
    )


def test_nothing_is_said_or_asked_when_everything_is_there(machine: Machine) -> None:
    installs(machine)
    for name in _WANTED:
        machine.has(name)
    done = machine.run()
    assert (done.returncode, done.stdout, done.stderr, machine.asked()) == (0, "", "", [])


def test_root_on_debian_gets_what_is_missing(machine: Machine) -> None:
    installs(machine)
    machine.run()
    assert machine.asked() == [f"noninteractive 1 install -y -q --no-install-recommends {_PACKAGES}"]


def test_package_lists_are_fetched_only_when_they_are_needed(machine: Machine) -> None:
    installs(machine, lists=False)
    done = machine.run()
    assert (done.returncode, [line.split()[2] for line in machine.asked()]) == (
        0,
        ["install", "update", "install"],
    )


def test_a_second_run_has_nothing_to_do(machine: Machine) -> None:
    installs(machine)
    machine.run()
    before = machine.asked()
    done = machine.run()
    assert (done.stderr, machine.asked()) == ("", before)


def test_anybody_else_is_told_what_to_install(machine: Machine) -> None:
    installs(machine)
    machine.has("id", "echo 1000")
    done = machine.run()
    assert (done.returncode, f"not on this machine: {_PACKAGES}" in done.stderr, machine.asked()) == (
        0,
        True,
        [],
    )


def test_another_system_is_told_what_to_install(machine: Machine) -> None:
    machine.has("id", "echo 0")
    done = machine.run()
    assert (done.returncode, "help: install the Debian packages" in done.stderr) == (0, True)


def test_a_failed_installation_says_why_and_goes_on(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("apt-get", "echo 'E: Could not resolve the mirror'; exit 100")
    done = machine.run()
    assert (done.returncode, "Could not resolve" in done.stderr, f"apt-get install {_PACKAGES}" in done.stderr) == (
        0, True, True,
    )  # fmt: skip


def test_a_service_that_the_installation_started_is_stopped(machine: Machine) -> None:
    installs(machine)
    machine.has(
        "systemctl",
        f'echo "systemctl $*" >>{machine.log}\n[ "$1" != is-active ] || [ -e {machine.folder}/prometheus ]',
    )
    machine.run()
    assert [line for line in machine.asked() if "disable --now" in line and "prometheus" in line] == [
        f"systemctl disable --now --quiet {one}" for one in ("prometheus", "prometheus-node-exporter")
    ]


def test_a_service_that_ran_before_is_left_alone(machine: Machine) -> None:
    installs(machine)
    machine.has("systemctl", f'echo "systemctl $*" >>{machine.log}')
    machine.has("prometheus")
    machine.run()
    assert not any("disable" in line for line in machine.asked())


@pytest.mark.parametrize("program", ["docker-compose", "docker"])
def test_a_docker_compose_2_is_taken_as_it_is(machine: Machine, program: str) -> None:
    machine.has(program, "echo 'Docker Compose version v2.26.1'")
    machine.has("apt-get", f'echo "$*" >>{machine.log}')
    done = machine.run("compose.sh")
    assert (done.returncode, done.stderr, machine.asked()) == (0, "", [])


def test_docker_compose_1_is_not_enough(machine: Machine) -> None:
    machine.has("docker-compose", "echo 'docker-compose version 1.29.2'")
    machine.has("apt-get", "echo 'E: Could not resolve the mirror'; exit 100")
    done = machine.run("compose.sh")
    assert (done.returncode, "docker-compose 2" in done.stderr, "help: " in done.stderr) == (0, True, True)
