"""JSON and YAML readers: what they read, where it stood, and that nothing breaks them."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from signalproof.documents import MAX_DEPTH, Table, Text, Tree, read_json, read_yaml
from signalproof.errors import SignalproofError

_TREES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def _one(text: str) -> Tree:
    [tree] = read_yaml(text, "f.yaml")
    return tree


@given(_TREES, st.sampled_from([None, 2]))
def test_json_is_read_as_the_standard_library_reads_it(tree: Any, indent: int | None) -> None:
    text = json.dumps(tree, indent=indent)
    assert read_json(text, "f.json") == json.loads(text)


@given(st.text(alphabet='{}[]:,"\\ntrue0123.-eE \n', max_size=40))
def test_json_is_refused_exactly_where_the_standard_library_refuses_it(text: str) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        with pytest.raises(SignalproofError):
            read_json(text, "f.json")
    else:
        read = read_json(text, "f.json")
        assert read == expected or (isinstance(expected, float) and math.isnan(expected))


@given(st.text(max_size=200))
def test_any_text_is_read_as_yaml_or_refused(text: str) -> None:
    refusal: SignalproofError | None = None
    trees: list[Any] = []
    try:
        trees = list(read_yaml(text, "f.yaml"))
    except SignalproofError as error:
        refusal = error
    assert all(one is None or isinstance(one, bool | str | list | Table) for one in trees)
    assert refusal is None or str(refusal.where).startswith("f.yaml")


def test_a_json_string_knows_its_line() -> None:
    tree = read_json('{\n  "a": [\n    "x",\n    "y"\n  ]\n}', "f.json")
    assert isinstance(tree, Table)
    assert [one.line for one in tree["a"]] == [3, 4]


def test_a_json_error_names_the_line() -> None:
    with pytest.raises(SignalproofError) as caught:
        read_json('{\n  "a": 1,\n}', "f.json")
    assert str(caught.value.where) == "f.json:3"


@pytest.mark.parametrize("opener", ["[", '{"a":'])
def test_deep_json_is_refused(opener: str) -> None:
    with pytest.raises(SignalproofError, match=f"deeper than {MAX_DEPTH}"):
        read_json(opener * 100_000, "f.json")


@pytest.mark.parametrize("opener", ["[", "{a: ", "- "])
def test_deep_yaml_is_refused(opener: str) -> None:
    with pytest.raises(SignalproofError, match=f"deeper than {MAX_DEPTH}"):
        list(read_yaml(opener * 100_000, "f.yaml"))


def test_a_number_of_many_digits_is_read() -> None:
    assert read_json("1" + "0" * 400, "f.json") == math.inf


def test_a_block_scalar_knows_the_line_of_its_first_line() -> None:
    tree = _one("a:\n  expr: |\n    up\n    == 0\n")
    assert isinstance(tree, Table)
    text = tree.table("a").text("expr")
    assert (text, text.line, text.verbatim) == ("up\n== 0\n", 3, True)


def test_a_number_in_yaml_stays_the_text_it_was() -> None:
    assert _one("expr: 1e3") == {"expr": "1e3"}


def test_null_and_booleans_in_yaml_are_read() -> None:
    assert _one("[~, null, '', true, False, 'true', '~']") == [None, None, "", True, False, "true", "~"]


def test_an_alias_shares_what_its_anchor_named() -> None:
    assert _one("a: &x [1]\nb: *x\nc: {<<: {k: v}, k: w}\n") == {"a": ["1"], "b": ["1"], "c": {"k": "w"}}


def test_a_bomb_of_aliases_is_refused() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 60)]
    with pytest.raises(SignalproofError, match="more than 100,000 values by aliases"):
        _one("\n".join(lines))


def test_an_alias_inside_its_own_anchor_is_refused() -> None:
    with pytest.raises(SignalproofError, match="inside it"):
        list(read_yaml("a: &x [*x]", "f.yaml"))


def test_yaml_inside_yaml_counts_lines_of_the_file() -> None:
    outer = _one("data:\n  rules.yml: |\n    groups:\n      - name: x\n")
    assert isinstance(outer, Table)
    [inner] = read_yaml(outer.table("data").text("rules.yml"), "f.yaml")
    assert isinstance(inner, Table)
    assert inner.tables("groups")[0].text("name").line == 4


@given(st.dictionaries(st.text(alphabet="abcx_", min_size=1), st.text(alphabet="abc {}$|'\"\n", max_size=12)))
def test_yaml_is_read_as_pyyaml_reads_it(tree: dict[str, str]) -> None:
    assert _one(yaml.safe_dump(tree)) == tree


def test_a_table_gives_empty_things_for_what_is_missing_or_of_another_type() -> None:
    tree = read_json('{"a": 1, "l": [1, {"x": "y"}]}', "f.json")
    assert isinstance(tree, Table)
    assert (tree.table("a"), tree.text("a"), tree.tables("a")) == ({}, "", [])
    assert tree.tables("l") == [{"x": "y"}]
    assert isinstance(tree.text("none"), Text)
