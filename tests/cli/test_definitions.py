"""Definition files are read as they were saved last."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from signalproof.cli.definitions import load_folder


def test_a_file_that_is_saved_twice_in_a_second_is_read_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "cache"))
    file = tmp_path / "dashboards" / "one.py"
    file.parent.mkdir()
    found = []
    for text in ("VALUE = 1\n", "VALUE = 2\n"):
        file.write_text(text)
        os.utime(file, (1_700_000_000, 1_700_000_000))
        found += [module.VALUE for module in load_folder(file.parent)]
    assert found == [1, 2]
