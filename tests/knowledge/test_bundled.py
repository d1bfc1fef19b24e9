"""The exporters that come with the package: sound files, found by the beginning of a name, read only when asked."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from signalproof.catalogue.family import exposition_of
from signalproof.errors import SignalproofError
from signalproof.knowledge import bundled
from signalproof.knowledge.bundled import Exporter, exporter, exporters_of, names
from signalproof.knowledge.file import read_catalogue
from signalproof.knowledge.schema import schema
from signalproof.knowledge.writing import write_catalogue
from signalproof.versions import key_of

FILES = sorted(one for one in bundled.FOLDER.glob("*.json") if one != bundled.INDEX)


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.stem)
def test_a_file_is_valid_and_says_where_its_facts_come_from(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    Draft202012Validator(json.loads(schema())).validate(json.loads(text))
    said = read_catalogue(text, file.name)
    assert said.name == file.stem
    assert all((said.version, said.date, said.source, said.how, said.prefixes, said.families))


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.stem)
def test_a_file_is_written_as_the_program_writes_it(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert write_catalogue(read_catalogue(text, file.name)) == text


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.stem)
def test_a_file_holds_facts_and_no_sentence_of_others(file: Path) -> None:
    assert [one.name for one in read_catalogue(file.read_bytes(), file.name).families if one.help] == []


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.stem)
def test_a_file_is_found_by_the_name_of_every_series_that_it_lists(file: Path) -> None:
    said = read_catalogue(file.read_bytes(), file.name)
    assert [name for one in said.families for name in one.names if file.stem not in exporters_of(name)] == []


@pytest.mark.parametrize("file", FILES, ids=lambda one: one.stem)
def test_a_file_is_an_equal_exposition_through_the_catalogue_command(file: Path) -> None:
    said = exporter(file.stem).catalogue()
    again = read_catalogue(write_catalogue(said), "again.json")
    assert exposition_of(again.families) == exposition_of(said.families)


def test_the_index_is_that_of_the_files() -> None:
    assert bundled.INDEX.read_text(encoding="utf-8") == bundled.index_text()


def test_no_two_files_close_the_same_beginning() -> None:
    closed: dict[str, list[str]] = defaultdict(list)
    for file in FILES:
        for prefix, how in json.loads(file.read_bytes())["prefixes"].items():
            if how == "complete":
                closed[prefix].append(file.stem)
    assert {prefix: found for prefix, found in closed.items() if len(found) > 1} == {}


def test_the_longest_beginning_of_a_name_comes_first() -> None:
    assert next(exporters_of("kube_pod_info")) == "kube_state_metrics"
    assert list(exporters_of("shop_orders_total")) == []


def test_versions_are_compared_by_their_numbers() -> None:
    assert key_of("v1.10.0") > key_of("1.9.1")


SHOP = {
    "signalproof": 1, "name": "shop", "version": "3.0", "oldest": "1.0", "prefixes": {"shop_": "complete", "shop_custom_": "open"},
    "families": [
        {"name": "shop_orders_total", "type": "counter", "labels": {}, "since": "2.0", "renamed_from": {"shop_orders": "2.0"}},
        {"name": "shop_carts", "type": "gauge", "labels": {}, "until": "2.5"},
        {"name": "shop_up", "type": "gauge", "labels": {}},
    ],
}  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    file = tmp_path / "shop.json"
    file.write_text(json.dumps(SHOP))
    return file


@pytest.mark.parametrize(
    ("version", "name", "said"),
    [
        ("", "shop_orders_total", None),
        ("", "shop_orders", "shop calls it 'shop_orders_total' since 2.0"),
        ("", "shop_carts", "shop had it until 2.5, 3.0 has not"),
        ("2.1", "shop_carts", None),
        ("1.4", "shop_orders_total", "shop has it since 2.0, and this is 1.4"),
        ("", "shop_upp", "shop 3.0 has no such metric"),
        ("", "shop_custom_thing", None),
    ],
)
def test_a_name_that_is_gone_says_since_when(shop: Path, version: str, name: str, said: str | None) -> None:
    found = Exporter("shop", version, shop)
    family = found.family(name)
    gone = None if family is not None and name in family.names else found.gone(name)
    assert (gone.said if gone else None) == said


def test_a_version_before_the_oldest_one_is_refused(shop: Path) -> None:
    with pytest.raises(SignalproofError, match=r"shop is known from 1\.0 to 3\.0, not at 0\.9"):
        Exporter("shop", "0.9", shop).catalogue()


def test_an_exporter_nobody_bundled_is_refused_with_those_that_are() -> None:
    with pytest.raises(SignalproofError) as caught:
        exporter("node_exportr")
    assert caught.value.help == "did you mean 'node_exporter'?"


def test_a_lint_that_meets_no_foreign_name_reads_no_file(tmp_path: Path) -> None:
    rules = tmp_path / "r.yml"
    rules.write_text(
        "groups:\n- name: g\n  rules:\n  - record: job:shop:sum\n    expr: sum by (job) (shop_orders_total)\n"
    )
    program = (
        "import sys\nfrom pathlib import Path\nfrom signalproof.knowledge import bundled\n"
        "read = []\nparsed = bundled.parsed\n"
        "bundled.parsed = lambda text, file: read.append(file) or parsed(text, file)\n"
        "from signalproof.cli.main import main\n"
        f"try:\n    main(['lint', {str(rules)!r}])\nexcept SystemExit:\n    pass\nprint('read', read)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert ran.stdout.strip() == "read []"


def test_there_are_at_least_12_exporters_with_3000_families() -> None:
    assert len(names()) >= 12
    assert sum(len(exporter(name).catalogue().families) for name in names()) >= 3000
