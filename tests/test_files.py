"""The gate for foreign files: regular, where they should be, and no larger than said."""

from __future__ import annotations

import errno
import io
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from signalproof.cli.references import exposed, source_of
from signalproof.config import Config, load_config
from signalproof.dashboard.foreign import read_dashboard
from signalproof.errors import SignalproofError
from signalproof.files import MAX_BYTES, read_bytes, writable_place
from signalproof.lint.baseline import read_baseline
from signalproof.lint.expressions import read_expressions
from signalproof.lint.sources import read
from signalproof.render.files import apply, compare
from signalproof.render.manifest import NAME, manifest
from signalproof.rules.foreign import read_rules
from signalproof.text_files import STDIN, read_text

READERS: dict[str, Callable[[Path], object]] = {
    "a dashboard": lambda file: list(read_dashboard(file)),
    "a rule file": lambda file: list(read_rules(file)),
    "expressions": lambda file: list(read_expressions(file)),
    "a named file": lambda file: read([file]),
    "a baseline": read_baseline,
    "a dump": lambda file: source_of(str(file), Config(file.parent)),
    "what was exposed": lambda file: exposed(str(file)),
}
DASHBOARD = '{"uid": "u", "panels": [{"title": "p", "targets": [{"expr": "up", "refId": "A"}]}]}'


def pipe(place: Path) -> None:
    os.mkfifo(place)


def bound_socket(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(place))


SPECIAL: dict[str, Callable[[Path], None]] = {
    "a pipe": pipe,
    "a socket": bound_socket,
    "a device": lambda place: place.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("kind", SPECIAL)
@pytest.mark.parametrize("reader", READERS)
def test_what_is_no_regular_file_is_refused_by_every_reader(tmp_path: Path, reader: str, kind: str) -> None:
    SPECIAL[kind](tmp_path / "a.json")
    with pytest.raises(SignalproofError, match=f"cannot read .*no regular file: {kind}"):
        READERS[reader](tmp_path / "a.json")


def test_a_configuration_that_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pyproject.toml")
    with pytest.raises(SignalproofError, match="no configuration file"):
        load_config(tmp_path / "pyproject.toml")


@pytest.mark.parametrize("reader", [one for one in READERS if one not in {"a dump", "what was exposed"}])
def test_a_file_beyond_the_bound_is_refused_by_every_reader(tmp_path: Path, reader: str) -> None:
    with (tmp_path / "a.json").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(SignalproofError, match=r"a\.json is larger than 20 MB") as caught:
        READERS[reader](tmp_path / "a.json")
    assert caught.value.help


def test_a_dump_may_be_larger_and_has_a_bound_too(tmp_path: Path) -> None:
    with (tmp_path / "a.prom").open("wb") as file:
        file.truncate(64_000_001)
    with pytest.raises(SignalproofError, match=r"a\.prom is larger than 64 MB"):
        exposed(str(tmp_path / "a.prom"))


def test_a_configuration_beyond_the_bound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("#" * 1_000_001)
    with pytest.raises(SignalproofError, match="is larger than 1 MB"):
        load_config(tmp_path / "pyproject.toml")


def test_standard_input_beyond_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"up\n" * 10)))
    with pytest.raises(SignalproofError, match="<stdin> is larger than 20 bytes"):
        read_text(STDIN, most=20)


def test_a_link_that_leads_out_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "a").symlink_to("../secret")
    with pytest.raises(SignalproofError, match=r"inside/a leads out of") as caught:
        read_bytes(tmp_path / "inside" / "a", below=[tmp_path / "inside"])
    assert caught.value.help


