"""The lint must find what we break: at least 95 of 100 mutants of real, sound queries.

``pytest tests/mutants -s`` prints what became of the mutants of each operator, and every survivor by its shape. Why some
survive stands in ``README.md`` beside this.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.mutants.kubernetes import kubernetes
from tests.mutants.run import OPERATORS, Outcome, World, run, table

from signalproof.cli.project import load_project

GATE = 0.95
FAULTS_OF_KUBE_PROMETHEUS = Counter({"R001": 18, "G002": 1, "U002": 13, "A001": 5, "RR001": 2, "T004": 1})
"""What the lint says of kube-prometheus with its catalogue; these queries are not made worse."""


def _shown(outcome: Outcome) -> Outcome:
    sys.stdout.write("\n".join(("", *table(outcome), "")))
    return outcome


@pytest.fixture(scope="module")
def hive(checkout: Path) -> Outcome:
    """What became of the mutants of the Hive."""
    project = load_project(checkout / "pyproject.toml")
    world = World("the Hive", tuple(project.queries()), project.exposition, project.config.scrape_interval)
    return _shown(run(world))


@pytest.fixture(scope="module")
def kube_prometheus(shared: Path) -> Outcome:
    """What became of the mutants of kube-prometheus."""
    return _shown(run(kubernetes(shared / "corpus" / "kube-prometheus")))


def test_95_of_100_mutants_of_the_hive_are_found(hive: Outcome) -> None:
    assert hive.share >= GATE


def test_the_queries_of_the_hive_are_sound(hive: Outcome) -> None:
    assert [f"{one.code} {one.message}" for one in hive.unsound] == []


def test_95_of_100_mutants_of_kube_prometheus_are_found(kube_prometheus: Outcome) -> None:
    assert kube_prometheus.share >= GATE


def test_of_kube_prometheus_only_known_faults_are_found(kube_prometheus: Outcome) -> None:
    assert Counter(one.code for one in kube_prometheus.unsound) == FAULTS_OF_KUBE_PROMETHEUS


def test_every_operator_has_mutants(hive: Outcome, kube_prometheus: Outcome) -> None:
    made = {one: hive.tallies[one].mutants + kube_prometheus.tallies[one].mutants for one in hive.tallies}
    assert [name for name, count in made.items() if not count] == []


def test_an_operator_has_a_name_of_its_own() -> None:
    assert len({one.__name__ for one in OPERATORS}) == len(OPERATORS)
