"""What is said of a template action by action is what is said of it as a whole."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.templates.generated import Grammar, mutated
from tests.templates.test_promtool import refused

from signalproof.templates.evaluate import meaning
from signalproof.templates.straight import straight

TEXTS = [
    "{{ $labels.a }} has {{ $value | humanize }} }}",
    '{{- printf "%d" $value -}} {{ .Labels.b }}{{ toUpper 5 }}',
    "no action",
]
OTHERS = [
    "{{ $labels.a", "{{ if $value }}a{{ end }}", "{{ $x := 1 }}{{ $x }}", '{{ "}}" }}', "{{/* }} */}}", "{{ foo }}", "{{{ 1 }}", "{{ end }}",
    '{{ query "up" }}', "{{ labels.a }}", '{{ define "a" }}b{{ end }}', "{{}}",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_template_without_blocks_is_known_by_its_actions(text: str) -> None:
    assert straight(text) == meaning(text)


@pytest.mark.parametrize("text", OTHERS)
def test_what_needs_more_than_its_actions_is_left_to_the_whole(text: str) -> None:
    assert straight(text) is None


@settings(max_examples=100)
@given(seed=st.integers(0, 2**32))
def test_generated_templates_mean_the_same_in_both_ways(seed: int) -> None:
    choice = random.Random(seed)
    grammar = Grammar(choice)
    made = [grammar.template(1) for _ in range(20)]
    made += [mutated(choice.choice((*made, *TEXTS)), choice) for _ in range(20)]
    found = {text: both for text in made if (both := straight(text)) is not None}
    assert [text for text in found if refused(text)] == []
    assert found == {text: meaning(text) for text in found}
