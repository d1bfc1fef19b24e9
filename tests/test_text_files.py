"""A file that cannot be read is an error that names it, whichever command was given it."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from signalproof.cli.references import source_of
from signalproof.config import Config, load_config
from signalproof.dashboard.foreign import read_dashboard
from signalproof.errors import SignalproofError
from signalproof.lint.expressions import read_expressions
from signalproof.lint.sources import read
from signalproof.rules.foreign import read_rules
from signalproof.text_files import STDIN, read_text

READERS: dict[str, Callable[[Path], object]] = {
    "a dashboard": lambda file: list(read_dashboard(file)),
    "a rule file": lambda file: list(read_rules(file)),
    "expressions": lambda file: list(read_expressions(file)),
    "a named file": lambda file: read([file]),
    "a configuration": load_config,
    "a dump": lambda file: source_of(str(file), Config(file.parent)),
}


@pytest.mark.parametrize("reader", READERS)
def test_bytes_that_are_no_utf_8_are_an_error_that_names_the_file(tmp_path: Path, reader: str) -> None:
    file = tmp_path / "a.toml"
    file.write_bytes(b"\xff\xfe#")
    with pytest.raises(SignalproofError, match=r"a\.toml is no UTF-8 text"):
        READERS[reader](file)


def test_standard_input_that_is_no_utf_8_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"up\xff"), encoding="latin-1"))
    with pytest.raises(SignalproofError, match="<stdin> is no UTF-8 text"):
        list(read_expressions(STDIN))


def test_a_byte_order_mark_and_the_line_ends_of_windows_are_not_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfup\r\ndown\rx\n")
    assert read_text(tmp_path / "a") == "up\ndown\nx\n"


def test_a_file_that_is_not_there_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(SignalproofError, match=r"cannot read .*No such file") as raised:
        read_text(tmp_path / "a", "give another")
    assert raised.value.help == "give another"
