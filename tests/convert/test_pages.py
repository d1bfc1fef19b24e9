"""What a page of metrics becomes: which label classes, units and buckets, and what is left out."""

from __future__ import annotations

from typing import Any

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.existing import NO_BOUNDS, Existing, Gauge, Histogram, Info, Summary, Untyped
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, Label, OpenLabel
from signalproof.convert.catalogue import catalogue_module
from signalproof.convert.found import Converted
from signalproof.convert.pages import found_on
from signalproof.errors import SignalproofError
from signalproof.knowledge.answers import families_of_json
from signalproof.knowledge.text import families_of_text


def converted(text: str) -> Converted:
    """Return what becomes of a page, or of JSON."""
    if text.startswith("{"):
        return catalogue_module(found_on(families_of_json(text, "page"))[0], "A page")
    return catalogue_module(found_on(families_of_text(text, "page", values=True))[0], "A page")


def metrics(text: str) -> dict[str, Existing[Any]]:
    """Return the metrics that the module declares, by name."""
    names: dict[str, Any] = {"__name__": "catalogue"}
    exec(converted(text).source, names)
    catalogue: Catalogue = names["CATALOGUE"]
    return {name: one for name, one in catalogue.metrics.items() if isinstance(one, Existing)}


def metric(text: str) -> Existing[Any]:
    """Return the one metric that the module declares."""
    (one,) = metrics(text).values()
    return one


def label(text: str, name: str) -> type[Label]:
    """Return the class of a label of the one metric."""
    return metric(text).labels.classes[name]


def gauge(name: str, *values: str) -> str:
    """Return a page with one gauge, whose label has these values."""
    return "# TYPE size gauge\n" + "".join(f'size{{{name}="{value}"}} 1\n' for value in values)


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("# TYPE size gauge\nsize 1\n", Gauge),
        ("# TYPE app_info gauge\napp_info 1\n", Info),
        ("# TYPE app info\napp_info 1\n", Info),
        ("# TYPE wait summary\nwait_sum 1\nwait_count 1\n", Summary),
        ("vmstat 1\n", Untyped),
        ('# TYPE state stateset\nstate{state="on"} 1\n', Gauge),
    ],
)
def test_each_type_has_its_class(page: str, kind: type[Existing[Any]]) -> None:
    assert type(metric(page)) is kind


@pytest.mark.parametrize(
    "page", ["# TYPE hits counter\nhits_total 1\n", "# TYPE hits_total counter\nhits_total 1\n"]
)
def test_a_counter_goes_by_the_name_of_its_series(page: str) -> None:
    assert metric(page).name == "hits_total"


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("method", ("GET", "POST"), ClosedLabel),
        ("status", ("200", "404"), ClosedLabel),
        ("code", ("2xx", "5xx"), ClosedLabel),
        ("colour", ("red", "green"), ClosedLabel),
        ("colour", ("red",), BoundedLabel),
        ("cpu", ("0", "1"), BoundedLabel),
        ("path", ("a", "b"), BoundedLabel),
        ("state", tuple(f"s{n}" for n in range(17)), BoundedLabel),
        ("colour", tuple(f"c{n}" for n in range(101)), OpenLabel),
    ],
)
def test_a_label_is_closed_where_its_values_look_like_a_list(
    name: str, values: tuple[str, ...], kind: type[Label]
) -> None:
    assert issubclass(label(gauge(name, *values), name), kind)


def test_the_values_seen_are_to_be_checked() -> None:
    (check,) = [one for one in converted(gauge("method", "GET")).checks if "method" in one.what]
    assert (check.where.line, check.what) == (1, "label 'method': the values seen; are there others?")


def test_the_states_of_a_state_set_are_all_there_are() -> None:
    page = '# HELP state S.\n# TYPE state gauge\nstate{state="on"} 1\nstate{state="off"} 0\n'
    assert converted(page).checks == ()


def test_metrics_that_share_values_share_the_class_of_a_label() -> None:
    page = '# TYPE a gauge\na{state="on"} 1\na{state="off"} 1\n# TYPE b gauge\nb{state="off"} 1\nb{state="idle"} 1\n'
    a, b = metrics(page).values()
    assert a.labels.classes["state"] is b.labels.classes["state"]


def test_metrics_that_share_no_value_have_classes_of_their_own() -> None:
    page = '# TYPE a gauge\na{state="on"} 1\na{state="off"} 1\n# TYPE b gauge\nb{state="idle"} 1\nb{state="busy"} 1\n'
    a, b = metrics(page).values()
    assert a.labels.domains["state"].values == frozenset({"on", "off"})
    assert b.labels.domains["state"].values == frozenset({"idle", "busy"})


