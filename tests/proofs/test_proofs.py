"""Each rule that claims a fact about Prometheus is proven by Prometheus itself: its bad form is wrong, its good form right.

The queries stand in the world of the rules' examples, so that what Prometheus answers is about what the rule's page shows.
"""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from tests.proofs import absence, counters, histograms, matching
from tests.proofs.proof import Proof

from signalproof.catalogue.exposition import Role
from signalproof.errors import Location
from signalproof.lint.examples import exposition
from signalproof.lint.project import lint
from signalproof.lint.registry import all_rules
from signalproof.promql.ast import Matcher, Selector
from signalproof.promql.parser import parse
from signalproof.promql.query import Query

PROOFS = (*histograms.PROOFS, *counters.PROOFS, *matching.PROOFS, *absence.PROOFS)
RULES = {rule.code: rule for rule in all_rules()}
PROVABLE = [code for code in RULES if code[0] in "HTV"] + ["N001", "N002", "N005", "N007", "N008"]

each_proof = pytest.mark.parametrize("proof", PROOFS, ids=[f"{one.code}-{one.bad}" for one in PROOFS])


def _shown(proof: Proof) -> Query | None:
    """Return the bad query of a proof as its rule shows it: in an alert, in a panel, or alone."""
    shown = [
        one if isinstance(one, Query) else _alone(one)
        for one, _ in RULES[proof.code].bad
        if isinstance(one, Query | str)
    ]
    return next((one for one in shown if one.text == proof.bad), None)


def _alone(text: str) -> Query:
    return Query(text, Location("proof", 1))


def _findings(query: Query) -> list[str]:
    return [one.code for one in lint([query], exposition()).findings]


def _promtool(
    promtool: str, folder: Path, tests: list[dict[str, object]]
) -> subprocess.CompletedProcess[str]:
    path = folder / "proofs.yml"
    path.write_text(yaml.safe_dump({"rule_files": [], "evaluation_interval": "1m", "tests": tests}))
    return subprocess.run(
        [promtool, "test", "rules", path.name], cwd=folder, capture_output=True, text=True, check=False
    )


def test_prometheus_gives_the_wrong_and_the_right_answers_of_all_proofs(
    promtool: str, tmp_path: Path
) -> None:
    tests = [one.test(one.good, one.right) for one in PROOFS]
    tests += [one.test(one.bad, one.gives) for one in PROOFS if not isinstance(one.gives, str)]
    done = _promtool(promtool, tmp_path, tests)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "proof", [one for one in PROOFS if isinstance(one.gives, str)], ids=lambda one: one.bad
)
def test_prometheus_refuses_a_query_that_is_proven_to_be_refused(
    proof: Proof, promtool: str, tmp_path: Path
) -> None:
    done = _promtool(promtool, tmp_path, [proof.test(proof.bad, {})])
    assert str(proof.gives) in done.stdout + done.stderr


@each_proof
def test_the_wrong_answer_is_not_the_right_one(proof: Proof) -> None:
    assert proof.gives != proof.right


@each_proof
def test_the_series_of_a_proof_are_as_declared(proof: Proof) -> None:
    world = exposition()
    for text in proof.series:
        selector = parse(text)
        assert isinstance(selector, Selector)
        declared = world.series[selector.name].labels
        given = {str(one.label): one.value.value for one in selector.matchers if isinstance(one, Matcher)}
        assert given.keys() == declared.keys() | world.target_labels
        outside = [name for name, one in declared.items() if one.values and given[name] not in one.values]
        assert outside == []


@each_proof
def test_a_histogram_of_a_proof_has_all_its_buckets(proof: Proof) -> None:
    world = exposition()
    names = [text.partition("{")[0] for text in proof.series]
    buckets = {name for name in names if world.series[name].role is Role.BUCKET}
    assert [name for name in buckets if names.count(name) % (len(world.series[name].bounds) + 1)] == []


@each_proof
def test_the_bad_query_of_a_proof_stands_on_the_page_of_its_rule(proof: Proof) -> None:
    assert _shown(proof) is not None


@each_proof
def test_its_rule_and_no_other_finds_the_bad_query_of_a_proof(proof: Proof) -> None:
    shown = _shown(proof)
    assert shown is not None
    assert _findings(shown) == [proof.code]


@each_proof
def test_the_good_query_of_a_proof_passes_every_rule(proof: Proof) -> None:
    shown = _shown(proof)
    assert shown is not None
    assert _findings(replace(shown, text=proof.good)) == []


@pytest.mark.parametrize("code", PROVABLE)
def test_each_rule_about_what_prometheus_does_has_a_proof(code: str) -> None:
    assert code in {one.code for one in PROOFS}
