"""Each rule on types, histograms and matching is proven on Prometheus' own engine: bad form wrong, good form right.

``proofs/CODE.yml`` is an ordinary ``promtool test rules`` file; a comment above each expression says what it shows.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from signalproof.errors import Location
from signalproof.lint.examples import exposition
from signalproof.lint.project import lint
from signalproof.lint.registry import all_rules
from signalproof.promql.query import Query

PROOFS = Path(__file__).parent / "proofs"
CODES = [rule.code for rule in all_rules() if rule.code[0] in "HTV"]


def _expressions(code: str, kind: str) -> list[str]:
    """Return the expressions below the comments ``# bad:`` or ``# good:`` of a proof."""
    text = (PROOFS / f"{code}.yml").read_text(encoding="utf-8")
    pattern = rf"# {kind}: .*\n\s*(?:- expr: '((?:[^']|'')*)'|# refused: (.*))"
    return [(quoted or refused).replace("''", "'") for quoted, refused in re.findall(pattern, text)]


def _promtool(*files: Path) -> subprocess.CompletedProcess[str]:
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("promtool is not installed")
    command = [tool, "test", "rules", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_there_is_a_proof_of_every_such_rule_and_no_other() -> None:
    assert sorted(one.stem for one in PROOFS.iterdir()) == CODES


@pytest.mark.parametrize("code", CODES)
def test_prometheus_agrees_with_the_proof(code: str) -> None:
    ran = _promtool(PROOFS / f"{code}.yml")
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("code", CODES)
def test_the_bad_form_of_the_proof_is_found(code: str) -> None:
    [text] = _expressions(code, "bad")
    assert {one.code for one in lint([Query(text, Location(code))], exposition()).findings} == {code}


@pytest.mark.parametrize("code", CODES)
def test_the_good_form_of_the_proof_is_silent(code: str) -> None:
    [text] = _expressions(code, "good")
    assert lint([Query(text, Location(code))], exposition()).findings == ()


def test_prometheus_refuses_several_series_for_one_match(tmp_path: Path) -> None:
    [refused], [good] = _expressions("V004", "bad"), _expressions("V004", "good")
    text = (PROOFS / "V004.yml").read_text(encoding="utf-8").replace(good, refused)
    file = tmp_path / "refused.yml"
    file.write_text(text, encoding="utf-8")
    ran = _promtool(file)
    assert "many-to-one matching must be explicit" in ran.stdout + ran.stderr
