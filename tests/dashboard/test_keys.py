"""Ids, keys and uids: stable, and of a form that Grafana keeps."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalproof.dashboard.keys import check_uid, panel_id, resource_name, slug
from signalproof.errors import Location, SignalproofError

KEYS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)


@given(row=KEYS, panel=KEYS)
def test_an_id_fits_into_31_bits_and_is_not_zero(row: str, panel: str) -> None:
    assert 1 <= panel_id(row, panel) <= 2**31 - 1


def test_an_id_is_the_same_on_every_machine_and_in_every_version() -> None:
    assert panel_id("claude-planning", "latency") == 566136154


@given(row=KEYS, panel=KEYS)
def test_the_border_between_row_and_panel_counts(row: str, panel: str) -> None:
    assert panel_id(row, panel) != panel_id(row + panel)


@given(title=st.text(max_size=40))
def test_a_slug_is_empty_or_a_key(title: str) -> None:
    made = slug(title)
    assert made == slug(made)
    assert not made or (made[0] != "-" and made[-1] != "-" and "--" not in made)


@pytest.mark.parametrize("uid", ["hive-ai-apps", "a", "a" * 40, "1st", "-a", "Hive", "a_b"])
def test_a_good_uid_is_accepted(uid: str) -> None:
    check_uid(uid, Location("x.py", 1))


@pytest.mark.parametrize("uid", ["", "a b", "ä", "a" * 41, "a\n", "a/b"])
def test_a_uid_that_grafana_would_change_is_refused(uid: str) -> None:
    with pytest.raises(SignalproofError, match="is no dashboard uid") as caught:
        check_uid(uid, Location("x.py", 1))
    assert str(caught.value.where) == "x.py:1"


def test_a_refused_uid_comes_with_one_that_would_do() -> None:
    with pytest.raises(SignalproofError) as caught:
        check_uid("1 Hive: AI apps", Location("x.py", 1))
    assert "'1-hive-ai-apps'" in caught.value.help


@pytest.mark.parametrize("uid", ["hive-ai-apps", "Hive", "a_b", "-a", "_", "A"])
def test_a_resource_of_kubernetes_has_a_name_that_kubernetes_takes(uid: str) -> None:
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", resource_name(uid))


def test_two_uids_that_differ_in_case_have_two_resources() -> None:
    assert len({resource_name(one) for one in ("hive", "Hive", "HIVE")}) == 3
