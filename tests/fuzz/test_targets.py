"""The promises that the fuzzer attacks hold for its seeds, for every prefix of them, and for random text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fuzz.seeds import SEEDS
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_has_seeds(name: str) -> None:
    assert SEEDS[name]


@pytest.mark.parametrize("name", TARGETS)
def test_the_promise_holds_for_a_seed_that_is_cut_off_anywhere_or_whole(name: str) -> None:
    for text in SEEDS[name][-3:]:
        for end in range(0, len(text) + 1, max(len(text) // 40, 1)):
            TARGETS[name](text[:end])
        assert TARGETS[name](text), "the whole seed is read"


@given(st.text(max_size=60))
def test_the_promises_hold_for_any_text_and_what_was_read_before_changes_nothing(text: str) -> None:
    assert [target(text) for target in TARGETS.values()] == [target(text) for target in TARGETS.values()]


def test_a_promise_can_be_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.language.to_text", lambda _: "up")
    with pytest.raises(AssertionError):
        TARGETS["promql"]("down")
