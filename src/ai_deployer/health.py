"""Trying whether a release does what it should: over HTTP, TCP, or by a command where the release is."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

from ai_deployer.errors import UnhealthyError
from ai_deployer.specification import CommandCheck, HealthCheck, HttpCheck, TcpCheck

Execute = Callable[[Sequence[str]], Awaitable[int]]
"""Runs a command where the release is, and returns its exit status."""
_READ_BYTES = 65_536


async def until_healthy(check: HealthCheck, execute: Execute, ca: Path | None) -> int:
    """Try until the release is healthy; return how many tries it took.

    Args:
        check: What to try, and how patiently.
        execute: Runs the command of a check by command.
        ca: Certificates that HTTPS trusts; the system's when None.

    Raises:
        UnhealthyError: It never was, with what the last try found.
    """
    end = time.monotonic() + check.deadline_seconds
    tries, found = 0, "no try was made"
    while tries < check.attempts and (left := end - time.monotonic()) > 0:
        tries += 1
        fault = await _try(check, execute, ca, min(check.timeout_seconds, left))
        if fault is None:
            return tries
        found = fault
        pause = min(check.interval_seconds, end - time.monotonic())
        if tries < check.attempts and pause > 0:
            await asyncio.sleep(pause)
    raise UnhealthyError(f"not healthy after {tries} tries: {found}")


async def _try(check: HealthCheck, execute: Execute, ca: Path | None, seconds: float) -> str | None:
    """Return what is wrong, or None."""
    try:
        async with asyncio.timeout(seconds):
            match check:
                case HttpCheck():
                    return await _try_http(check, ca, seconds)
                case TcpCheck():
                    _, writer = await asyncio.open_connection(check.host, check.port)
                    writer.close()
                    return None
                case CommandCheck():
                    status = await execute(check.command)
                    return f"{check.command[0]} ended with {status}" if status else None
    except TimeoutError:
        return f"no answer within {seconds:.3g} s"
    except ssl.SSLError as error:
        return f"no secure connection: {error.reason or error}"
    except (OSError, HTTPException) as error:
        return f"{type(error).__name__}: {error}"


async def _try_http(check: HttpCheck, ca: Path | None, seconds: float) -> str | None:
    parts = urlsplit(check.url)
    host = str(parts.hostname)
    connection = (
        HTTPConnection(host, parts.port, timeout=seconds)
        if parts.scheme == "http"
        else HTTPSConnection(
            host,
            parts.port,
            timeout=seconds,
            context=await asyncio.to_thread(
                ssl.create_default_context, cafile=None if ca is None else str(ca)
            ),
        )
    )
    try:
        status, body = await asyncio.to_thread(
            _get, connection, f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        )
    finally:
        _hang_up(connection)
    if status not in check.status:
        return f"{check.url} answers {status}"
    if check.contains not in body[:_READ_BYTES].decode(errors="replace"):
        where = f" in its first {_READ_BYTES // 1024} KiB" if len(body) > _READ_BYTES else ""
        return f"{check.url} answers {status} without {check.contains!r}{where}"
    return None


def _get(connection: HTTPConnection, path: str) -> tuple[int, bytes]:
    connection.request("GET", path, headers={"Connection": "close", "User-Agent": "hive-deployer"})
    response = connection.getresponse()
    return response.status, response.read(_READ_BYTES + 1)


def _hang_up(connection: HTTPConnection) -> None:
    """End an exchange that may still be going on in its thread."""
    open_socket = connection.sock
    if open_socket is not None:
        with suppress(OSError):
            open_socket.shutdown(socket.SHUT_RDWR)
    connection.close()
