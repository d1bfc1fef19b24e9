"""Queries against a real Prometheus, and against servers that are none."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from signalproof.errors import Location, SignalproofError
from signalproof.live.verify import Result, Status, verify
from signalproof.promql.query import Query, TemplateVariable, Use

if TYPE_CHECKING:
    from tests.conftest import History

HERE = Location("dashboards/shop.json", 7)
CALLS = "adapter_planning_calls_total"
JOB = {"job": TemplateVariable("job", multi=True), "instance": TemplateVariable("instance")}


def panel(text: str, **options: Any) -> Query:
    return Query(text, HERE, Use.PANEL, "shop", "Calls", "A", **options)


def alert(text: str) -> Query:
    return Query(text, HERE, Use.ALERT, "shop", "TooSlow")


def asked(history: History, *queries: Query) -> list[Result]:
    return verify(history.prometheus.url, queries, now=history.end, span=1800)


def one(history: History, query: Query) -> Result:
    (result,) = asked(history, query)
    return result


def test_a_panel_with_data_is_alive(history: History) -> None:
    assert one(history, panel(f"sum(rate({CALLS}[$__rate_interval]))")).status is Status.ALIVE


def test_a_range_has_a_sample_for_every_step(history: History) -> None:
    result = one(history, panel(f"sum(rate({CALLS}[$__rate_interval]))"))
    assert (result.series, result.samples) == (1, 1800 // 15 + 1)


def test_an_instant_query_has_one_sample_for_each_series(history: History) -> None:
    result = one(history, panel(f"sum by (status) (increase({CALLS}[$__range]))", instant=True))
    assert (result.series, result.samples) == (3, 3)


def test_a_scalar_is_alive(history: History) -> None:
    assert one(history, panel("scalar(vector(1))", instant=True)).status is Status.ALIVE


def test_a_string_is_alive(history: History) -> None:
    assert one(history, panel("'a text'", instant=True)).status is Status.ALIVE


def test_a_metric_that_nobody_emits_is_empty(history: History) -> None:
    assert one(history, panel("sum(rate(nothing_total[5m]))")).status is Status.EMPTY


def test_what_compares_is_alive_while_what_it_compares_has_data(history: History) -> None:
    result = one(history, panel(f"(sum by (status) (increase({CALLS}[$__rate_interval])) > 1e9) * 1000"))
    assert (result.status, result.message) == (
        Status.ALIVE,
        "nothing is shown now: what it compares has data",
    )


def test_what_compares_something_that_nobody_emits_is_empty(history: History) -> None:
    assert one(history, panel("sum(increase(nothing_total[5m])) > 0")).status is Status.EMPTY


def test_a_range_that_is_shorter_than_the_step_has_its_point_at_the_end(history: History) -> None:
    result = one(history, panel(f"sum(rate({CALLS}[$__rate_interval]))", interval=3600.0))
    assert (result.status, result.samples) == (Status.ALIVE, 1)


def test_a_result_of_nan_alone_is_empty(history: History) -> None:
    result = one(history, panel(f"0 * sum({CALLS}) / 0"))
    assert (result.status, result.message) == (Status.EMPTY, "every sample is NaN")


def test_a_query_that_is_refused_is_an_error_in_the_servers_words(history: History) -> None:
    result = one(history, panel(f"histogram_quantile(0.95, {CALLS}) by (strategy)"))
    assert (result.status, "parse error" in result.message) == (Status.ERROR, True)


def test_a_query_that_fails_is_an_error_in_the_servers_words(history: History) -> None:
    result = one(history, panel(f"{CALLS} / on (job) {CALLS}"))
    assert (result.status, "many-to-many" in result.message) == (Status.ERROR, True)


def test_results_stand_in_the_order_of_the_queries(history: History) -> None:
    queries = [
        panel("up"),
        panel("down"),
        Query("up", HERE, Use.VARIABLE, "shop", "job", label="job"),
        panel("("),
    ]
    assert [result.query for result in asked(history, *queries)] == queries


def test_a_variable_has_its_values(history: History) -> None:
    result = one(history, Query("up", HERE, Use.VARIABLE, "shop", "job", label="job"))
    assert (result.status, result.series) == (Status.ALIVE, 2)


def test_a_variable_of_all_series_has_its_values(history: History) -> None:
    assert one(history, Query("", HERE, Use.VARIABLE, "shop", "strategy", label="strategy")).series == 2


def test_a_variable_of_a_label_that_is_not_there_is_empty(history: History) -> None:
    assert one(history, Query("up", HERE, Use.VARIABLE, "shop", "pod", label="pod")).status is Status.EMPTY


def test_the_label_of_a_variable_may_be_a_variable(history: History) -> None:
    by = {"by": TemplateVariable("by", "custom", values=("job", "instance"))}
    assert one(history, Query("up", HERE, Use.VARIABLE, "shop", "of", label="$by", variables=by)).series == 2


def test_a_variable_of_a_broken_selector_is_an_error(history: History) -> None:
    assert one(history, Query("up{", HERE, Use.VARIABLE, "shop", "job", label="job")).status is Status.ERROR


def test_a_variable_of_a_query_result_is_asked_for_the_moment(history: History) -> None:
    assert one(history, Query("count(up)", HERE, Use.VARIABLE, "shop", "targets")).samples == 1


def test_the_values_of_a_variable_stand_in_the_queries_of_its_dashboard(history: History) -> None:
    _, _, result = asked(
        history,
        Query("up", HERE, Use.VARIABLE, "shop", "job", label="job", variables=JOB),
        Query('up{job=~"$job"}', HERE, Use.VARIABLE, "shop", "instance", label="instance", variables=JOB),
        panel('up{job=~"$job", instance="$instance"}', variables=JOB),
    )
    assert (result.series, result.expr) == (1, 'up{job=~"(deployer|planner)", instance="deployer-0:9100"}')


def test_a_recording_rule_with_data_is_alive(history: History) -> None:
    rule = Query(
        f"sum by (job) (rate({CALLS}[5m]))", HERE, Use.RECORDING, "shop", "job:planning_calls:rate5m"
    )
    assert one(history, rule).status is Status.ALIVE


def test_a_recording_rule_without_data_is_empty(history: History) -> None:
    assert (
        one(history, Query("sum(nothing)", HERE, Use.RECORDING, "shop", "job:nothing:sum")).status
        is Status.EMPTY
    )


def test_an_alert_that_does_not_fire_is_alive(history: History) -> None:
    result = one(history, alert(f"sum(rate({CALLS}[5m])) > 1e9"))
    assert (result.status, result.message, result.expr) == (Status.ALIVE, "", f"sum(rate({CALLS}[5m]))")


def test_an_alert_that_fires_says_so(history: History) -> None:
    result = one(history, alert(f"sum(rate({CALLS}[5m])) > 0"))
    assert (result.status, result.message) == (Status.ALIVE, "it fires now")


def test_an_alert_that_can_never_fire_is_empty(history: History) -> None:
    assert one(history, alert("sum(nothing) > 1")).status is Status.EMPTY


def test_every_part_of_an_alert_has_to_return_data(history: History) -> None:
    result = one(history, alert(f"sum({CALLS}) > 1e9 or sum(nothing) > 1 or up > 2"))
    assert (result.status, result.expr) == (Status.EMPTY, "sum(nothing)")


def test_an_alert_whose_sides_never_meet_is_empty(history: History) -> None:
    assert one(history, alert("sum by (job) (up) > 5 and sum by (instance) (up) > 5")).status is Status.EMPTY


def test_an_alert_that_the_server_refuses_is_an_error(history: History) -> None:
    assert one(history, alert("up > > 5")).status is Status.ERROR


def test_an_annotation_is_asked_over_the_range(history: History) -> None:
    result = one(history, Query(f"changes({CALLS}[1m]) > 0", HERE, Use.ANNOTATION, "shop", "Plans"))
    assert (result.status, result.samples > 10) == (Status.ALIVE, True)


def test_each_result_is_told_as_it_comes(history: History) -> None:
    told: list[Result] = []
    results = verify(history.prometheus.url, [panel("up"), panel("down")], now=history.end, done=told.append)
    assert told == results


@contextmanager
def standing_in(answer: Callable[[BaseHTTPRequestHandler, bytes], None]) -> Iterator[str]:
    """Serve every request with *answer*, which is given its body; yield the URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            answer(self, self.rfile.read(int(self.headers["Content-Length"])))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in http.server
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads, server.block_on_close = True, False
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def say(handler: BaseHTTPRequestHandler, status: int, body: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body.encode())


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>",
        "[]",
        "{}",
        '"up"',
        '{"status": "success"}',
        '{"status": "success", "data": {"resultType": "vector", "result": ["x"]}}',
    ],
)
def test_a_server_that_is_no_prometheus_is_a_clear_error(body: str) -> None:
    with (
        standing_in(lambda handler, _: say(handler, 200, body)) as url,
        pytest.raises(SignalproofError, match="not as Prometheus does") as caught,
    ):
        verify(url, [panel("up")])
    assert caught.value.help


def test_a_prometheus_that_is_not_there_is_a_clear_error() -> None:
    with standing_in(lambda handler, _: say(handler, 200, "")) as url:
        pass
    with pytest.raises(SignalproofError, match=f"{url} does not answer") as caught:
        verify(url, [panel("up")])
    assert caught.value.help


def test_an_interrupt_does_not_wait_for_answers() -> None:
    good = '{"status": "success", "data": {"resultType": "vector", "result": []}}'
    over, waiting = threading.Event(), threading.Event()

    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        if b"slow" in body:
            waiting.set()
            over.wait(30)
        else:
            say(handler, 200, good)

    def interrupt(_: Result) -> None:
        assert waiting.wait(10)
        raise KeyboardInterrupt

    started = time.monotonic()
    with standing_in(answer) as url:
        with pytest.raises(KeyboardInterrupt):
            verify(url, [panel("fast", instant=True), *[panel("slow")] * 20], timeout=30, done=interrupt)
        over.set()
    assert time.monotonic() - started < 10
