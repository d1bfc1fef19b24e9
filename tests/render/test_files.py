"""Writing generated files: all or none, and never outside the folder."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from signalproof.errors import SignalproofError
from signalproof.render.files import apply, compare


def everything_in(root: Path) -> dict[str, bytes]:
    return {
        file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()
    }


def test_new_files_are_written_with_their_folders(tmp_path: Path) -> None:
    changes = apply(tmp_path, {"a/b/one.json": b"1\n", "two.yml": b"2\n"})
    assert everything_in(tmp_path) == {"a/b/one.json": b"1\n", "two.yml": b"2\n"}
    assert [change.path for change in changes] == ["a/b/one.json", "two.yml"]


def test_a_file_that_is_right_is_not_touched(tmp_path: Path) -> None:
    apply(tmp_path, {"one.json": b"1\n"})
    before = (tmp_path / "one.json").stat()
    assert apply(tmp_path, {"one.json": b"1\n"}) == []
    assert (tmp_path / "one.json").stat() == before


def test_a_generated_file_is_readable_by_others_as_the_umask_allows(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        apply(tmp_path, {"one.json": b"1\n"})
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "one.json").stat().st_mode) == 0o644


def test_a_replaced_file_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_bytes(b"0\n")
    (tmp_path / "one.json").chmod(0o640)
    apply(tmp_path, {"one.json": b"1\n"})
    assert stat.S_IMODE((tmp_path / "one.json").stat().st_mode) == 0o640


def test_comparing_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_bytes(b"0\n")
    compare(tmp_path, {"one.json": b"1\n", "two.json": b"2\n"})
    assert everything_in(tmp_path) == {"one.json": b"0\n"}


def test_a_stale_file_is_shown_as_a_diff(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_bytes(b"same\nold\n")
    (change,) = compare(tmp_path, {"one.json": b"same\nnew\n"})
    assert change.diff == "--- a/one.json\n+++ b/one.json\n@@ -1,2 +1,2 @@\n same\n-old\n+new\n"


def test_a_missing_file_is_shown_as_a_diff_from_nothing(tmp_path: Path) -> None:
    (change,) = compare(tmp_path, {"one.json": b"new\n"})
    assert change.diff == "--- /dev/null\n+++ b/one.json\n@@ -0,0 +1 @@\n+new\n"


def test_a_missing_last_newline_shows_in_the_diff(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_bytes(b"same")
    (change,) = compare(tmp_path, {"one.json": b"same\n"})
    assert change.diff.endswith("-same\n\\ No newline at end of file\n+same\n")


def test_a_binary_file_on_disk_is_compared_without_a_text_diff(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_bytes(b"\xff\xfe")
    (change,) = compare(tmp_path, {"one.json": b"new\n"})
    assert change.diff == "Binary files a/one.json and b/one.json differ\n"


def test_line_ends_of_other_systems_are_a_change(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_bytes(b"1\r\n")
    assert [change.path for change in compare(tmp_path, {"one.json": b"1\n"})] == ["one.json"]


@pytest.mark.parametrize(
    "path", ["../out.json", "a/../../out.json", "/etc/out.json", "", "a//b", "./a", "a\\b"]
)
def test_a_path_that_is_not_plain_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(SignalproofError, match="is no path inside the output folder"):
        apply(tmp_path / "root", {path: b""})
    assert everything_in(tmp_path) == {}


def test_a_linked_folder_that_leads_out_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SignalproofError, match=r"out/one\.json leads out of"):
        apply(tmp_path / "root", {"out/one.json": b"1\n"})
    assert everything_in(tmp_path / "elsewhere") == {}


def test_a_linked_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_bytes(b"0\n")
    (tmp_path / "one.json").symlink_to(tmp_path / "real.json")
    with pytest.raises(SignalproofError, match="symbolic link"):
        apply(tmp_path, {"one.json": b"1\n"})
    assert (tmp_path / "real.json").read_bytes() == b"0\n"


def test_an_error_names_the_path_and_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_bytes(b"")
    with pytest.raises(SignalproofError) as caught:
        apply(tmp_path, {"in the way/one.json": b"1\n"})
    assert "in the way/one.json" in str(caught.value)
    assert str(tmp_path / "in the way") in str(caught.value.where)
    assert caught.value.help


def test_a_folder_in_place_of_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "one.json").mkdir()
    with pytest.raises(SignalproofError, match=r"cannot read one\.json"):
        apply(tmp_path, {"one.json": b"1\n"})


def test_nothing_is_written_when_one_file_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"old\n")
    (tmp_path / "z").write_bytes(b"in the way\n")
    before = everything_in(tmp_path)
    with pytest.raises(SignalproofError):
        apply(tmp_path, {"a.json": b"new\n", "new/b.json": b"2\n", "z/c.json": b"3\n"})
    assert everything_in(tmp_path) == before
    assert not (tmp_path / "new").exists()


def test_moved_files_are_put_back_when_a_later_move_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.json").write_bytes(b"old\n")
    (tmp_path / "c.json").write_bytes(b"old\n")
    before = everything_in(tmp_path)
    replace = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target.name == "c.json":
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(SignalproofError, match="No space left on device"):
        apply(tmp_path, {"a.json": b"new\n", "b.json": b"new\n", "c.json": b"new\n"})
    assert everything_in(tmp_path) == before


def test_what_is_gone_is_removed_and_nothing_else(tmp_path: Path) -> None:
    apply(tmp_path, {"out/old.json": b"1\n", "out/mine.json": b"1\n"})
    changes = apply(tmp_path, {"out/new.json": b"2\n"}, gone=("out/old.json",))
    assert everything_in(tmp_path) == {"out/new.json": b"2\n", "out/mine.json": b"1\n"}
    assert [(change.path, change.new) for change in changes] == [
        ("out/new.json", b"2\n"),
        ("out/old.json", None),
    ]


def test_what_is_gone_already_is_no_change(tmp_path: Path) -> None:
    assert apply(tmp_path, {}, gone=("out/old.json",)) == []


def test_a_left_over_file_makes_the_comparison_fail(tmp_path: Path) -> None:
    apply(tmp_path, {"out/old.json": b"1\n"})
    (change,) = compare(tmp_path, {}, gone=("out/old.json",))
    assert change.diff == "--- a/out/old.json\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n"


def test_a_list_of_files_names_what_was_and_what_will_be_while_they_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(tmp_path, {"old/a.json": b"old\n", "LIST": b"old/a.json\n"})
    before = everything_in(tmp_path)
    replace = Path.replace
    listed: list[bytes] = []

    def failing(self: Path, target: Path) -> Path:
        if target.name == "LIST" and len(listed) == 1:
            listed.append((tmp_path / "LIST").read_bytes())
            raise OSError(28, "No space left on device")
        if target.name == "LIST":
            listed.append(b"")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(SignalproofError, match="No space left on device"):
        apply(
            tmp_path,
            {"new/b.json": b"new\n", "LIST": b"new/b.json\n"},
            ["old/a.json"],
            {"LIST": b"new/b.json\nold/a.json\n"},
        )
    assert listed[1] == b"new/b.json\nold/a.json\n"
    assert everything_in(tmp_path) == before
    assert not (tmp_path / "new").exists()


def test_what_a_killed_run_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in (
        ".one.json.0123abcd.tmp",
        ".other.json.0123abcd.tmp",
        ".one.json.tmp",
        "one.json.0123abcd.tmp",
    ):
        (tmp_path / name).write_bytes(b"half")
    apply(tmp_path, {"one.json": b"1\n"})
    assert sorted(everything_in(tmp_path)) == [
        ".one.json.tmp",
        ".other.json.0123abcd.tmp",
        "one.json",
        "one.json.0123abcd.tmp",
    ]
