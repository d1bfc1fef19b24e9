"""Deployments over SSH that break off, take too long, or whose deployer goes or is killed: done or rolled back, never half."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.deployer.ssh_site import Site

from hive.storage import DeploymentStatus

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer, Host


@pytest.fixture
def web(deployer: Deployer, host: Host, site: tuple[Path, str]) -> Site:
    deployer.environment |= {"HIVE_SSH_KNOWN_HOSTS": str(host.known), "HIVE_SSH_KEY": str(host.key)}
    return Site(deployer, host, *site)


@contextmanager
def cut_after(port: int, cuts: list[int]) -> Iterator[int]:
    """Pass connections on to *port*; cut each as soon as it has sent as many bytes as the first of *cuts* says."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: list[int]) -> None:
        while data := await reader.read(16_384):
            writer.write(data)
            await writer.drain()
            limit[0] -= len(data)
            if limit[0] < 0:
                break

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, here = await asyncio.open_connection("127.0.0.1", port)
        limit = [cuts.pop(0) if cuts else 10**12]
        ways = [
            asyncio.create_task(pump(reader, here, limit)),
            asyncio.create_task(pump(there, writer, [10**12])),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for one in (writer, here):
            one.transport.abort()

    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(handle, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:

        async def end() -> None:
            server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def test_a_connection_cut_in_the_middle_of_the_upload_leaves_the_old_release(
    web: Site, tmp_path: Path
) -> None:
    web.deploy("1", web.good("one"))
    big: dict[str, str | bytes] = {"health": "ok", "index.html": "two", "big": bytes(4_000_000)}
    with cut_after(web.host.port, [10**12, 1_000_000]) as port:  # first the connection is tried
        known = web.host.known.read_text().replace(str(web.host.port), str(port))
        (tmp_path / "known").write_text(known)
        web.deployer.environment["HIVE_SSH_KNOWN_HOSTS"] = str(tmp_path / "known")
        done = web.deploy("2", web.spec(big, port=port))
    assert (done.status, done.error_type, web.served) == (
        DeploymentStatus.ROLLED_BACK,
        "UnreachableError",
        "one",
    )
    kinds = web.deployer.kinds(done.id)
    assert ("touching" in kinds, "uploaded" in kinds) == (True, False)
    assert (web.releases(), web.whole()) == (1, True)


def test_a_release_that_takes_too_long_is_rolled_back_and_ends_on_the_host(web: Site) -> None:
    web.deploy("1", web.good("one"))
    done = web.deploy("2", web.good("two", restart=web.hanging_in("two"), timeout_seconds=4.0))
    assert (done.status, done.error_type, web.served) == (DeploymentStatus.ROLLED_BACK, "TimeoutError", "one")
    assert (web.releases(), web.whole(), web.ended()) == (1, True, True)


def test_a_deployment_that_is_cut_off_leaves_nothing_running_and_is_done_by_the_next(
    web: Site, tmp_path: Path
) -> None:
    web.deploy("1", web.good("one"))
    one = web.deployer.submit("ssh", "2", web.good("two", restart=web.hanging_in("two")))
    web.deployer.cut_off_when(web.hangs, tmp_path / "log")
    assert web.deployer.queue.deployment(one.id).status is DeploymentStatus.PENDING
    assert web.ended()
    (web.folder.parent / "go").touch()
    web.deployer.work()
    assert (web.served, web.releases(), web.whole()) == ("two", 2, True)


def test_a_command_that_does_not_listen_is_ended_by_force(web: Site, tmp_path: Path) -> None:
    deaf = f'trap "" TERM; echo $$ > {web.folder.parent}/pid; while :; do sleep 0.1; done'
    web.deployer.submit("ssh", "1", web.good("one", restart=["sh", "-c", deaf]))
    web.deployer.cut_off_when(web.hangs, tmp_path / "log")
    assert web.ended()


POINTS = [
    ("touching", "before"),
    ("touching", "after"),
    ("uploaded", "before"),
    ("switching", "after"),
    ("switched", "before"),
    ("verifying", "after"),
    ("finished", "before"),
]


@pytest.mark.parametrize(("point", "side"), POINTS)
def test_a_deployment_whose_deployer_was_killed_is_done_by_the_next(web: Site, point: str, side: str) -> None:
    web.deploy("1", web.good("one"))
    one = web.deployer.submit("ssh", "2", web.good("two"))
    web.deployer.work_until_killed(point, side)
    web.deployer.work()
    done = web.deployer.queue.deployment(one.id)
    assert (done.status, done.attempt, web.served) == (DeploymentStatus.SUCCEEDED, 2, "two")
    assert (web.releases(), web.whole()) == (2, True)


@pytest.mark.parametrize(
    ("point", "side"),
    [("switched", "before"), ("rollback_cause", "after"), ("rolling_back", "after"), ("finished", "before")],
)
def test_a_broken_release_whose_deployer_was_killed_is_rolled_back_by_the_next(
    web: Site, point: str, side: str
) -> None:
    web.deploy("1", web.good("one"))
    one = web.deployer.submit("ssh", "2", web.spec({"index.html": "two"}))
    web.deployer.work_until_killed(point, side)
    web.deployer.work()
    done = web.deployer.queue.deployment(one.id)
    assert (done.status, done.error_type, web.served) == (
        DeploymentStatus.ROLLED_BACK,
        "UnhealthyError",
        "one",
    )
    assert (web.releases(), web.whole()) == (1, True)
