"""The Hive, whole: its definitions, and an hour of its synthetic series in a real Prometheus that evaluates its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from signalproof.cli.project import Project, load_project
from signalproof.live.model import Model

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Backfilled, History


@pytest.fixture(scope="session")
def hive(checkout: Path) -> Project:
    """The definitions of the Hive."""
    return load_project(checkout / "pyproject.toml")


@pytest.fixture(scope="session")
def hive_history(
    checkout: Path,
    hive: Project,
    backfilled: Backfilled,
    tmp_path_factory: pytest.TempPathFactory,
) -> History:
    """A busy hour of the Hive, in which even rare things happen, in a Prometheus with the committed rule files, all evaluated.

    Only their intervals are left out, so that it evaluates them every second.
    """
    folder = tmp_path_factory.mktemp("rules")
    for file in (checkout / hive.config.out / "prometheus" / "rules").glob("*.yml"):
        groups = yaml.safe_load(file.read_text())["groups"]
        often = [{key: value for key, value in group.items() if key != "interval"} for group in groups]
        (folder / file.name).write_text(yaml.safe_dump({"groups": often}))
    config = f"global: {{evaluation_interval: 1s}}\nrule_files: ['{folder}/*.yml']\n"
    model = Model.of(hive.catalogue, busy=True, incident_every=0)
    history = backfilled(model, config=config, recorded=_rates(checkout, hive))
    history.prometheus.until_rules_are_evaluated()
    return history


@pytest.fixture(scope="session")
def hive_morning(checkout: Path, hive: Project, backfilled: Backfilled) -> History:
    """Four ordinary hours of the Hive, at its declared pace and with its incidents, and the rates that rules recorded."""
    return backfilled(Model.of(hive.catalogue), hours=4.0, recorded=_rates(checkout, hive))


def _rates(checkout: Path, hive: Project) -> list[Path]:
    """Return the rule files whose series the panels read."""
    return sorted((checkout / hive.config.out / "prometheus" / "rules").glob("*-rates.yml"))
