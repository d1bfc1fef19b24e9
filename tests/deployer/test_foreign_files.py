"""What a deployment names among the releases is a regular file there, and no file of the deployer's host."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.deployer.docker_site import Site, site
from tests.deployer.engine import Engine

from ai_deployer.commands import _read_json
from ai_deployer.errors import InvalidDeploymentError
from ai_deployer.specification import read_specification
from ai_deployer.strategies.docker import DockerSpecification, DockerStrategy
from ai_planner.requests import deployment_request
from signalproof.errors import SignalproofError

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer

SECRET = "root:$6$secret:1::"


@pytest.fixture
def strategy(deployer: Deployer) -> DockerStrategy:
    return DockerStrategy(deployer.settings)


@pytest.fixture
def source(deployer: Deployer, tmp_path: Path) -> Path:
    (tmp_path / "shadow").write_text(SECRET)
    return deployer.releases / deployer.release({"Dockerfile": "FROM scratch\n"})


@pytest.mark.parametrize("path", ["/etc/shadow", "../shadow", "a/../../shadow", ".."])
def test_a_dockerfile_elsewhere_is_refused_before_anything_is_opened(path: str) -> None:
    with pytest.raises(InvalidDeploymentError, match=r"spec\.dockerfile: .*give a path in the build context"):
        read_specification(DockerSpecification, {"image": "a", "name": "a", "dockerfile": path})


@pytest.mark.parametrize("name", ["Dockerfile", ".dockerignore"])
def test_a_link_out_of_the_build_context_is_refused_without_its_content(
    strategy: DockerStrategy, source: Path, name: str
) -> None:
    (source / name).unlink(missing_ok=True)
    (source / name).symlink_to("../../shadow")
    with pytest.raises(InvalidDeploymentError, match="leads out of") as caught:
        strategy._context(source.name, "Dockerfile")
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("name", ["Dockerfile", ".dockerignore"])
def test_a_device_behind_a_link_is_refused(strategy: DockerStrategy, source: Path, name: str) -> None:
    (source / name).unlink(missing_ok=True)
    (source / name).symlink_to("/dev/zero")
    with pytest.raises(InvalidDeploymentError, match="leads out of"):
        strategy._context(source.name, "Dockerfile")


@pytest.mark.parametrize("name", ["Dockerfile", ".dockerignore"])
def test_a_dockerfile_beyond_the_bound_is_refused(strategy: DockerStrategy, source: Path, name: str) -> None:
    with (source / name).open("wb") as file:
        file.truncate(1_000_001)
    with pytest.raises(InvalidDeploymentError, match="is larger than 1 MB"):
        strategy._context(source.name, "Dockerfile")


def test_a_link_within_the_build_context_is_followed(strategy: DockerStrategy, source: Path) -> None:
    (source / "docker").mkdir()
    (source / "Dockerfile").rename(source / "docker" / "web")
    (source / "Dockerfile").symlink_to("docker/web")
    assert strategy._context(source.name, "Dockerfile") == (source, "docker/web")


def test_a_pipe_among_the_releases_is_refused(strategy: DockerStrategy, source: Path) -> None:
    (source / "deep").mkdir()
    os.mkfifo(source / "deep" / "pipe")
    with pytest.raises(InvalidDeploymentError, match=r"'deep/pipe' in .* is neither file, folder nor link"):
        strategy.folder(source.name)


@pytest.mark.parametrize("reader", [_read_json, deployment_request])
def test_a_pipe_in_place_of_what_to_deploy_is_refused(tmp_path: Path, reader: object) -> None:
    os.mkfifo(tmp_path / "spec.json")
    assert callable(reader)
    with pytest.raises(SignalproofError, match="no regular file: a pipe"):
        reader(tmp_path / "spec.json")


@pytest.mark.parametrize("reader", [_read_json, deployment_request])
def test_what_to_deploy_nested_without_end_is_refused(tmp_path: Path, reader: object) -> None:
    (tmp_path / "spec.json").write_text("[" * 100_000)
    assert callable(reader)
    with pytest.raises(SignalproofError):
        reader(tmp_path / "spec.json")


@pytest.fixture
def web(deployer: Deployer, engine: Engine) -> Iterator[Site]:
    with site(deployer, engine) as one:
        yield one


@pytest.mark.parametrize("how", ["a path", "a link"])
def test_no_line_of_a_file_of_the_host_is_stored(web: Site, source: Path, how: str) -> None:
    (source / "Dockerfile").unlink()
    (source / "Dockerfile").symlink_to("../../shadow")
    more = {"dockerfile": str(source.parents[1] / "shadow")} if how == "a path" else {}
    done = web.deploy("built", build=source.name, **more)
    events = json.dumps([str(one) for one in web.deployer.queue.events(done.id)])
    assert done.error_type == "InvalidDeploymentError"
    assert SECRET not in f"{done.error}{events}"
