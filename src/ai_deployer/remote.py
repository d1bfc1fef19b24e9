"""SSH to a target: connecting with the host key verified, and releases in a folder there, all over SFTP.

A target's folder holds ``releases/NAME`` (whole releases), ``incoming/NAME`` (an upload in progress), ``current``, a
symbolic link to the release in service, and ``.hive-target``, which names the target. No name ever meets a shell.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import asyncssh

from ai_deployer.calls import to_its_end
from ai_deployer.config import DeployerSettings
from ai_deployer.errors import InvalidDeploymentError, RefusedError, RolloutError, UnreachableError
from ai_deployer.mark import Mark
from ai_deployer.output import CHUNK_BYTES, Output
from hive.storage import Deployment
from signalproof.text import shown

_CONNECT_SECONDS = 10.0
_KEEPALIVE_SECONDS = 5.0
_BOUND = (
    'exec 3<&0; (exec "$@") </dev/null 3<&- & child=$!; '
    '{ read -r _ <&3; trap "" TERM; kill -TERM "-$$" || kill -TERM "$child"; '
    'sleep 5; kill -KILL "-$$" || kill -KILL "$child"; } >/dev/null 2>&1 & guard=$!; '
    'wait "$child"; status=$?; kill "$guard" 2>/dev/null; exit "$status"'
)
"""Runs its arguments as a program, and ends it, with all that belongs to it, as soon as nobody is connected any more.

Without it a restart that hangs would go on beside the one of the rollback: sshd leaves alone what has no terminal, and
takes no signals for root. The input of this script ends with the connection; the program has none.
"""
_NAME = re.compile(r"(\d+)-[A-Za-z0-9%._~-]{0,80}-[0-9a-f]{8}")


def release_name(deployment: Deployment) -> str:
    """Return the name of the folder for what *deployment* uploads: safe in any file system, the same in each attempt."""
    whose = hashlib.sha256(f"{deployment.correlation_id} {deployment.created_at!r}".encode()).hexdigest()[:8]
    return f"{deployment.id:06d}-{quote(deployment.request.release, safe='')[:80]}-{whose}"


def is_release_name(name: str) -> bool:
    """Return whether *name* is one that `release_name` gives."""
    return _NAME.fullmatch(name) is not None


def _number(name: str) -> int:
    return int(name.partition("-")[0])


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Raise what goes wrong on the way to *where* as an error of the catalogue."""
    try:
        yield
    except asyncssh.HostKeyNotVerifiable as error:
        raise RefusedError(
            f"the host key of {where} is not among the known ones, or another: {error.reason}"
        ) from error
    except asyncssh.PermissionDenied as error:
        raise RefusedError(f"{where} does not accept our key: {error.reason}") from error
    except asyncssh.SFTPPermissionDenied as error:
        raise RefusedError(f"{where} does not let us write there: {error.reason}") from error
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise RefusedError(f"the private key cannot be used: {error}") from error
    except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection, asyncssh.DisconnectError) as error:
        raise UnreachableError(f"the connection to {where} broke: {error.reason}") from error
    except asyncssh.ChannelOpenError as error:
        raise UnreachableError(f"{where} opened no channel: {error.reason}") from error
    except asyncssh.SFTPError as error:
        raise RolloutError(f"{where}: {error.reason}") from error
    except (TimeoutError, PermissionError, UnreachableError):
        raise
    except OSError as error:
        raise UnreachableError(f"cannot reach {where}: {error.strerror or error}") from error


