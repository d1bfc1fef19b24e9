"""The strategies are those of the folder, and their label knows all of them."""

from __future__ import annotations

import pytest

from ai_deployer.strategies import discover, names
from hive.catalogue.labels import Strategy
from signalproof.errors import SignalproofError


def test_the_label_has_the_strategies_of_the_folder() -> None:
    assert names() == sorted(one.value for one in Strategy)


@pytest.mark.parametrize("name", [one.value for one in Strategy])
def test_a_strategy_is_discovered_by_its_name(name: str) -> None:
    assert discover(name).name.value == name


def test_a_name_that_the_label_does_not_know_is_refused() -> None:
    with pytest.raises(SignalproofError, match="has no value 'ftp'"):
        discover("ftp")


def test_a_value_of_the_label_without_a_module_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ai_deployer.strategies.names", lambda: ["ssh"])
    with pytest.raises(SignalproofError, match="nothing deploys by 'docker'"):
        discover("docker")
