"""The guide shows what is written, word by word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from signalproof.cli.main import main

GUIDE = Path(__file__).resolve().parents[2] / "docs/guides/convert.md"


def block(name: str) -> str:
    """Return the code between the two comments of that name in the guide."""
    found = re.search(
        rf"<!-- {name} -->\n\n```\w+\n(.*?)```\n\n<!-- {name}: end -->", GUIDE.read_text(), re.DOTALL
    )
    assert found is not None, name
    return found[1]


def test_the_guide_shows_what_becomes_of_its_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("app.py").write_text(block("source"))
    with pytest.raises(SystemExit) as ended:
        main(["convert", "metrics", "--python", "app.py", "-o", "catalogue.py"])
    assert not ended.value.code
    assert Path("catalogue.py").read_text() == block("catalogue")
    assert capsys.readouterr().err == block("said")
