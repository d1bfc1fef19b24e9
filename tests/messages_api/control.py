"""The local Messages API as tests use it: a process of its own, told what to do over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CHECKOUT = Path(__file__).resolve().parents[2]
_DEADLINE = 20.0


@dataclass(frozen=True)
class LocalClaude:
    """A running local Messages API.

    Attributes:
        url: Its address, to be given as ``ANTHROPIC_BASE_URL``.
    """

    url: str

    def told(self, **what: Any) -> dict[str, Any]:
        """Tell the server *what* to do, and return what it has seen."""
        request = urllib.request.Request(f"{self.url}/control", json.dumps(what).encode())
        with urllib.request.urlopen(request, timeout=_DEADLINE) as answer:
            seen: dict[str, Any] = json.load(answer)
        return seen

    def next(self, *script: dict[str, Any]) -> None:
        """Tell what the next calls get, one entry each."""
        self.told(script=list(script))

    def forget(self) -> None:
        """Forget everything that was told and seen."""
        self.told(forget=True)

    @property
    def calls(self) -> list[dict[str, Any]]:
        """Every call since it last forgot."""
        calls: list[dict[str, Any]] = self.told()["calls"]
        return calls


@contextmanager
def local_claude(folder: Path) -> Iterator[LocalClaude]:
    """Start the server, and end it with the block."""
    port = folder / "port"
    port.unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.messages_api.server", "--port", "0", "--port-file", str(port)],
        cwd=_CHECKOUT,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for whoever asks it: what asks is ended first
    )
    try:
        end = time.monotonic() + _DEADLINE
        while not (port.is_file() and port.read_text()):
            assert process.poll() is None, "the local Messages API ended"
            assert time.monotonic() < end, "the local Messages API does not listen"
            time.sleep(0.01)
        yield LocalClaude(f"http://127.0.0.1:{port.read_text()}")
    finally:
        process.terminate()
        process.wait(timeout=10)
