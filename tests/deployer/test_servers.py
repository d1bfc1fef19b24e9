"""What the tests start does not outlive them, even when they are killed."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from tests.conftest import CHECKOUT
from tests.deployer.servers import own_folder

KILLED = """
import signal, subprocess
from pathlib import Path
from tests.deployer.servers import bound, own_folder

with own_folder("killed") as folder:
    server = subprocess.Popen(bound(["sleep", "1000"]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while Path(f"/proc/{server.pid}/comm").read_text() != "sleep\\n":
        pass  # until then it is not asked yet to end with us
    print(server.pid, folder, flush=True)
    signal.pause()
"""


@pytest.fixture
def killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, component: Callable[[str], str]
) -> tuple[int, Path]:
    """The process id of a server and the folder of a test run that got a SIGKILL."""
    component("setpriv")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    run = subprocess.Popen(
        [sys.executable, "-c", KILLED],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    with run.stdout as said:
        server, folder = said.readline().split()
    run.send_signal(signal.SIGKILL)
    run.wait()
    return int(server), Path(folder)


def test_a_server_ends_with_the_run_that_started_it(killed: tuple[int, Path]) -> None:
    with suppress(ProcessLookupError):  # it is gone already
        ended = os.pidfd_open(killed[0])
        try:
            assert select.select([ended], [], [], 30)[0]
        finally:
            os.close(ended)


def test_a_folder_of_a_run_that_was_killed_is_removed_by_the_next(killed: tuple[int, Path]) -> None:
    assert killed[1].is_dir()
    with own_folder("killed") as own:
        assert (own.is_dir(), killed[1].exists()) == (True, False)
    assert not own.exists()


def test_a_folder_of_a_run_that_goes_on_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with own_folder("two") as first, own_folder("two"):
        assert first.is_dir()
