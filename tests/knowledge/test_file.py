"""The catalogue file: nothing is lost on the way through it, and what is wrong in one is said where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.knowledge.families import CATALOGUES

from hive.catalogue import CATALOGUE
from hive.rules import GROUPS
from signalproof.catalogue.family import Family, Site, Type, exposition_of
from signalproof.errors import SignalproofError
from signalproof.knowledge.entry import Entry
from signalproof.knowledge.file import CatalogueFile, is_catalogue, read_catalogue
from signalproof.knowledge.schema import schema
from signalproof.knowledge.writing import families_of, write_catalogue
from signalproof.rules.check import check_rules

VALIDATOR = Draft202012Validator(json.loads(schema()))


@given(CATALOGUES)
def test_what_was_written_is_read_as_equal_families(families: tuple[Family, ...]) -> None:
    text = write_catalogue(CatalogueFile(families=families))
    read = read_catalogue(text, "c.json").families
    assert {one.name: one for one in read} == {one.name: one for one in families}


@given(CATALOGUES, st.sampled_from((0, 2, 3)))
def test_what_was_written_is_an_equal_exposition(families: tuple[Family, ...], version: int) -> None:
    site = Site(frozenset({"job", "instance", "region"}), version=version)
    read = read_catalogue(write_catalogue(CatalogueFile(families=families)), "c.json")
    assert exposition_of(read.families, site) == exposition_of(families, site)


@given(CATALOGUES)
def test_what_was_written_is_valid_by_the_schema(families: tuple[Family, ...]) -> None:
    written = json.loads(write_catalogue(CatalogueFile(families=families)))
    assert [one.message for one in VALIDATOR.iter_errors(written)] == []


@given(CATALOGUES)
def test_a_text_is_written_again_as_it_was(families: tuple[Family, ...]) -> None:
    text = write_catalogue(CatalogueFile(families=families))
    assert write_catalogue(read_catalogue(text, "c.json")) == text


def test_the_hive_is_an_equal_exposition_with_what_it_records() -> None:
    exposition = check_rules(GROUPS, CATALOGUE.exposition()).exposition
    families = tuple(families_of(exposition))
    read = read_catalogue(write_catalogue(CatalogueFile(families=families, complete=True)), "hive.json")
    again = exposition_of(read.families, complete=read.complete)
    recorded = {one.name for one in families if one.type is Type.RECORDED}
    assert recorded
    assert again.series == exposition.series
    assert {name for name in again.families if name not in recorded} == set(exposition.families)


def test_the_head_of_a_file_is_kept() -> None:
    said = CatalogueFile(
        families=(), name="shop", version="2.0", oldest="1.0", date="2026-11-28", source="here", how="by hand",
        prefixes={"shop_": "complete"}, complete=True, target_labels=("job", "instance"),
    )  # fmt: skip
    text = write_catalogue(said)
    assert read_catalogue(text, "shop.json") == said
    assert is_catalogue(text)


def test_a_family_stands_on_a_line_of_its_own() -> None:
    families = tuple(Family(name=one, type=Type.GAUGE) for one in ("b", "a"))
    assert [line[9:10] for line in write_catalogue(CatalogueFile(families=families)).splitlines()[1:-1]] == [
        "a",
        "b",
    ]


@pytest.mark.parametrize(
    ("text", "said", "remedy"),
    [
        ('{"signalproof": 2}', "a catalogue file of version 2", "signalproof catalogue"),
        ('{"signalproof": true}', "a catalogue file of version True", ""),
        ("[]", "a catalogue file of version None", ""),
        ('{"signalproof": 1,\n"families": [}', "not valid JSON", "mend the line"),
        ('{"signalproof": 1, "famlies": []}', "the file has an unknown key 'famlies'", "did you mean 'families'?"),
        ('{"signalproof": 1, "families": {}}', "the file has 'families' = {}", "give a list"),
        ('{"signalproof": 1, "families": [1]}', "a family is no object", ""),
        ('{"signalproof": 1, "families": [{"type": "gauge"}]}', "a family has no name", ""),
        ('{"signalproof": 1, "families": [{"name": "x", "type": "guage"}]}', "family 'x' has 'type' = 'guage'", "did you mean 'gauge'?"),
        ('{"signalproof": 1, "families": [{"name": "x", "unit": "second"}]}', "family 'x' has 'unit' = 'second'", "did you mean 'seconds'?"),
        ('{"signalproof": 1, "families": [{"name": "x", "labels": {"a": {"value": []}}}]}', "label 'a' of family 'x' has an unknown key", "did you mean 'values'?"),
        ('{"signalproof": 1, "families": [{"name": "x", "buckets": [1]}]}', "family 'x' has 'buckets' = [1]", "list of texts"),
        ('{"signalproof": 1, "families": [{"name": "x", "buckets": ["a"]}]}', "family 'x' has 'buckets'", "numbers"),
        ('{"signalproof": 1, "families": [{"name": "x", "low": "0"}]}', "family 'x' has 'low' = '0'", "give a number"),
        ('{"signalproof": 1, "families": [{"name": "x"}, {"name": "x"}]}', "declares the series x twice", ""),
        ('{"signalproof": 1, "prefixes": {"x_": "yes"}}', "says of the prefix 'x_': 'yes'", "complete or open"),
        ('{"signalproof": 1, "families": [{"name": "x", "native": "no"}]}', "family 'x' has 'native' = 'no'", ""),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_its_place_and_a_remedy(text: str, said: str, remedy: str) -> None:
    with pytest.raises(SignalproofError) as caught:
        read_catalogue(text, "c.json")
    assert said in str(caught.value)
    assert remedy in caught.value.help
    assert str(caught.value.where).startswith("c.json")


def test_the_line_of_broken_json_is_named() -> None:
    with pytest.raises(SignalproofError) as caught:
        read_catalogue('{"signalproof": 1,\n"families": [}', "c.json")
    assert str(caught.value.where) == "c.json:2"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=4), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("name", "type", "labels", "values", "unit", "native", "low", "families", "x")), inner, max_size=4), max_leaves=12))  # fmt: skip
@example({"name": "x", "native": []})
def test_any_json_is_read_or_refused(tree: object) -> None:
    text = json.dumps({"signalproof": 1, "families": [tree]})
    refusal: SignalproofError | None = None
    families: tuple[Family, ...] = ()
    try:
        families = read_catalogue(text, "c.json").families
    except SignalproofError as error:
        refusal = error
    assert len(families) == 1 or (refusal is not None and refusal.where is not None)


def test_the_schema_names_every_key_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: dict[str, set[str]] = {}
    done = Entry.done

    def noted(entry: Entry) -> None:
        read.setdefault(entry.place.partition(" ")[0], set()).update(entry._read)
        done(entry)

    monkeypatch.setattr(Entry, "done", noted)
    read_catalogue(json.dumps({"signalproof": 1, "families": [{"name": "x", "labels": {"a": {}}}]}), "c.json")
    whole = json.loads(schema())
    family = whole["properties"]["families"]["items"]
    label = family["properties"]["labels"]["additionalProperties"]
    assert read == {
        "the": set(whole["properties"]),
        "family": set(family["properties"]),
        "label": set(label["properties"]),
    }


def test_the_committed_schema_is_the_one_that_is_written(checkout: Path) -> None:
    assert (checkout / "docs" / "catalogue.schema.json").read_text(encoding="utf-8") == schema()
