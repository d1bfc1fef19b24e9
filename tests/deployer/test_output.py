"""Targets that say more than anybody wants to hear: they are ended, and little of what they said is held."""

from __future__ import annotations

import json
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.deployer.docker_site import Site as Container
from tests.deployer.docker_site import site as container
from tests.deployer.engine import Engine
from tests.deployer.ssh_site import Site

from ai_deployer.output import MIB, Output, OutputError, messages
from hive.storage import DeploymentStatus

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer, Host

ENDLESS = "said more than 16 MiB and was ended"
FAILED, ROLLED_BACK = DeploymentStatus.FAILED, DeploymentStatus.ROLLED_BACK


def held(output: Output, chunks: int) -> int:
    """Return the most bytes that were held while an *output* took that many chunks."""
    chunk = b"x" * 65_536
    tracemalloc.start()
    try:
        with suppress(OutputError):
            for _ in range(chunks):
                output.take(chunk)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_of_a_long_output_little_is_held() -> None:
    assert held(Output("it", 64 * MIB), 1000) < MIB


def test_the_end_of_an_output_says_where_it_was_cut() -> None:
    short, long = Output("it"), Output("it")
    short.take(b"no such\nunit")
    long.take(b"y\n" * 100_000 + b"no such unit")
    assert (short.end, long.end[:1], long.end[-12:], len(long.end)) == (
        "no such unit",
        "…",
        "no such unit",
        200,
    )


def test_an_output_that_is_cut_where_it_is_short_enough_to_be_shown_says_so_too() -> None:
    output = Output("it")
    output.take(b" " * 100_000 + b"no such unit")
    assert output.end == "…no such unit"


def test_a_line_without_an_end_is_not_waited_for() -> None:
    with pytest.raises(OutputError, match="more than 1 MiB in one line"):
        list(messages((b"x" * 65_536 for _ in range(100_000)), "the build"))


def test_messages_are_read_however_they_are_cut() -> None:
    said = b'{"a": 1}\r\n{"b": "\xc3\xa9"}'
    assert list(messages((said[place : place + 1] for place in range(len(said))), "it")) == [
        {"a": 1},
        {"b": "é"},
    ]


@pytest.fixture
def web(deployer: Deployer, host: Host, site: tuple[Path, str]) -> Site:
    deployer.environment |= {"HIVE_SSH_KNOWN_HOSTS": str(host.known), "HIVE_SSH_KEY": str(host.key)}
    return Site(deployer, host, *site)


def test_a_restart_that_prints_for_ever_is_ended_and_rolled_back(web: Site) -> None:
    web.deploy("1", web.good("one"))
    prints = f"echo $$ > {web.folder.parent}/pid; exec yes no such unit"
    restart = ["sh", "-c", f"grep -q one {web.folder}/current/index.html || {{ {prints}; }}"]
    done = web.deploy("2", web.good("two", restart=restart, timeout_seconds=60))
    assert (done.status, done.error_type, web.served) == (ROLLED_BACK, "OutputError", "one")
    assert f"sh {ENDLESS}: …" in str(done.error)
    assert web.ended()


def test_a_health_check_that_prints_for_ever_is_ended_and_rolled_back(web: Site) -> None:
    web.deploy("1", web.good("one"))
    check = {"kind": "command", "command": ["yes"], "timeout_seconds": 60}
    done = web.deploy("2", web.good("two", health=check))
    assert (done.status, done.error_type, web.served) == (ROLLED_BACK, "OutputError", "one")


@pytest.fixture
def box(deployer: Deployer, engine: Engine) -> Iterator[Container]:
    with container(deployer, engine) as one:
        yield one


def test_a_health_check_in_a_container_that_prints_for_ever_is_not_listened_to(box: Container) -> None:
    check = {"kind": "command", "command": ["/bin/busybox", "yes"], "timeout_seconds": 60}
    done = box.deploy("1", health=check)
    assert (done.status, done.error_type) == (ROLLED_BACK, "OutputError")
    assert f"/bin/busybox {ENDLESS}" in str(done.error)


