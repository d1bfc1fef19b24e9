"""Rule files to Python and back: what is rendered is what was converted."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest
import yaml

from signalproof.catalogue.exposition import Exposition
from signalproof.convert.rules import rules_module
from signalproof.errors import SignalproofError
from signalproof.render.prometheus import rule_files
from signalproof.rules.check import check_rules

CHECKOUT = Path(__file__).resolve().parents[2]
EVERYTHING = Exposition({}, complete=False)


def loaded(file: Path) -> ModuleType:
    """Return the module in *file*."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rendered(folder: Path, *files: Path) -> dict[str, Any]:
    """Return what the groups that are written of *files* render, by the name of the file."""
    module = folder / "converted.py"
    module.write_text(rules_module(files).source)
    checked = check_rules(loaded(module).GROUPS, EVERYTHING)
    return {path: yaml.safe_load(data) for path, data in rule_files(checked, folder).items()}


def normal(data: Any) -> Any:
    """Return rule groups without what is written in another way: resources around them, space around expressions."""
    groups = data.get("spec", data)["groups"]
    for group in groups:
        for rule in group["rules"]:
            rule["expr"] = "\n".join(line.strip() for line in str(rule["expr"]).strip().split("\n"))
            for key in ("labels", "annotations"):
                rule[key] = {name: str(text) for name, text in (rule.get(key) or {}).items()}
    return groups


OWN = sorted((CHECKOUT / "provisioning/prometheus/rules").glob("*.yml"))
FOREIGN = sorted((CHECKOUT.parent / "shared/corpus/kube-prometheus/rules").glob("*.yaml"))


@pytest.mark.parametrize("file", [*OWN, *FOREIGN], ids=lambda file: file.stem)
def test_a_converted_rule_file_renders_the_same_rules(tmp_path: Path, file: Path) -> None:
    (data,) = rendered(tmp_path, file).values()
    assert normal(data) == normal(yaml.safe_load(file.read_text()))


@pytest.mark.parametrize("file", [*OWN, *FOREIGN], ids=lambda file: file.stem)
def test_converting_what_was_rendered_gives_the_same_python(tmp_path: Path, file: Path) -> None:
    first = rules_module([file]).source
    ((path, data),) = rendered(tmp_path, file).items()
    again = tmp_path / f"{file.stem}.yml"
    again.write_text(yaml.safe_dump(data, sort_keys=False))
    assert path.endswith(again.name)
    assert rules_module([again]).source == first.replace(file.name, again.name)


def test_what_belongs_to_a_group_stays(tmp_path: Path) -> None:
    text = """
        groups:
          - name: "All of it: v2"
            interval: 30s
            limit: 10
            query_offset: 1m
            labels: {team: web}
            rules:
              - record: instance:up
                expr: up
                labels: {a: "1"}
              - alert: down
                expr: up == 0
                for: 0s
                keep_firing_for: 5m
    """
    file = tmp_path / "web.yml"
    file.write_text(dedent(text))
    (data,) = rendered(tmp_path, file).values()
    assert data == yaml.safe_load(text)


def test_an_alert_that_lacks_words_is_to_be_checked(tmp_path: Path) -> None:
    file = tmp_path / "web.yml"
    file.write_text(
        "groups:\n- name: web\n  rules:\n  - alert: Down\n    expr: up == 0\n    annotations: {summary: Down.}\n"
    )
    converted = rules_module([file])
    (check,) = converted.checks
    assert (check.where.line, check.what) == (4, "says no severity, description, runbook_url")
    assert '"Down",  # check: says no severity, description, runbook_url' in converted.source


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("groups: []\n", "no Prometheus rules", 0),
        ("- 1\n- 2\n", "no Prometheus rules", 0),
        ("groups:\n- name: a\n  rules:\n  - alert: A\n    expr: sum(\n", "expected an expression", 5),
        ("groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up\n    fro: 5m\n", "has no field 'fro'", 6),
        ("groups:\n- name: a\n  rules: [\n", "not valid YAML", 3),
    ],
)
def test_a_file_that_prometheus_would_refuse_is_refused(
    tmp_path: Path, text: str, message: str, line: int
) -> None:
    file = tmp_path / "web.yml"
    file.write_text(text)
    with pytest.raises(SignalproofError, match=message) as caught:
        rules_module([file])
    assert caught.value.where is not None
    assert not line or abs(caught.value.where.line - line) <= 1


def test_two_files_of_one_name_stay_two_files(tmp_path: Path) -> None:
    files = [tmp_path / one / "web.yml" for one in ("a", "b")]
    for file in files:
        file.parent.mkdir()
        file.write_text("groups:\n- name: web\n  rules:\n  - alert: Down\n    expr: up == 0\n")
    assert set(rendered(tmp_path, *files)) == {"prometheus/rules/web.yml", "prometheus/rules/web-2.yml"}
