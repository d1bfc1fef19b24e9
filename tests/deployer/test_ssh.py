"""Deployments over SSH to a real sshd."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh
import pytest
from tests.deployer.ssh_site import Site

from hive.storage import DeploymentStatus

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer, Host

AWKWARD = 'it\'s "1.0" $(touch harm) `touch harm`; touch harm\n../../&*?[x] é'
"""A name that does harm as soon as a shell reads it."""


@pytest.fixture
def web(deployer: Deployer, host: Host, site: tuple[Path, str]) -> Site:
    deployer.environment |= {"HIVE_SSH_KNOWN_HOSTS": str(host.known), "HIVE_SSH_KEY": str(host.key)}
    return Site(deployer, host, *site)


def test_a_first_release_is_served(web: Site) -> None:
    done = web.deploy("1", web.good("one"))
    assert (done.status, done.error, web.served) == (DeploymentStatus.SUCCEEDED, None, "one")


def test_a_second_release_takes_the_place_of_the_first(web: Site) -> None:
    web.deploy("1", web.good("one"))
    web.deploy("2", web.good("two"))
    assert (web.served, web.releases(), web.whole()) == ("two", 2, True)


def test_a_broken_release_is_rolled_back(web: Site) -> None:
    web.deploy("1", web.good("one"))
    done = web.deploy("2", web.spec({"index.html": "two"}))
    assert (done.status, done.error_type, web.served) == (
        DeploymentStatus.ROLLED_BACK,
        "UnhealthyError",
        "one",
    )
    assert (web.releases(), web.whole()) == (1, True)


def test_a_broken_first_release_leaves_nothing(web: Site) -> None:
    done = web.deploy("1", web.spec({"index.html": "one"}))
    assert (done.status, web.served, web.releases()) == (DeploymentStatus.ROLLED_BACK, None, 0)
    assert not (web.folder / "current").is_symlink()


def test_a_restart_that_fails_is_rolled_back_with_what_it_said(web: Site) -> None:
    web.deploy("1", web.good("one"))
    counter = web.folder.parent / "restarts"
    script = f"echo x >> {counter}; grep -q one {web.folder}/current/index.html || {{ echo no such unit; exit 3; }}"
    done = web.deploy("2", web.good("two", restart=["sh", "-c", script]))
    assert (done.status, done.error_type, web.served) == (DeploymentStatus.ROLLED_BACK, "RolloutError", "one")
    assert "ended with 3: no such unit" in str(done.error)
    assert counter.read_text().count("x") == 2


def test_what_served_before_the_first_deployment_is_put_back(web: Site) -> None:
    (web.folder / "by hand").mkdir(parents=True)
    (web.folder / "by hand" / "index.html").write_text("by hand")
    (web.folder / "current").symlink_to("by hand")
    done = web.deploy("1", web.spec({"index.html": "one"}, adopt=True))
    assert (done.status, web.served) == (DeploymentStatus.ROLLED_BACK, "by hand")


def test_only_so_many_releases_are_kept(web: Site) -> None:
    for number in range(4):
        web.deploy(f"{number}", web.good(f"{number}", keep=2))
    assert (web.served, web.releases()) == ("3", 2)


def test_an_earlier_release_is_put_back_from_what_was_kept(web: Site) -> None:
    first = web.deploy("1", web.good("one"))
    web.deploy("2", web.good("two"))
    shutil.rmtree(web.deployer.releases)
    web.deployer.releases.mkdir()
    done = web.deploy("1", {**first.request.spec, "kept": first.result})
    assert (done.status, web.served) == (DeploymentStatus.SUCCEEDED, "one")


def test_an_unknown_host_key_is_refused(web: Site, tmp_path: Path) -> None:
    (tmp_path / "nobody").write_text("")
    web.deployer.environment["HIVE_SSH_KNOWN_HOSTS"] = str(tmp_path / "nobody")
    done = web.deploy("1", web.good("one"))
    assert (done.status, done.error_type) == (DeploymentStatus.FAILED, "RefusedError")
    assert "host key of" in str(done.error)


def test_another_host_key_is_refused(web: Site, tmp_path: Path) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    (tmp_path / "other").write_text(f"[127.0.0.1]:{web.host.port} {other}\n")
    web.deployer.environment["HIVE_SSH_KNOWN_HOSTS"] = str(tmp_path / "other")
    done = web.deploy("1", web.good("one"))
    assert (done.status, done.error_type) == (DeploymentStatus.FAILED, "RefusedError")


def test_a_wrong_key_is_refused(web: Site, tmp_path: Path) -> None:
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(tmp_path / "wrong")
    web.deployer.environment["HIVE_SSH_KEY"] = str(tmp_path / "wrong")
    done = web.deploy("1", web.good("one"))
    assert (done.status, done.error_type) == (DeploymentStatus.FAILED, "RefusedError")
    assert "does not accept our key" in str(done.error)


def test_a_key_that_ssh_keygen_encrypted_is_read(
    web: Site, component: Callable[[str], str], tmp_path: Path
) -> None:
    shutil.copy(web.host.key, tmp_path / "key")
    (tmp_path / "key").chmod(0o600)
    encrypt = ["-p", "-P", "", "-N", "correct horse", "-f", str(tmp_path / "key")]
    subprocess.run([component("ssh-keygen"), *encrypt], check=True, capture_output=True)
    assert b"BEGIN OPENSSH PRIVATE KEY" in (tmp_path / "key").read_bytes()
    web.deployer.environment |= {
        "HIVE_SSH_KEY": str(tmp_path / "key"),
        "HIVE_SSH_PASSPHRASE": "correct horse",
    }
    done = web.deploy("1", web.good("one"))
    assert (done.status, done.error) == (DeploymentStatus.SUCCEEDED, None)


def test_a_wrong_passphrase_is_refused(web: Site, component: Callable[[str], str], tmp_path: Path) -> None:
    generate = ["-q", "-t", "ed25519", "-N", "correct horse", "-f", str(tmp_path / "key")]
    subprocess.run([component("ssh-keygen"), *generate], check=True, capture_output=True)
    web.deployer.environment |= {"HIVE_SSH_KEY": str(tmp_path / "key"), "HIVE_SSH_PASSPHRASE": "wrong"}
    done = web.deploy("1", web.good("one"))
    assert (done.status, done.error_type) == (DeploymentStatus.FAILED, "RefusedError")
    assert "private key cannot be used" in str(done.error)


def test_a_host_that_does_not_answer_is_tried_again_and_given_up(web: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        spec = web.good("one", port=taken.getsockname()[1])
        known = web.host.known.read_text().replace(str(web.host.port), str(spec["port"]))
        (web.folder.parent).mkdir(parents=True, exist_ok=True)
        (web.folder.parent / "known").write_text(known)
        web.deployer.environment["HIVE_SSH_KNOWN_HOSTS"] = str(web.folder.parent / "known")
        done = web.deploy("1", spec)
    assert (done.status, done.error_type, done.attempt) == (DeploymentStatus.FAILED, "UnreachableError", 3)


def test_awkward_names_do_no_harm(web: Site) -> None:
    awkward = AWKWARD.replace("/", "∕")
    spec = web.spec(
        {"health": "ok", "index.html": "one", awkward: "text", f"{awkward}2/{awkward}": "more"},
        restart=["touch", f"{web.folder.parent}/restarted {awkward}"],
        path=f"{web.folder.parent}/{awkward}",
        health=None,
    )
    done = web.deploy(AWKWARD, spec)
    assert (done.status, done.error) == (DeploymentStatus.SUCCEEDED, None)
    current = web.folder.parent / awkward / "current"
    assert (current / awkward).read_text() == "text"
    assert (current / f"{awkward}2" / awkward).read_text() == "more"
    assert (web.folder.parent / f"restarted {awkward}").exists()
    assert not [*web.folder.parent.rglob("harm"), *Path.home().glob("harm")]


def test_a_source_outside_of_the_releases_is_refused(web: Site) -> None:
    done = web.deploy("1", {**web.good("one"), "source": "../target"})
    assert (done.status, done.error_type) == (DeploymentStatus.FAILED, "InvalidDeploymentError")


def test_a_health_check_by_command_runs_on_the_host(web: Site) -> None:
    check = {"kind": "command", "command": ["test", "-f", f"{web.folder}/current/health"]}
    assert web.deploy("1", web.good("one", health=check)).status is DeploymentStatus.SUCCEEDED