def test_a_link_that_stays_below_is_read(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("s")
    (tmp_path / "a").symlink_to("b")
    assert read_bytes(tmp_path / "a", below=[tmp_path]) == b"s"


def test_links_that_go_round_in_a_circle_are_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(SignalproofError, match="cannot follow"):
        read_bytes(tmp_path / "a", below=[tmp_path])


@pytest.mark.parametrize("kind", SPECIAL)
def test_what_is_no_regular_file_is_not_written(tmp_path: Path, kind: str) -> None:
    SPECIAL[kind](tmp_path / "a")
    with pytest.raises(SignalproofError, match=r"no regular file|leads out of"):
        writable_place(tmp_path / "a", [tmp_path])


def test_what_is_not_there_yet_may_be_written(tmp_path: Path) -> None:
    assert writable_place(tmp_path / "a", [tmp_path]) == tmp_path / "a"


@pytest.mark.parametrize("name", ["d.json", "d.yaml", "d", "d.rules"])
def test_a_link_of_a_folder_that_leads_out_is_passed_over(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("root: [x\npanels: []\n")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).symlink_to("../secret")
    found = read([tmp_path / "in"])
    assert [(file.name, what) for file, what in found.passed] == [
        (name, "a link that leads out of the folder")
    ]
    assert found.broken == ()


def test_a_link_that_stays_in_the_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "d.json").write_text(DASHBOARD)
    (tmp_path / "d.json").symlink_to("all/d.json")
    assert len(read([tmp_path]).dashboards) == 2


@pytest.mark.parametrize("kind", ["a pipe", "a socket"])
def test_what_is_no_regular_file_in_a_folder_is_passed_over_with_what_it_is(
    tmp_path: Path, kind: str
) -> None:
    SPECIAL[kind](tmp_path / "a.json")
    assert [what for _, what in read([tmp_path]).passed] == [f"no regular file: {kind}"]


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Makes a folder one that may not be listed, for root too."""
    listed = os.scandir

    def close(folder: Path) -> None:
        def scandir(path: str | Path = ".") -> object:
            if Path(path) == folder:
                raise PermissionError(errno.EACCES, "Permission denied", str(folder))
            return listed(path)

        monkeypatch.setattr(os, "scandir", scandir)

    return close


def test_a_folder_that_cannot_be_listed_is_a_mistake(tmp_path: Path, closed: Callable[[Path], None]) -> None:
    closed(tmp_path)
    (mistake,) = read([tmp_path]).broken
    assert str(mistake) == f"cannot read {tmp_path}: Permission denied"
    assert mistake.help


def test_a_folder_within_that_cannot_be_listed_is_a_mistake_and_the_rest_is_read(
    tmp_path: Path, closed: Callable[[Path], None]
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "d.json").write_text(DASHBOARD)
    closed(tmp_path / "a")
    found = read([tmp_path])
    assert ([str(one.where) for one in found.broken], len(found.queries)) == ([str(tmp_path / "a")], 1)


def test_a_dashboard_that_may_not_be_opened_is_a_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "d.json").write_text(DASHBOARD)

    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    (mistake,) = read([tmp_path]).broken
    assert str(mistake) == f"cannot read {tmp_path / 'd.json'}: Permission denied"


def test_a_folder_that_is_very_deep_is_read(tmp_path: Path) -> None:
    folders = [tmp_path]
    for _ in range(1200):
        folders.append(folders[-1] / "a")
        folders[-1].mkdir()
    file = folders[-1] / "d.json"
    file.write_text(DASHBOARD)
    found = read([tmp_path])
    file.unlink()  # as pytest removes folders by recursion
    for folder in reversed(folders[1:]):
        folder.rmdir()
    assert len(found.queries) == 1


@pytest.mark.parametrize("reference", ["a" * 300, "a/" * 3000, "a\0b"])
def test_a_catalogue_that_no_file_can_be_called_is_a_mistake(tmp_path: Path, reference: str) -> None:
    with pytest.raises(SignalproofError):
        source_of(reference, Config(tmp_path))


def test_a_manifest_that_is_no_text_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"\xff\xfe")
    with pytest.raises(SignalproofError, match="is no UTF-8 text"):
        manifest(tmp_path, {}, lambda _: True)


def test_a_manifest_that_leads_out_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / NAME).symlink_to("/etc/passwd")
    with pytest.raises(SignalproofError, match="leads out of"):
        manifest(tmp_path / "out", {}, lambda _: True)


@pytest.mark.parametrize("step", [apply, compare])
def test_a_pipe_in_place_of_a_generated_file_is_a_mistake(
    tmp_path: Path, step: Callable[..., object]
) -> None:
    os.mkfifo(tmp_path / "one.json")
    with pytest.raises(SignalproofError, match=r"cannot read one\.json: no regular file: a pipe"):
        step(tmp_path, {"one.json": b"1\n"})
