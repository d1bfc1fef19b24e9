"""Label values that strangers choose: whatever they are, the page can be made, read and afforded."""

from __future__ import annotations

import asyncio
import json
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from itertools import product
from typing import Any

import prometheus_client
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families as families
from tests.conftest import StartPrometheus

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.instrumentation import FAULTS, Stage, Tracked
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, OpenLabel, labels
from signalproof.catalogue.metric import Counter, Gauge
from signalproof.catalogue.operation import Request, Status
from signalproof.errors import SignalproofError
from signalproof.instrument import argument, count, faults, result, serve, set_gauge, track_request
from signalproof.testing import Recorded, assert_registry_matches, record


class Failure(ClosedLabel, name="error_type"):
    OTHER = "other"


class Model(BoundedLabel, at_most=8):
    pass


class Route(OpenLabel):
    pass


class Kind(ClosedLabel):
    RYE = "rye"
    OTHER = "other"


class Odd(ClosedLabel):
    HALF = "\ud800"


_MINE = {"model": "mine", "status": "success"}


ASK = Request("ask", "a question", labels(Model), Failure, owner="app.ask")
SHOW = Request("show", "a page", labels(Route, Kind), Failure, owner="app.show")
SEEN = Counter("seen_total", "Seen.", labels(Route))
SIZE = Gauge("depth", "Depth.", labels(Route))
CATALOGUE = Catalogue.of_entries([ASK, SHOW, SEEN, SIZE])
HALF = "\ud800"


@pytest.fixture(params=["client", "cells"])
def recorded(request: pytest.FixtureRequest) -> Iterator[Recorded]:
    faults.log_again()
    with record(CATALOGUE, request.param) as found:
        yield found


@track_request(ASK, labels=[argument(Model, "body", lambda body: body["model"])])
def ask(body: dict[str, str]) -> int:
    return len(body)


@track_request(ASK, labels=[result(Model)])
async def answer(model: str) -> str:
    await asyncio.sleep(0)
    return model


def _models(recorded: Recorded) -> set[str]:
    return {
        sample.labels["model"]
        for family in families(recorded.text())
        for sample in family.samples
        if sample.name == "ask_calls_total"
    }


def test_a_page_is_answered_after_a_value_that_cannot_be_encoded(recorded: Recorded) -> None:
    with serve(0, registry=recorded.registry) as server:
        ask(json.loads('{"model": "\\ud800"}'))
        with urllib.request.urlopen(server.url) as page:
            assert page.status == 200


def test_a_page_is_answered_though_a_collector_of_no_catalogue_has_such_values(recorded: Recorded) -> None:
    stranger = prometheus_client.Counter("stranger", f"Help {HALF}.", ["who"], registry=recorded.registry)
    for value in (HALF, "\udcff", "good"):
        stranger.labels(value).inc()
    ask({"model": "mine"})
    with serve(0, registry=recorded.registry) as server, urllib.request.urlopen(server.url) as page:
        read = [sample for family in families(page.read().decode()) for sample in family.samples]
    assert {one.labels["who"] for one in read if one.name == "stranger_total"} == {
        r"\ud800",
        r"\udcff",
        "good",
    }
    assert [one.value for one in read if one.name == "ask_calls_total" and one.labels == _MINE] == [1]


def test_a_nul_is_shown_as_a_replacement(recorded: Recorded) -> None:
    ask({"model": "a\0b"})
    assert _models(recorded) == {"a\ufffdb"}


def test_half_a_character_is_shown_as_a_replacement(recorded: Recorded) -> None:
    asyncio.run(answer(f"a{HALF}b"))
    assert _models(recorded) == {"a\ufffdb"}


def test_two_halves_that_belong_together_are_one_character(recorded: Recorded) -> None:
    ask({"model": "\ud83d" + "\ude00"})
    assert _models(recorded) == {"😀"}


def test_such_a_value_is_a_fault_each_time(recorded: Recorded) -> None:
    for _ in range(3):
        ask({"model": HALF})
    counted = recorded.value(ASK.calls, Status.SUCCESS, Model("\ufffd"))
    assert (counted, recorded.value(FAULTS, Tracked("ask"), Stage.LABELS)) == (3, 3)


def test_a_long_value_is_cut_and_shows_that_it_was(recorded: Recorded) -> None:
    ask({"model": "x" * 1_000_000})
    assert _models(recorded) == {"x" * 199 + "…"}


def test_a_long_value_does_not_make_a_long_page(recorded: Recorded) -> None:
    before = len(recorded.text())
    ask({"model": "x" * 1_000_000})
    assert len(recorded.text()) < before + 20_000


