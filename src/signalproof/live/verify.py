"""Every query against a real Prometheus: does it return data?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum

from signalproof.errors import SignalproofError
from signalproof.live.api import Data, Prometheus
from signalproof.live.measured import measured
from signalproof.live.variables import Moment, replaced, values_for
from signalproof.promql.parser import PromQLSyntaxError, parse
from signalproof.promql.printer import to_text
from signalproof.promql.query import Query, Use
from signalproof.promql.ways import answering

_ANNOTATION_STEP = 60.0
"""Seconds: the least step at which Grafana asks for annotations."""


class Status(StrEnum):
    """What became of a query."""

    ALIVE = "alive"
    EMPTY = "empty"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Result:
    """What a query returned.

    Attributes:
        query: The query.
        status: Whether it returned data.
        expr: What was asked last, variables replaced.
        series: How many series have a number, or how many values a variable has.
        samples: How many numbers they have.
        message: Of an error, the server's words; else what is worth knowing, or nothing.
        seconds: How long the answer took.
    """

    query: Query
    status: Status
    expr: str
    series: int = 0
    samples: int = 0
    message: str = ""
    seconds: float = 0.0


def verify(
    url: str,
    queries: Iterable[Query],
    *,
    now: float | None = None,
    span: float = 3600.0,
    step: float | None = None,
    scrape_interval: float = 15.0,
    timeout: float = 30.0,
    workers: int = 4,
    done: Callable[[Result], None] = lambda _: None,
) -> list[Result]:
    """Ask Prometheus every query, and return what became of each, in their order.

    Panels, annotations, rules and bare expressions are asked over a range, unless they are for one moment. Of an alert,
    and of any other query that returns nothing because it compares, ``increase(…) > 0`` while nothing happens, the part
    that it compares has to return data. Variables are asked first, in
    their order, and their answers stand for them in the queries of their dashboard.

    Args:
        url: Where Prometheus is, ``http://127.0.0.1:9090``.
        queries: What to ask.
        now: Unix time of the end of the range; the present unless given.
        span: Length of the range in seconds.
        step: Seconds between two points; by default about 240 of them, at least a scrape interval apart.
        scrape_interval: Seconds between two scrapes, for ``$__rate_interval``.
        timeout: Seconds to wait for each answer.
        workers: How many queries to ask at a time.
        done: Told each result, from the calling thread.

    Raises:
        SignalproofError: The URL is none, nobody answers there, or it is no Prometheus.
    """
    asked = list(queries)
    moment = Moment(
        time.time() if now is None else now, span, step or max(scrape_interval, span / 240), scrape_interval
    )
    server = Prometheus.at(url, timeout)
    results: dict[int, Result] = {}
    found: dict[str, dict[str, Sequence[str]]] = {}
    pool = ThreadPoolExecutor(workers, thread_name_prefix="verify")
    try:
        for place, query in enumerate(asked):
            if query.use is Use.VARIABLE:
                results[place] = _variable(server, query, moment, found.setdefault(query.dashboard, {}))
                done(results[place])
        rest = [(place, query) for place, query in enumerate(asked) if place not in results]
        answers = pool.map(lambda one: _asked(server, one[1], moment, found.get(one[1].dashboard, {})), rest)
        for (place, _), result in zip(rest, answers, strict=True):
            results[place] = result
            done(result)
    finally:
        # whatever interrupts us, the connections end at once, and with them the threads that wait on them
        server.client.close()
        pool.shutdown(wait=True, cancel_futures=True)
    return [results[place] for place in range(len(asked))]


def _variable(server: Prometheus, query: Query, moment: Moment, found: dict[str, Sequence[str]]) -> Result:
    """Ask for the values of a variable, and keep them in *found* for the queries that use it."""
    if not query.label:
        return _asked(server, query, moment, found)
    expr, started = query.text, time.perf_counter()
    try:
        own = values_for(query, moment, found)
        expr = replaced(query.text, own)
        values = server.label_values(replaced(query.label, own), expr, moment.start, moment.now)
    except SignalproofError as error:
        return Result(query, Status.ERROR, expr, message=str(error), seconds=time.perf_counter() - started)
    found[query.panel] = values
    status = Status.ALIVE if values else Status.EMPTY
    return Result(query, status, expr, len(values), len(values), "", time.perf_counter() - started)


def _asked(server: Prometheus, query: Query, moment: Moment, found: dict[str, Sequence[str]]) -> Result:
    expr, started = query.text, time.perf_counter()
    message, data = "", Data(0, 0)
    try:
        expr = replaced(query.text, values_for(query, moment, found))
        parts = [expr]
        if query.use is Use.ALERT:
            message = "it fires now" if server.instant(expr, moment.now).series else ""
            parts = _compared(expr) or parts
        for part in parts:
            expr, data = part, _data(server, query, part, moment)
            if not data.samples:
                break
        if not data.samples and query.use is not Use.ALERT and (parts := _compared(expr)):
            alive = [_data(server, query, part, moment) for part in parts]
            if all(one.samples for one in alive):
                data, message = alive[0], "nothing is shown now: what it compares has data"
    except SignalproofError as error:
        return Result(query, Status.ERROR, expr, message=str(error), seconds=time.perf_counter() - started)
    status = Status.ALIVE if data.samples else Status.EMPTY
    if data.not_numbers and not data.samples:
        message = "every sample is NaN"
    return Result(query, status, expr, data.series, data.samples, message, time.perf_counter() - started)


def _compared(expr: str) -> list[str]:
    """Return what the alert *expr* compares; nothing when only the server understands it, so that it is asked whole."""
    try:
        return [to_text(one) for one in measured(answering(parse(expr)))]
    except (PromQLSyntaxError, RecursionError):
        return []


def _data(server: Prometheus, query: Query, expr: str, moment: Moment) -> Data:
    if query.instant or query.use is Use.VARIABLE:
        return server.instant(expr, moment.now)
    step = moment.step_of(query)
    if query.use is Use.ANNOTATION:
        step = max(step, _ANNOTATION_STEP)
    # a range that is shorter than the step has its one point at the end, where the data is
    begin = moment.now - step * int((moment.now - moment.start) / step)
    return server.over(expr, begin, moment.now, step)
