"""Several sources as one world: the surest is believed, what was seen is a fact, and the order does not matter."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.knowledge.families import NAMES, families

from signalproof.catalogue.family import Family, Type
from signalproof.catalogue.labels import LabelDomain
from signalproof.catalogue.units import EVENT, SECOND
from signalproof.errors import SignalproofError
from signalproof.knowledge.merge import Rank, Source, merged
from signalproof.knowledge.text import families_of_text


def family(name: str = "x", kind: Type = Type.GAUGE, **values: tuple[str, ...] | None) -> Family:
    """Return a family with labels of these values."""
    labels = {
        key: LabelDomain(key, None if one is None else frozenset(one), None if one is None else len(one))
        for key, one in values.items()
    }
    return Family(name=name, type=kind, labels=labels)


def one(*sources: tuple[Rank, Family]) -> Family:
    """Return what the sources say of the one family they are about."""
    (found,) = merged(Source(f"source {at}", rank, (said,)) for at, (rank, said) in enumerate(sources))
    return found


def test_the_labels_of_two_sources_that_are_as_sure_are_united() -> None:
    found = one((Rank.SEEN, family(a=None)), (Rank.SEEN, family(a=None, b=None)))
    assert {name: domain.optional for name, domain in found.labels.items()} == {"a": False, "b": True}


def test_the_values_of_two_sources_that_are_as_sure_are_united() -> None:
    found = one((Rank.DECLARED, family(a=("1",))), (Rank.DECLARED, family(a=("2",))))
    assert found.labels["a"] == LabelDomain("a", frozenset("12"), 2)


def test_values_that_one_of_two_does_not_know_are_not_known() -> None:
    assert one((Rank.SEEN, family(a=("1",))), (Rank.SEEN, family(a=None))).labels["a"].values is None


def test_the_buckets_of_two_programs_are_those_of_both() -> None:
    first, second = (Family(name="h", type=Type.HISTOGRAM, buckets=one) for one in (("0.5",), ("1", "2.5")))
    assert one((Rank.SEEN, first), (Rank.SEEN, second)).buckets == ("0.5", "1", "2.5")


def test_what_the_surer_source_says_is_believed() -> None:
    declared = replace(family(a=("1", "2")), unit=SECOND, buckets=None)
    found = one((Rank.SEEN, replace(family(a=None), unit=EVENT)), (Rank.DECLARED, declared))
    assert (found.unit, found.labels) == (SECOND, declared.labels)


def test_what_the_surer_source_leaves_open_the_other_says() -> None:
    found = one(
        (Rank.TOLD, replace(family(kind=Type.UNKNOWN), open=True)),
        (Rank.SEEN, replace(family(a=None), unit=SECOND, seen=True)),
    )
    assert (found.type, set(found.labels), found.unit) == (Type.GAUGE, {"a"}, SECOND)


def test_of_labels_that_users_may_add_a_dump_shows_which_they_did() -> None:
    bundled = replace(family(a=None), open=True)
    found = one((Rank.BUNDLED, bundled), (Rank.SEEN, replace(family(a=None, team=None), seen=True)))
    assert (found.open, set(found.labels)) == (False, {"a", "team"})


def test_a_label_that_was_seen_exists_whatever_is_declared() -> None:
    found = one((Rank.DECLARED, family(a=None)), (Rank.SEEN, replace(family(a=None, b=None), seen=True)))
    assert set(found.labels) == {"a", "b"}


def test_zeros_and_targets_that_were_seen_are_facts() -> None:
    seen = replace(family(), seen=True, zero=True, targets={"job": frozenset({"n"})})
    found = one((Rank.BUNDLED, family()), (Rank.SEEN, seen))
    assert found.zero
    assert found.targets == {"job": frozenset({"n"})}


def test_two_that_contradict_each_other_in_type_are_both_named() -> None:
    with pytest.raises(SignalproofError) as caught:
        one((Rank.DECLARED, family(kind=Type.GAUGE)), (Rank.SEEN, family(kind=Type.COUNTER)))
    assert str(caught.value) == "x is a gauge in source 0 and a counter in source 1"
    assert 'metrics."x"] type = ' in caught.value.help


def test_an_info_metric_is_written_as_a_gauge_in_the_text_format() -> None:
    assert (
        one((Rank.DECLARED, family(kind=Type.INFO)), (Rank.SEEN, family(kind=Type.GAUGE))).type is Type.INFO
    )


def test_of_a_bundled_exporter_and_what_the_user_has_the_users_type_counts() -> None:
    bundled, seen = family(kind=Type.GAUGE), replace(family(kind=Type.COUNTER), seen=True)
    assert one((Rank.BUNDLED, bundled), (Rank.SEEN, seen)).type is Type.COUNTER


def test_two_bundled_exporters_that_differ_in_type_know_neither() -> None:
    assert (
        one((Rank.BUNDLED, family(kind=Type.GAUGE)), (Rank.BUNDLED, family(kind=Type.COUNTER))).type
        is Type.UNKNOWN
    )


def test_metadata_add_no_series_to_a_histogram_that_was_seen() -> None:
    seen = families_of_text('# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n')
    told = Family(name="h", type=Type.HISTOGRAM, open=True, endings=("", "_bucket", "_sum", "_count"))
    (found,) = merged([Source("a", Rank.SEEN, seen), Source("b", Rank.TOLD, (told,))])
    assert found.names == ("h_bucket", "h_sum", "h_count")


def test_families_of_other_names_with_a_series_in_common_are_one() -> None:
    openmetrics = families_of_text("# TYPE jobs counter\njobs_total 1\n")
    plain = families_of_text("# TYPE jobs_total counter\njobs_total 1\n")
    (found,) = merged([Source("a", Rank.SEEN, openmetrics), Source("b", Rank.SEEN, plain)])
    assert found.names == ("jobs_total",)


PAIRS = NAMES.flatmap(
    lambda name: st.tuples(families(st.just(name)), families(st.just(name)), st.sampled_from(Rank))
).map(lambda pair: (*(replace(one, type=Type.GAUGE, native=pair[0].native.NO) for one in pair[:2]), pair[2]))


@given(PAIRS)
def test_of_two_that_are_as_sure_the_order_does_not_matter(pair: tuple[Family, Family, Rank]) -> None:
    first, second, rank = pair
    forward, backward = one((rank, first), (rank, second)), one((rank, second), (rank, first))
    facts = (
        "labels",
        "open",
        "unit",
        "buckets",
        "low",
        "high",
        "monotonic",
        "initialised",
        "zero",
        "totals",
        "jobs",
        "targets",
    )
    assert {key: getattr(forward, key) for key in facts} == {key: getattr(backward, key) for key in facts}
    assert set(forward.names) == set(backward.names)


@given(families())
def test_a_source_that_says_the_same_again_adds_nothing(said: Family) -> None:
    found = one((Rank.SEEN, said), (Rank.SEEN, said))
    assert {name: (domain.values, domain.optional) for name, domain in found.labels.items()} == {
        name: (domain.values, domain.optional) for name, domain in said.labels.items()
    }
    assert (found.open, found.unit, set(found.names)) == (said.open, said.unit, set(said.names))
