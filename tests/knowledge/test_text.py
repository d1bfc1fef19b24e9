"""Catalogues from dumps: text format, OpenMetrics, metadata and series JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics

from signalproof.catalogue.exposition import Exposition, Role
from signalproof.catalogue.family import exposition_of
from signalproof.catalogue.units import EVENT, SECOND
from signalproof.cli.references import source_of
from signalproof.config import Config
from signalproof.errors import SignalproofError
from signalproof.knowledge.answers import families_of_json
from signalproof.knowledge.merge import Source
from signalproof.knowledge.text import families_of_text


def exposition_of_text(text: str, file: str = "") -> Exposition:
    return exposition_of(families_of_text(text, file))


def exposition_of_json(text: str) -> Exposition:
    return exposition_of(families_of_json(text))


def _registry(label_value: str = "v") -> CollectorRegistry:
    registry = CollectorRegistry()
    Counter("requests", "Requests.", ["code"], registry=registry).labels(label_value).inc()
    Histogram("wait_seconds", "Wait.", ["queue"], registry=registry).labels(label_value).observe(1)
    Summary("size_bytes", "Size.", registry=registry).observe(1)
    Gauge("temperature", 'Say "hot" \\ \n or cold.', ["room"], registry=registry).labels(label_value).set(1)
    return registry


@given(st.text(max_size=20))
def test_both_formats_of_the_python_client_are_read_whatever_the_label_values(value: str) -> None:
    registry = _registry(value)
    for text in (generate_latest(registry).decode(), generate_openmetrics(registry).decode()):  # type: ignore[no-untyped-call]  # prometheus_client types half of its exposition
        series = exposition_of_text(text).series
        assert series["requests_total"].role is Role.COUNTER
        labels = {"queue", "le"} if value else {"le"}  # an empty label is none
        assert set(series["wait_seconds_bucket"].labels) == labels
        assert series["wait_seconds_sum"].role is Role.SUM
        assert series["temperature"].role is Role.GAUGE


def test_label_names_are_closed_and_values_open() -> None:
    series = exposition_of_text(generate_latest(_registry()).decode()).series["requests_total"]
    assert not series.open
    assert series.labels["code"].values is None


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("wait_seconds_sum", SECOND),
        ("wait_seconds_bucket", EVENT),
        ("requests_total", EVENT),
        ("temperature", None),
    ],
)
def test_the_unit_is_what_the_name_promises(name: str, unit: object) -> None:
    assert exposition_of_text(generate_latest(_registry()).decode()).series[name].unit == unit


@pytest.mark.parametrize("name", ["process_start_time_seconds", "pause", "cpu_usage"])
def test_a_gauge_whose_name_promises_no_base_unit_has_none(name: str) -> None:
    assert exposition_of_text(f"# TYPE {name} gauge\n{name} 1\n").series[name].unit is None


def test_a_family_without_samples_has_open_labels() -> None:
    series = exposition_of_text("# TYPE x_total counter\n# TYPE h histogram\n").series
    assert series["x_total"].open
    assert series["h_bucket"].open


def test_a_sample_without_a_type_is_of_unknown_role() -> None:
    assert exposition_of_text('x{a="b"} 1 1700000000000\n').series["x"].role is Role.UNKNOWN


def test_a_quoted_name_is_read() -> None:
    exposition = exposition_of_text('{"my.metric", "a.label"="x"} 1\n')
    assert set(exposition.series["my.metric"].labels) == {"a.label"}


def test_an_exemplar_is_no_part_of_the_sample() -> None:
    text = '# TYPE h histogram\nh_bucket{le="1.0"} 3 # {trace_id="a b"} 0.5 1700000000.1\n# EOF\n'
    assert set(exposition_of_text(text).series["h_bucket"].labels) == {"le"}


@pytest.mark.parametrize(
    "line", ["x", "x{a=b} 1", 'x{a="b} 1', "x one", '{a="b"} 1', "<html>", 'x{a="b",,} 1']
)
def test_a_line_that_is_no_sample_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(SignalproofError) as caught:
        exposition_of_text(f"up 1\n{line}\n", "m.prom")
    assert str(caught.value.where) == "m.prom:2"


@given(st.text(max_size=100))
def test_any_text_is_read_or_refused(text: str) -> None:
    refusal: SignalproofError | None = None
    names: list[tuple[str, str]] = []
    try:
        names = [(name, one.name) for name, one in exposition_of_text(text, "m.prom").series.items()]
    except SignalproofError as error:
        refusal = error
    assert all(name == own for name, own in names)
    assert refusal is None or str(refusal.where).startswith("m.prom")


def test_metadata_gives_names_with_open_labels() -> None:
    data = {"data": {"x_total": [{"type": "counter", "help": "X."}], "h": [{"type": "histogram"}]}}
    series = exposition_of_json(json.dumps(data)).series
    assert (series["x_total"].role, series["x_total"].open) == (Role.COUNTER, True)
    assert series["h_bucket"].role is Role.BUCKET


def test_a_metric_of_two_types_is_of_neither() -> None:
    data = {"data": {"x": [{"type": "counter"}, {"type": "gauge"}]}}
    assert exposition_of_json(json.dumps(data)).series["x"].role is Role.UNKNOWN


def test_series_give_names_and_label_names() -> None:
    data = {"data": [{"__name__": "x", "a": "1"}, {"__name__": "x", "b": "2"}]}
    series = exposition_of_json(json.dumps(data)).series["x"]
    assert (set(series.labels), series.open) == ({"a", "b"}, False)


@pytest.mark.parametrize("text", ["{}", "[]", "{", '{"data": [1]}', "[" * 5000])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(SignalproofError, match="not the JSON"):
        exposition_of_json(text)


def test_a_file_is_recognised_by_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("up 1\n")
    (tmp_path / "b.json").write_text('{"data": {"y": []}}')
    (tmp_path / "c.prom").write_text('{"z"} 1\n')
    found = [source_of(str(tmp_path / one), Config(tmp_path)) for one in ("a.txt", "b.json", "c.prom")]
    assert [one.families[0].name for one in found if isinstance(one, Source)] == ["up", "y", "z"]