def test_a_metric_may_have_more_labels_than_one_call_takes() -> None:
    names = [f"label_{one}" for one in "abcdefghij"]
    page = "# TYPE size gauge\nsize{" + ",".join(f'{one}="x"' for one in names) + "} 1\n"
    assert list(metric(page).labels) == names


@pytest.mark.parametrize(
    "name", ["class", "None", "Counter", "labels", "SECONDS", "print", "CATALOGUE", "_", "__init", "mro"]
)
def test_names_that_python_or_the_module_has_are_no_trouble(name: str) -> None:
    page = f'# TYPE {name} gauge\n{name}{{{name.strip("_") or "x"}="a"}} 1\n# TYPE wait_seconds gauge\nwait_seconds 1\n'
    assert name in metrics(page)


def test_values_that_differ_in_capitals_alone_stay_two_members() -> None:
    assert label(gauge("state", "up", "UP", "u-p", "u p"), "state").domain().values == frozenset(
        {"up", "UP", "u-p", "u p"}
    )


@pytest.mark.parametrize(
    ("bounds", "source"),
    [
        ("0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1.0 2.5 5.0 7.5 10.0", ""),
        ("0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 30", "buckets=HTTP,"),
        ("0.1 1", 'buckets=Buckets("wait_seconds", (0.1, 1)),'),
    ],
)
def test_buckets_are_named_where_they_have_a_name(bounds: str, source: str) -> None:
    lines = "".join(f'wait_seconds_bucket{{le="{one}"}} 1\n' for one in (*bounds.split(), "+Inf"))
    written = converted(
        f"# TYPE wait_seconds histogram\n{lines}wait_seconds_sum 1\nwait_seconds_count 1\n"
    ).source
    assert [line.strip() for line in written.split("\n") if "buckets=" in line] == (
        [source] if source else []
    )


def test_bounds_that_two_histograms_have_are_written_once() -> None:
    page = "".join(
        f'# TYPE {name} histogram\n{name}_bucket{{le="1"}} 1\n{name}_bucket{{le="3"}} 1\n{name}_bucket{{le="+Inf"}} 1\n'
        for name in ("a", "b")
    )
    assert converted(page).source.count("(1, 3)") == 1


@pytest.mark.parametrize(
    ("name", "kind", "unit"),
    [
        ("wait_seconds", "gauge", "s"),
        ("wait_milliseconds", "gauge", "ms"),
        ("hits_total", "counter", "short"),
        ("size", "gauge", ""),
        ("temperature", "gauge", ""),
    ],
)
def test_a_unit_is_the_one_that_the_name_says(name: str, kind: str, unit: str) -> None:
    from signalproof.catalogue.units import grafana_unit

    assert grafana_unit(metric(f"# TYPE {name} {kind}\n{name} 1\n").family.unit) == unit


def test_a_measure_without_a_unit_is_to_be_checked() -> None:
    page = "# HELP temperature T.\n# TYPE temperature gauge\ntemperature 1\n"
    assert "NOT_KNOWN,  # check: name and help do not say the unit for certain" in converted(page).source


def test_of_metadata_labels_and_buckets_stay_unknown() -> None:
    one = metric('{"data": {"wait_seconds": [{"type": "histogram", "help": "W."}]}}')
    assert isinstance(one, Histogram)
    assert (one.open, one.buckets) == (True, NO_BOUNDS)


def test_what_the_client_library_says_of_its_process_is_left_out() -> None:
    families = families_of_text("process_open_fds 1\nprocess_orders 1\n", "page", values=True)
    found, left_out = found_on(families)
    assert [one.family.name for one in found] == ["process_orders"]
    assert list(left_out.values()) == [["process_open_fds"]]


def test_when_a_series_began_is_left_out_beside_the_series() -> None:
    page = "# TYPE hits_total counter\nhits_total 1\n# TYPE hits_created gauge\nhits_created 1\n# TYPE a_created gauge\na_created 1\n"
    assert set(metrics(page)) == {"hits_total", "a_created"}


def test_a_label_of_the_scrape_is_left_out_and_said() -> None:
    made = converted('# HELP a A.\n# TYPE a gauge\na{job="x",instance="y"} 1\n')
    assert "its own job and instance is stored as exported_job and exported_instance" in made.checks[0].what


def test_a_type_that_no_class_declares_is_left_out() -> None:
    made = converted('# TYPE a gaugehistogram\na_bucket{le="1"} 1\n# TYPE b gauge\nb 1\n')
    assert list(made.left_out.values()) == [("a",)]


def test_nothing_to_declare_is_refused() -> None:
    with pytest.raises(SignalproofError, match="no metric is left"):
        converted('# TYPE a gaugehistogram\na_bucket{le="1"} 1\n')
