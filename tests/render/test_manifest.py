"""The manifest: what was written, and what of it should be there no more."""

from __future__ import annotations

from pathlib import Path

from signalproof.render.manifest import NAME, manifest


def everything(_: str) -> bool:
    return True


def test_the_manifest_lists_what_was_written_in_order(tmp_path: Path) -> None:
    text, gone = manifest(tmp_path, {"b.yml": b"", "a.yml": b""}, everything)
    assert text.decode().splitlines()[1:] == ["a.yml", "b.yml"]
    assert gone == ()


def test_what_was_written_before_and_is_not_now_is_gone(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(manifest(tmp_path, {"old.yml": b"", "a.yml": b""}, everything)[0])
    assert manifest(tmp_path, {"a.yml": b""}, everything)[1] == ("old.yml",)


def test_what_is_not_rendered_now_stays_in_the_manifest(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(
        manifest(tmp_path, {"rules/a.yml": b"", "grafana/b.json": b""}, everything)[0]
    )
    text, gone = manifest(tmp_path, {}, lambda path: path.startswith("grafana/"))
    assert text.decode().splitlines()[1:] == ["rules/a.yml"]
    assert gone == ("grafana/b.json",)
