"""The command line as people meet it: each transcript is files, commands, and everything they print.

A transcript is read from top to bottom: ``## …`` is a remark, ``-- path --`` begins a file of the project it runs in,
``$ signalproof …`` a command whose output and ``[exit N]`` follow.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from signalproof.cli.main import main

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
PYPROJECT = """\
[tool.signalproof]
catalogue = "hive.catalogue"
"""


def play(text: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> str:
    """Return *text* with what its commands print now in place of what it says they do."""
    (folder / "pyproject.toml").write_text(PYPROJECT)
    played: list[str] = []
    for block in re.split(r"^(?=-- .* --$|\$ |## )", text, flags=re.MULTILINE):
        head, _, body = block.partition("\n")
        if found := re.fullmatch(r"-- (.*) --", head):
            file = folder / found[1]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(body)
            played.append(block)
        elif head.startswith("$ "):
            program, *arguments = shlex.split(head[2:])
            assert program == "signalproof"
            with pytest.raises(SystemExit) as ended:
                main(arguments)
            out, err = capfd.readouterr()
            printed = (out + err).replace(str(folder), "PROJECT").replace(str(folder.parent), "PARENT")
            played.append(f"{head}\n{printed}[exit {ended.value.code}]\n\n")
        else:
            played.append(block)
    return "".join(played).rstrip() + "\n"


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda file: file.stem)
def test_the_command_line_prints_what_its_transcript_says(
    transcript: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    expected = transcript.read_text()
    assert play(expected, tmp_path, capfd) == expected
