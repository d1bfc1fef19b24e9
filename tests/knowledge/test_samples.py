"""What a dump says is used to the full: bounds, zeros, absent and empty labels, parts and totals, scaled units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalproof.catalogue.exposition import Role
from signalproof.catalogue.family import Family, Native, Site, Type, exposition_of
from signalproof.catalogue.units import ONE, SECOND, UNITS, Dimension
from signalproof.knowledge.answers import families_of_metadata, families_of_series
from signalproof.knowledge.suffixes import promised
from signalproof.knowledge.text import families_of_text


def family(text: str) -> Family:
    """Return the one family of a dump."""
    (found,) = families_of_text(text)
    return found


HISTOGRAM = """\
# TYPE wait_seconds histogram
wait_seconds_bucket{le="0.5"} 1
wait_seconds_bucket{le="1"} 2
wait_seconds_bucket{le="+Inf"} 2
wait_seconds_sum 1.2
wait_seconds_count 2
"""


def test_the_bounds_of_a_histogram_are_complete() -> None:
    assert family(HISTOGRAM).buckets == ("0.5", "1")


@pytest.mark.parametrize(
    ("version", "stored"),
    [(2, {"0.5", "1", "+Inf"}), (3, {"0.5", "1.0", "+Inf"}), (0, {"0.5", "1", "1.0", "+Inf"})],
)
def test_a_bound_is_stored_as_the_version_of_prometheus_spells_it(version: int, stored: set[str]) -> None:
    series = exposition_of([family(HISTOGRAM)], Site(version=version)).series["wait_seconds_bucket"]
    assert series.labels["le"].values == frozenset(stored)
    assert series.labels["le"].at_most == 3


def test_the_quantiles_of_a_summary_are_complete() -> None:
    text = '# TYPE s summary\ns{quantile="0.5"} 1\ns{quantile="0.99"} 2\ns_sum 3\ns_count 2\n'
    assert family(text).quantiles == ("0.5", "0.99")


def test_a_summary_that_shows_no_quantile_has_none() -> None:
    names = family("# TYPE s summary\ns_sum 3\ns_count 2\n").names
    assert names == ("s_sum", "s_count")


def test_a_zero_of_a_gauge_is_a_fact() -> None:
    assert family("# TYPE limit_bytes gauge\nlimit_bytes 0\n").zero
    assert not family("# TYPE limit_bytes gauge\nlimit_bytes 1\n").zero
    assert not family("# TYPE done_total counter\ndone_total 0\n").zero


def test_a_label_that_some_samples_lack_is_optional() -> None:
    labels = family('x{a="1",b="2"} 1\nx{a="1"} 3\n').labels
    assert {name: one.optional for name, one in labels.items()} == {"a": False, "b": True}


def test_a_label_seen_only_empty_is_absent() -> None:
    assert set(family('x{a="1",b=""} 1\n').labels) == {"a"}


def test_a_label_that_is_empty_at_times_is_optional() -> None:
    assert family('x{a=""} 1\nx{a="1"} 1\n').labels["a"].optional


@pytest.mark.parametrize(
    ("samples", "totals"),
    [
        ('x{pod="p",c="a"} 1\nx{pod="p",c="b"} 2\nx{pod="p"} 3\n', {"c"}),
        ('x{pod="p",c="a"} 1\nx{pod="p",c=""} 3\n', {"c"}),
        ('x{pod="p",c="a"} 4\nx{pod="p"} 3\n', set()),
        ('x{code="500",reason="r"} 1\nx{code="200"} 3\n', set()),
        ('x{c="a"} 1\nx{c="b"} 2\n', set()),
    ],
)
def test_parts_and_their_total_are_told_from_labels_that_only_some_have(
    samples: str, totals: set[str]
) -> None:
    assert family(samples).totals == totals


def test_series_without_values_show_their_total_by_the_labels_alone() -> None:
    data = [{"__name__": "x", "pod": "p", "c": "a"}, {"__name__": "x", "pod": "p"}]
    (found,) = families_of_series(data, "")
    assert found.totals == frozenset()  # a value that is not known proves no total


def test_of_series_the_targets_that_were_seen_are_kept() -> None:
    data = [{"__name__": "up", "job": "node", "instance": f"{one}:9100"} for one in "ab"]
    (found,) = families_of_series(data, "")
    assert found.targets == {"job": {"node"}, "instance": {"a:9100", "b:9100"}}
    assert found.stored


def test_of_series_the_buckets_make_a_histogram() -> None:
    data = [{"__name__": "h_bucket", "le": one} for one in ("1.0", "+Inf")] + [
        {"__name__": "h_sum"},
        {"__name__": "h_count"},
    ]
    (found,) = families_of_series(data, "")
    assert (found.type, found.buckets, found.names) == (
        Type.HISTOGRAM,
        ("1.0",),
        ("h_bucket", "h_sum", "h_count"),
    )


def test_of_metadata_a_histogram_may_be_native() -> None:
    (found,) = families_of_metadata({"h": [{"type": "histogram"}]}, "")
    assert (found.native, found.open) == (Native.PERHAPS, True)
    assert exposition_of([found]).series["h"].role is Role.UNKNOWN


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("wait_milliseconds", Dimension((("second", 1),), 1e-3)),
        ("wait_ms", Dimension((("second", 1),), 1e-3)),
        ("wait_us", Dimension((("second", 1),), 1e-6)),
        ("wait_microseconds", Dimension((("second", 1),), 1e-6)),
        ("wait_nano_seconds", Dimension((("second", 1),), 1e-9)),
        ("uptime_minutes", Dimension((("second", 1),), 60.0)),
        ("cpu_percent", Dimension((), 0.01)),
        ("heap_mb", Dimension((("byte", 1),), 1e6)),
        ("heap_kilobytes", Dimension((("byte", 1),), 1e3)),
        ("heap_mebibytes", Dimension((("byte", 1),), 1024.0**2)),
        ("last_success_timestamp_seconds", UNITS["timestamp_seconds"].dimension),
        ("highest_timestamp_in_seconds", UNITS["timestamp_seconds"].dimension),
        ("process_start_time_seconds", None),
        ("queue_length", None),
    ],
)
def test_the_unit_of_a_gauge_is_read_from_its_name_scaled_ones_too(name: str, unit: Dimension | None) -> None:
    assert promised(name, Role.GAUGE, "", "") == unit


def test_a_help_text_that_speaks_of_another_unit_takes_the_word_of_the_name_back() -> None:
    assert promised("wait_seconds", Role.GAUGE, "", "How long it waited, in milliseconds.") is None
    assert promised("wait_seconds", Role.GAUGE, "", "How long it waited, in seconds.") is not None


@pytest.mark.parametrize("name", ["node_network_speed_bytes", "write_rate_bytes", "fan_speed_seconds"])
def test_a_speed_is_not_in_what_its_name_ends_in(name: str) -> None:
    assert promised(name, Role.GAUGE, "", "") is None


def test_a_share_is_one_whatever_else_the_name_says() -> None:
    assert promised("hit_rate_ratio", Role.GAUGE, "", "") == ONE


@pytest.mark.parametrize("name", ["gc_wait_milli_seconds", "gc_wait_milliseconds"])
def test_a_scaled_unit_may_be_written_in_two_words(name: str) -> None:
    assert promised(name, Role.GAUGE, "", "") == Dimension(SECOND.exponents, 1e-3)


@pytest.mark.parametrize(
    "text", ["Total milliseconds it took.", "How long it took, in ms.", "Elapsed seconds."]
)
def test_a_counter_whose_help_text_speaks_of_a_measure_counts_no_events(text: str) -> None:
    assert promised("queue_wait_total", Role.COUNTER, "", text) is None
    assert promised("queue_time_total", Role.COUNTER, "", text) is None


@pytest.mark.parametrize("name", ["cpu_time_total", "pages_total", "energy_total", "fan_speed_total"])
def test_a_counter_whose_name_hints_at_a_measure_counts_no_events_for_sure(name: str) -> None:
    assert promised(name, Role.COUNTER, "", "") is None


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from(("", "1", "2")), max_size=3), min_size=1, max_size=5))  # fmt: skip
def test_every_sample_has_the_labels_that_are_certain_and_none_but_those_that_are_known(
    samples: list[dict[str, str]],
) -> None:
    pairs = [",".join(f'{name}="{value}"' for name, value in one.items()) for one in samples]
    text = "".join(f"x{{{one}}} 1\n" for one in pairs)
    labels = family(text).labels
    for one in samples:
        present = {name for name, value in one.items() if value}
        assert {name for name, domain in labels.items() if not domain.optional} <= present <= set(labels)


def test_a_label_that_goes_with_another_in_all_samples_follows_it() -> None:
    text = 'x{id="1",name="a",zone="z"} 1\nx{id="2",name="b",zone="z"} 1\nx{id="3",name="b",zone="y"} 1\n'
    assert family(text).follows == {"name": frozenset({"id"}), "zone": frozenset({"id"})}