class Remote:
    """An open connection to a target, and the releases in its folder.

    Attributes:
        mark: Which target the folder belongs to.
    """

    def __init__(
        self, connection: asyncssh.SSHClientConnection, files: asyncssh.SFTPClient, path: PurePosixPath
    ) -> None:
        self._connection = connection
        self._files = files
        self.mark = Mark(files, path)
        self._releases = path / "releases"
        self._incoming = path / "incoming"
        self._current = path / "current"

    async def is_taken(self) -> bool:
        """Return whether something is where a release would go."""
        return (
            await self._files.lexists(self._current)
            or bool(await self._entries(self._releases))
            or bool(await self._entries(self._incoming))
        )

    async def disown(self) -> None:
        """Remove the mark, if no release is left."""
        if not any(is_release_name(name) for name in await self._entries(self._releases)):
            await self.mark.remove()

    async def prepare(self) -> None:
        """Make the folders that a target has."""
        await self._files.makedirs(self._releases, exist_ok=True)
        await self._files.makedirs(self._incoming, exist_ok=True)

    async def has(self, name: str) -> bool:
        """Return whether a whole release of that *name* is there."""
        return bool(await self._files.isdir(self._releases / name))

    async def upload(self, folder: Path, name: str, attempt: int) -> None:
        """Upload a *folder* as a release: it has its *name* only once it is whole."""
        part = self._incoming / f"{name}.{attempt}"
        await self._clear(part)
        await self._files.put(str(folder), part, preserve=True, recurse=True)
        await to_its_end(self._files.rename(part, self._releases / name))

    async def current(self) -> str | None:
        """Return where the link to the release in service points, if there is one.

        Raises:
            RolloutError: There is something else in its place.
        """
        if not await self._files.lexists(self._current):
            return None
        if not await self._files.islink(self._current):
            raise RolloutError(f"{self._current} is no symbolic link: it is in the way of ours")
        return str(await self._files.readlink(self._current))

    async def switch(self, link: str, name: str) -> None:
        """Put *link* into service at once and as a whole; *name* is of the release that makes the switch."""
        fresh = self._current.with_name(f".current-{name}")
        if await self._files.lexists(fresh):
            await self._files.remove(fresh)
        await self._files.symlink(link, fresh)
        await to_its_end(self._files.posix_rename(fresh, self._current))

    async def switch_off(self) -> None:
        """Put nothing into service."""
        if await self._files.lexists(self._current):
            await self._files.remove(self._current)

    async def remove(self, name: str) -> None:
        """Remove the release of that *name*, whole or not."""
        fresh = self._current.with_name(f".current-{name}")
        if await self._files.lexists(fresh):
            await self._files.remove(fresh)
        await self.mark.clear(name)
        for entry in await self._entries(self._incoming):
            if entry.startswith(f"{name}."):
                await self._clear(self._incoming / entry)
        await self._clear(self._releases / name)

    async def prune(self, keep: int) -> list[str]:
        """Remove all but the release in service and the newest others, *keep* in all; return the names removed."""
        serving = PurePosixPath(await self.current() or "").name
        names = [name for name in await self._entries(self._releases) if is_release_name(name)]
        others = sorted((name for name in names if name != serving), key=_number, reverse=True)
        for name in others[keep - 1 :]:
            await self._clear(self._releases / name)
        for entry in await self._entries(self._incoming):
            await self._clear(self._incoming / entry)
        return others[keep - 1 :]

    async def run(self, command: Sequence[str]) -> tuple[int, str]:
        """Run a *command* and return its exit status, as a shell gives it, and the end of what it printed.

        SSH knows only a line that the user's shell reads, so each argument is quoted for it. What is cut off ends there
        too, by force after 5 s.

        Raises:
            OutputError: It printed too much, and was ended.
        """
        line = f"exec {shlex.join(['sh', '-c', _BOUND, 'sh', *command])}"
        output = Output(command[0])
        async with self._connection.create_process(line, stderr=asyncssh.STDOUT, encoding=None) as process:
            while chunk := await process.stdout.read(CHUNK_BYTES):
                output.take(bytes(chunk))
            done = await process.wait()
        status = 255 if done.exit_status is None or done.exit_status < 0 else done.exit_status
        return status, shown(output.end)

    async def _entries(self, folder: PurePosixPath) -> list[str]:
        if not await self._files.isdir(folder):
            return []
        return [str(name) for name in await self._files.listdir(folder) if name not in {".", ".."}]

    async def _clear(self, path: PurePosixPath) -> None:
        if await self._files.islink(path) or await self._files.isfile(path):
            await self._files.remove(path)
        elif await self._files.exists(path):
            await self._files.rmtree(path)


@asynccontextmanager
async def connect(
    settings: DeployerSettings, host: str, port: int, user: str, path: PurePosixPath
) -> AsyncIterator[Remote]:
    """Open a connection to a target whose host key is known, with our key and no other.

    Neither the user's SSH configuration nor an agent is asked: what connects is what the settings say.

    Raises:
        RefusedError: The host key is unknown or another, or our key is not accepted.
        UnreachableError: Nobody answers, or no longer.
    """
    where = f"{user}@{host}:{port}"
    for what, file in (("known hosts", settings.ssh_known_hosts), ("private key", settings.ssh_key)):
        if not file.is_file():
            raise InvalidDeploymentError(f"there is no file with the {what}: {file}")
    passphrase = settings.ssh_passphrase
    with translated(where):
        async with (
            asyncssh.connect(
                host,
                port,
                username=user,
                known_hosts=str(settings.ssh_known_hosts),
                client_keys=[str(settings.ssh_key)],
                passphrase=None if passphrase is None else passphrase.get_secret_value(),
                preferred_auth="publickey",
                agent_path=None,
                config=None,
                connect_timeout=_CONNECT_SECONDS,
                login_timeout=_CONNECT_SECONDS,
                keepalive_interval=_KEEPALIVE_SECONDS,
                keepalive_count_max=3,
            ) as connection,
            connection.start_sftp_client() as files,
        ):
            yield Remote(connection, files, path)
