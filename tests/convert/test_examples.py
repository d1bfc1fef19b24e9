"""The converted dashboards in the documentation are what converting gives."""

from __future__ import annotations

from tests.convert.examples import FOLDER, examples, originals

from signalproof.cli.round_trip import lost
from signalproof.convert.dashboards.package import package_of


def test_the_committed_examples_are_fresh() -> None:
    committed = {str(file.relative_to(FOLDER)): file.read_text() for file in FOLDER.glob("*/*.py")}
    assert committed == examples(), "run: python -m tests.convert.examples"


def test_there_are_three_of_them() -> None:
    assert len({path.partition("/")[0] for path in examples()}) == 3


def test_one_in_which_everything_is_said_loses_nothing() -> None:
    spec = dict(originals())["said"]
    assert lost(package_of(spec, "said"), spec) == []
