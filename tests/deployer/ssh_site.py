"""A site that is deployed to the tests' sshd."""

from __future__ import annotations

import os
import select
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import urlopen

from hive.storage import Deployment

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer, Host


class Site:
    """A site that is deployed over SSH."""

    def __init__(self, deployer: Deployer, host: Host, folder: Path, url: str) -> None:
        self.deployer, self.host, self.folder, self.url = deployer, host, folder, url

    def spec(self, files: dict[str, str | bytes], **more: Any) -> dict[str, Any]:
        return {
            "host": "127.0.0.1",
            "port": self.host.port,
            "user": self.host.user,
            "path": str(self.folder),
            "source": self.deployer.release(files),
            "health": {"kind": "http", "url": f"{self.url}/health", "attempts": 3, "interval_seconds": 0.01},
            **more,
        }

    def good(self, text: str, **more: Any) -> dict[str, Any]:
        return self.spec({"health": "ok", "index.html": text}, **more)

    def deploy(self, release: str, spec: dict[str, Any]) -> Deployment:
        return self.deployer.deploy("ssh", release, spec)

    @property
    def served(self) -> str | None:
        try:
            with urlopen(f"{self.url}/index.html", timeout=5) as answer:
                text: str = answer.read().decode()
                return text
        except URLError:
            return None

    def whole(self) -> bool:
        """Whether nothing half is left: no upload, no spare link, nothing but whole releases."""
        names = {path.name for path in self.folder.iterdir()} if self.folder.exists() else set()
        incoming = self.folder / "incoming"
        return names <= {"releases", "incoming", "current", ".hive-target"} and not (
            incoming.exists() and list(incoming.iterdir())
        )

    def hanging_in(self, text: str) -> list[str]:
        """Return a command that does not end while the release says *text*, unless there is a file called go."""
        here = self.folder.parent
        waits = f"echo $$ > {here}/pid; until [ -e {here}/go ]; do sleep 0.02; done"
        return ["sh", "-c", f"grep -q {text} {self.folder}/current/index.html && {{ {waits}; }}; true"]

    def hangs(self) -> bool:
        """Return whether such a command has begun."""
        found = self.folder.parent / "pid"
        return found.exists() and found.read_text().endswith("\n")

    def ended(self) -> bool:
        """Return whether the command that was hanging ends on the host within half a minute."""
        with suppress(ProcessLookupError):
            process = os.pidfd_open(int((self.folder.parent / "pid").read_text()))
            try:
                return bool(select.select([process], [], [], 30)[0])
            finally:
                os.close(process)
        return True

    def releases(self) -> int:
        return len(list((self.folder / "releases").iterdir()))