def test_a_long_value_does_not_make_a_long_line_in_the_log(
    recorded: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    ask({"model": "x" * 1_000_000})
    track_request(SHOW, labels=[Route("/"), argument(Kind, "kind")])(lambda kind: kind)("y" * 1_000_000)
    assert [len(one.getMessage()) < 400 for one in caplog.records] == [True]


def test_a_value_as_long_as_it_may_be_is_left_alone(recorded: Recorded) -> None:
    ask({"model": "x" * 200})
    assert (_models(recorded), recorded.value(FAULTS, Tracked("ask"), Stage.LABELS)) == ({"x" * 200}, 0)


@pytest.mark.parametrize("backend", ["client", "cells"])
def test_how_long_a_value_may_be_is_said_at_the_installation(backend: Any) -> None:
    with record(CATALOGUE, backend, max_value_length=10) as recorded:
        ask({"model": "abcdefghijklmn"})
        assert _models(recorded) == {"abcdefghi…"}


def test_an_empty_value_is_other_because_prometheus_knows_no_empty_label(recorded: Recorded) -> None:
    ask({"model": ""})
    assert (_models(recorded), recorded.value(FAULTS, Tracked("ask"), Stage.LABELS)) == ({"other"}, 1)


def test_metrics_that_a_program_writes_itself_are_treated_alike(recorded: Recorded) -> None:
    count(SEEN, Route(HALF + "x" * 500))
    set_gauge(SIZE, 3, Route(""))
    shown = Route("\ufffd" + "x" * 198 + "…")
    assert (recorded.value(SEEN, shown), recorded.value(SIZE, Route("other"))) == (1, 3)


def test_a_value_that_a_decorator_fixes_is_treated_alike(recorded: Recorded) -> None:
    track_request(ASK, labels=[Model(HALF + "x" * 500)])(lambda: 1)()
    assert _models(recorded) == {"\ufffd" + "x" * 198 + "…"}


def test_a_decorator_that_fixes_one_value_too_many_counts_under_other(recorded: Recorded) -> None:
    for number in range(9):
        track_request(ASK, labels=[Model(f"model {number}")])(lambda: 1)()
    assert recorded.value(ASK.calls, Status.SUCCESS, Model("other")) >= 1


def test_hostile_values_from_many_threads_are_all_counted(recorded: Recorded) -> None:
    def work(number: int) -> None:
        for turn in range(100):
            ask({"model": ("x" * 300, HALF, "", f"{number} {turn}")[turn % 4]})

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(recorded.value(ASK.calls, Status.SUCCESS, Model(one)) for one in _models(recorded)) == 800


_ANY = st.text(st.characters(exclude_categories=()), max_size=260)  # lone surrogates among them
_TRICKY = st.sampled_from(
    ["\0", "\r\n", "\n", '"', "\\", "\\n", '"} 1 # {', '{a="b"}', " ", "\u2028", "# EOF", "\ufeff"]
)


@settings(max_examples=60, deadline=None)  # a slow machine is no fault
@given(
    values=st.lists(st.one_of(_ANY, _TRICKY, st.builds("".join, st.lists(_TRICKY))), min_size=1, max_size=12)
)
@pytest.mark.parametrize("backend", ["client", "cells"])
def test_both_parsers_read_every_page_as_it_was_meant(backend: Any, values: list[str]) -> None:
    with record(CATALOGUE, backend) as recorded:
        show = track_request(SHOW, labels=[argument(Route, "route"), argument(Kind, "kind")])(_nothing)
        for value, kind in product(values, (Kind.RYE, "?")):
            show(route=value, kind=kind)
            count(SEEN, Route(value))
        pages = families(recorded.text()), openmetrics_families(recorded.openmetrics())  # type: ignore[no-untyped-call]  # prometheus_client left it untyped
        read = [
            sum(sample.value for family in parsed for sample in family.samples if sample.name == name)
            for parsed in map(list, pages)
            for name in ("show_calls_total", "seen_total", "show_duration_seconds_count")
        ]
        assert read == [2 * len(values)] * 6
        recorded.text().encode()
        assert_registry_matches(CATALOGUE, recorded.registry)


def _nothing(route: str, kind: str) -> None: ...


def test_a_real_prometheus_stores_every_hostile_value(
    recorded: Recorded, start_prometheus: StartPrometheus
) -> None:
    values = [
        "\0",
        "a\0b",
        "\r\n",
        "\n",
        '"} 1 # {',
        "\\",
        "\\n",
        "\u2028",
        HALF,
        "x" * 100_000,
        "😀",
        "",
        " ",
        "\ufeff",
    ]
    for value in values:
        count(SEEN, Route(value))
    with serve(0, registry=recorded.registry) as server:
        target = f"127.0.0.1:{server.port}"
        prometheus = start_prometheus(
            "global: {scrape_interval: 1s}\n"
            f"scrape_configs: [{{job_name: j, static_configs: [{{targets: ['{target}']}}]}}]\n"
        )

        prometheus.until("up == 1")
        assert prometheus.number("sum(seen_total)", time.time()) == len(values)


def test_prometheus_reads_a_page_of_hostile_values(recorded: Recorded, promtool: str) -> None:
    for number, value in enumerate(("\0", "\r\n", '"} 1', "\\", "\u2028", HALF, "x" * 1000, "😀")):
        count(SEEN, Route(value))
        ask({"model": f"{value}{number}"})
    page = recorded.text().encode()
    done = subprocess.run([promtool, "check", "metrics"], input=page, capture_output=True, check=False)
    assert b"error while linting" not in done.stderr, done.stderr


@pytest.mark.parametrize(
    "declare",
    [
        lambda: labels(Route(HALF)),
        lambda: labels(Odd),
        lambda: Counter("odd_total", f"Odd {HALF}.", labels()),
    ],
    ids=["fixed", "closed", "help"],
)
def test_what_a_declaration_cannot_expose_is_refused_where_it_is_declared(declare: Any) -> None:
    with pytest.raises(SignalproofError, match="half a character is no text") as caught:
        declare()
    assert caught.value.where is not None
    assert caught.value.where.file == __file__
