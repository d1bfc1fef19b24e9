"""The program in the guide is a program: it is written to files, imported and run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "instrumentation.md"
RUN = """
import asyncio
from types import SimpleNamespace

import bakery.oven
from bakery import CATALOGUE
from bakery.catalogue import BAKE, DAY, Bread
from signalproof.catalogue.operation import Status
from signalproof.testing import assert_registry_matches, record

class Stop(Exception):
    pass

class Oven(bakery.oven.Oven):
    def fetch(self):
        raise Stop

with record(CATALOGUE) as recorded:
    asyncio.run(Oven().bake(SimpleNamespace(kind="rye")))
    try:
        asyncio.run(Oven().live())
    except Stop:
        pass
    assert recorded.value(BAKE.calls, Status.SUCCESS, Bread.RYE) == 1
    assert recorded.value(DAY.calls, Status.FAILURE) == 1
    assert_registry_matches(CATALOGUE)
"""


@pytest.fixture
def bakery(tmp_path: Path) -> Path:
    """The folder that the files of the guide were written to."""
    blocks = re.findall(r"```python\n# (bakery/\w+\.py)\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    for name, source in blocks:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
    return tmp_path


def test_the_guide_has_a_whole_program(bakery: Path) -> None:
    assert {one.name for one in (bakery / "bakery").glob("*.py")} == {
        "__init__.py", "__main__.py", "catalogue.py", "oven.py",
    }  # fmt: skip


def test_the_program_of_the_guide_records_what_it_does(bakery: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN], cwd=bakery, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_entry_point_of_the_guide_serves(bakery: Path) -> None:
    main = bakery / "bakery" / "__main__.py"
    main.write_text(
        main.read_text().replace("serve(9100)", "serve(0) as server").replace("...", "print(server.url)")
    )
    done = subprocess.run(
        [sys.executable, "-m", "bakery"], cwd=bakery, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.startswith("http://127.0.0.1:")) == (0, True), done.stderr


def test_a_mistake_at_an_import_shows_its_place_and_its_remedy(bakery: Path) -> None:
    oven = bakery / "bakery" / "oven.py"
    oven.write_text(oven.read_text().replace('track_adapter_request("mill")', 'track_adapter_request("mil")'))
    done = subprocess.run(
        [sys.executable, "-c", "import bakery.oven"], cwd=bakery, capture_output=True, text=True, check=False
    )
    assert done.stderr.splitlines()[-3:] == [
        "signalproof.errors.SignalproofError: the catalogue has no adapter 'mil'",
        "  --> bakery/oven.py:9",
        "  help: did you mean 'mill'?",
    ]