def test_a_container_that_crashes_with_a_very_long_line_is_quoted_with_the_end_of_it(box: Container) -> None:
    says = "head -c 40000000 /dev/zero | tr '\\0' x; exit 7"
    done = box.deploy("unchecked", command=["sh", "-c", says], stable_seconds=60)
    assert (done.status, done.error_type) == (ROLLED_BACK, "RolloutError")
    assert "the container ended with 7: …xxx" in str(done.error)


def test_a_build_that_prints_for_ever_is_ended_on_the_engine_as_well(box: Container) -> None:
    dockerfile = (
        'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "sh", "-c", "exec /bin/busybox yes '
        + "no-such-unit-" * 70
        + '"]\n'
    )
    source = box.deployer.release({"Dockerfile": dockerfile, "busybox": box.engine.busybox})
    (box.deployer.releases / source / "busybox").chmod(0o755)
    before = {one["Id"] for one in box.engine.api.containers(all=True)}
    done = box.deploy("endless", build=source, timeout_seconds=300)
    assert (done.status, done.error_type) == (FAILED, "OutputError")
    assert "the build said more than 64 MiB and was ended" in str(done.error)
    end = time.monotonic() + 60
    while {one["Id"] for one in box.engine.api.containers()} - before and time.monotonic() < end:
        threading.Event().wait(0.1)
    assert {one["Id"] for one in box.engine.api.containers()} - before == set()


@contextmanager
def endless(answer: bytes) -> Iterator[int]:
    """Answer whoever connects to a port of the loopback with *answer*, and with its last byte for ever."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def talk(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                connection.recv(65_536)
                connection.sendall(answer)
                while not over.is_set():
                    connection.sendall(answer[-1:] * 65_536)

        def listen() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    threading.Thread(target=talk, args=[connection]).start()

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def kubeconfig(deployer: Deployer, folder: Path, port: int) -> None:
    """Let *deployer* take what listens on *port* for an API server."""
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "one", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": "one", "user": {"token": "x"}}],
        "contexts": [{"name": "one", "context": {"cluster": "one", "user": "one"}}],
        "current-context": "one",
    }
    (folder / "kubeconfig").write_text(json.dumps(content))
    deployer.environment["HIVE_KUBECONFIG"] = str(folder / "kubeconfig")


SPEC = {"manifest": {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {}}}


@pytest.mark.parametrize("status", [b"200 OK", b"500 Broken"])
def test_an_api_server_that_answers_for_ever_is_not_read_to_the_end(
    deployer: Deployer, tmp_path: Path, status: bytes
) -> None:
    with endless(b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\n\r\n ") as port:
        kubeconfig(deployer, tmp_path, port)
        done = deployer.deploy("kubernetes", "1", SPEC)
    assert (done.status, done.error_type) == (FAILED, "OutputError")
    assert f"the API server {ENDLESS}" in str(done.error)


@pytest.mark.parametrize("strategy", ["kubernetes", "docker"])
def test_a_server_that_sends_us_elsewhere_is_refused(
    deployer: Deployer, tmp_path: Path, strategy: str
) -> None:
    with endless(b"") as elsewhere:
        answer = (
            f"HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:{elsewhere}/\r\nContent-Length: 0\r\n\r\n"
        )
        with endless(answer.encode()) as port:
            kubeconfig(deployer, tmp_path, port)
            deployer.environment["HIVE_DOCKER_HOST"] = f"tcp://127.0.0.1:{port}"
            spec = SPEC if strategy == "kubernetes" else {"image": "127.0.0.1:1/web:1", "name": "web"}
            done = deployer.deploy(strategy, "1", spec)
    assert done.status is FAILED
    assert "elsewhere" in str(done.error) or "Exceeded 0 redirects" in str(done.error)
