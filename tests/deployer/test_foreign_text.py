"""What targets and submitters say: kept by both databases, shown and not done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.deployer.ssh_site import Site
from tests.foreign_text import TEXTS, harm

from ai_deployer.show import print_deployment, print_queue
from hive.application.command_line import complain, one_line
from hive.storage import (
    Database,
    DeploymentQueue,
    DeploymentRequest,
    DeploymentStatus,
    open_database,
)
from signalproof.text import storable

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer, Host

_ANY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with open_database(database_url) as found:
        yield found


@pytest.fixture
def web(
    database: Database, deployer: Deployer, host: Host, site: tuple[Path, str], database_url: str
) -> Site:
    deployer.environment |= {
        "HIVE_SSH_KNOWN_HOSTS": str(host.known),
        "HIVE_SSH_KEY": str(host.key),
        "HIVE_DATABASE_URL": database_url,
    }
    deployer.queue = DeploymentQueue(database)
    return Site(deployer, host, *site)


def test_a_restart_that_prints_a_nul_and_fails_is_rolled_back_at_once(web: Site) -> None:
    web.deploy("1", web.good("one"))
    script = rf"grep -q one {web.folder}/current/index.html || {{ printf 'a\000b\033[2J\377'; exit 3; }}"
    done = web.deploy("2", web.good("two", restart=["sh", "-c", script]))
    assert (done.status, done.attempt, web.served) == (DeploymentStatus.ROLLED_BACK, 1, "one")
    assert r"ended with 3: a\x00b\x1b[2J" in str(done.error)


@_ANY
@given(text=TEXTS, error=TEXTS, as_json=st.booleans())
def test_whatever_happened_to_a_deployment_is_shown_and_not_done(
    text: str, error: str, as_json: bool, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    queue = DeploymentQueue(database)
    name = text[:100] if storable(text) and text[:100].strip() else "web"
    number = queue.submit(DeploymentRequest("ssh", name, name, {})).id
    (one,) = queue.claim("w", lease=60)
    queue.note(one, text, {error: [text]})
    queue.finish(one, DeploymentStatus.FAILED, {text: error}, error_type=text, error=error)
    print_deployment(queue, number, as_json=as_json)
    print_queue(queue, None, as_json=as_json)
    assert harm(capsys.readouterr().out) == []


@given(text=TEXTS)
def test_an_error_is_one_line_that_does_nothing(text: str) -> None:
    said = one_line(RuntimeError(text))
    assert (harm(said), "\n" in said, len(said) <= 500) == ([], False, True)


@_ANY
@given(text=TEXTS)
def test_a_mistake_is_three_lines_whatever_it_says(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    complain(text, f"at {text}", f"do {text}")
    said = capsys.readouterr().err
    assert (said.count("\n"), harm(said)) == (3, [])
