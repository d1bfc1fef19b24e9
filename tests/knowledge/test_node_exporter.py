"""A real node_exporter: what it exposes is all that is known, and the published dashboards about it are sound."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from signalproof.catalogue.family import Type
from signalproof.cli.main import main
from signalproof.knowledge.bundled import exporter
from signalproof.knowledge.text import families_of_text

FILES = (
    "dashboards/nodes.json",
    "dashboards/node-rsrc-use.json",
    "dashboards/node-cluster-rsrc-use.json",
    "rules/nodeExporter-prometheusRule.yaml",
)


@pytest.fixture(scope="module")
def dump(node_exporter: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("node") / "node.prom"
    with urllib.request.urlopen(node_exporter, timeout=30) as answer:
        file.write_bytes(answer.read())
    return file


@pytest.fixture
def linted(
    shared: Path,
    dump: Path,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., list[dict[str, str]]]:
    """Lints the published files about nodes with the dump as the only catalogue."""
    corpus = shared / "corpus" / "kube-prometheus"
    if not corpus.is_dir():
        pytest.skip("the corpus of published dashboards is not beside the checkout")
    monkeypatch.chdir(tmp_path)

    def run(*options: str) -> list[dict[str, str]]:
        files = [str(corpus / one) for one in FILES]
        with pytest.raises(SystemExit):
            main(["lint", *files, "--catalogue", str(dump), "--no-bundled", "--format", "json", *options])
        found: list[dict[str, str]] = json.loads(capsys.readouterr().out)
        return found

    return run


def errors(findings: list[dict[str, str]]) -> list[dict[str, str]]:
    return [one for one in findings if one["severity"] == "error"]


def test_what_a_dump_does_not_show_is_no_error(
    linted: Callable[..., list[dict[str, str]]], figure: Callable[..., None]
) -> None:
    found = linted()
    unseen = {one["culprit"] for one in found if one["code"] == "M003"}
    figure(
        f"node_exporter's own /metrics as the only catalogue: {len(errors(found))} errors, {len(unseen)} names not seen"
    )
    assert errors(found) == []


def test_what_a_complete_dump_does_not_show_is_an_error(
    linted: Callable[..., list[dict[str, str]]], dump: Path, figure: Callable[..., None]
) -> None:
    absent = {one["culprit"] for one in errors(linted("--complete")) if one["code"] == "M001"}
    text = dump.read_text()
    figure(f"with --complete: {len(absent)} absent names are errors")
    assert absent
    assert [name for name in absent if f"\n{name}{{" in text or f"\n{name} " in text] == []


def test_every_family_of_a_real_node_exporter_is_bundled_with_its_type(dump: Path) -> None:
    version = next(
        line for line in dump.read_text().splitlines() if line.startswith("node_exporter_build_info")
    )
    known = exporter("node_exporter", version.partition('version="')[2].partition('"')[0].partition("+")[0])
    wrong = []
    for seen in families_of_text(dump.read_text()):
        if not seen.name.startswith("node_"):
            continue
        found = known.family(seen.name)
        if found is None or found.name != seen.name:
            wrong += [f"{seen.name} is not listed"] * (known.gone(seen.name) is not None)
        elif found.type not in (Type.UNKNOWN, Type.INFO, seen.type):  # the text format has no info metrics
            wrong.append(f"{seen.name} is a {seen.type}, not a {found.type}")
        elif not found.open:
            wrong += [f"{seen.name} has a label {one!r}" for one in seen.labels if one not in found.labels]
    assert wrong == []
