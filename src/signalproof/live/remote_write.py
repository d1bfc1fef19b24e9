"""Prometheus remote write 1.0: protobuf and snappy by hand, because both are a dozen lines here.

Source: https://prometheus.io/docs/specs/prw/remote_write_spec/
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from time import time as wall_clock

from signalproof.errors import SignalproofError
from signalproof.live.address import address
from signalproof.live.client import Answer, Client
from signalproof.live.model import Model
from signalproof.live.openmetrics import scrape_times
from signalproof.live.source import Line, Source

_SAMPLES = 20_000
"""About how many samples one request carries."""
_ATTEMPTS = 5
_HEADERS = {
    "Content-Encoding": "snappy",
    "Content-Type": "application/x-protobuf",
    "User-Agent": "signalproof",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}


def remote_write(
    model: Model,
    url: str,
    *,
    start: float,
    end: float,
    interval: float,
    follow: bool = False,
    stop: threading.Event | None = None,
    sent: Callable[[int], None] = lambda _: None,
    timeout: float = 30.0,
    clock: Callable[[], float] = wall_clock,
) -> int:
    """Send the series from *start* to *end* (Unix seconds), and with *follow* go on as time does; return the samples sent.

    Time ascends over all series, so that a server that takes no samples out of order takes these.

    Args:
        model: What to send.
        url: The whole URL, ``http://127.0.0.1:9090/api/v1/write``.
        start: When every process starts.
        end: Moment of the last scrape of the history.
        interval: Seconds between two scrapes.
        follow: Whether to go on scraping until *stop* is set.
        stop: Ends it early, between two requests.
        sent: Told the number of samples after each request.
        timeout: Seconds to wait for the server.
        clock: What time it is, in Unix seconds.

    Raises:
        SignalproofError: The server cannot be reached or refuses the samples, or the range is empty.
    """
    history = scrape_times(start, end, interval)
    if not history:
        raise SignalproofError("nothing to send: the range holds no scrape", "let it end after its start")
    client = Client(address(url, "http://127.0.0.1:9090/api/v1/write"), timeout)
    stop = stop or threading.Event()
    sources = [source for part in model.parts(start) for source in part]
    heads = [[_labels(line, source) for line in source.lines] for source in sources]
    rows = max(1, _SAMPLES // max(1, sum(map(len, heads))))
    total = 0
    try:
        for times in _batches(history, rows, interval, follow, stop, clock):
            message = b"".join(
                _series(heads[place], times, [source.sample(time) for time in times])
                for place, source in enumerate(sources)
            )
            _send(client, snappy(message), stop)
            count = len(times) * sum(map(len, heads))
            total += count
            sent(count)
    finally:
        client.close()
    return total


def _batches(
    history: Sequence[float],
    rows: int,
    interval: float,
    follow: bool,
    stop: threading.Event,
    clock: Callable[[], float],
) -> Iterator[Sequence[float]]:
    for first in range(0, len(history), rows):
        if stop.is_set():
            return
        yield history[first : first + rows]
    scrape = history[-1] + interval
    while follow and not stop.wait(max(0.0, scrape - clock())):
        yield [scrape]
        scrape = round(scrape + interval, 3)


def _send(client: Client, body: bytes, stop: threading.Event) -> None:
    """Send one request; as the specification asks, again after a growing pause when the server is overloaded."""
    answer = Answer(0, b"")
    for attempt in range(_ATTEMPTS):
        answer = client.request("POST", "", body, _HEADERS)
        if answer.status < 300:
            return
        if (answer.status < 500 and answer.status != 429) or stop.wait(0.1 * 2**attempt):
            break
    words = answer.body.decode("utf-8", "replace").strip()[:500]
    remedy = {
        404: "start Prometheus with --web.enable-remote-write-receiver",
        400: "its head already holds newer samples: set storage.tsdb.out_of_order_time_window, or send to an empty one",
    }
    raise SignalproofError(
        f"{client.address.shown} answered {answer.status}: {words or 'without a word'}",
        remedy.get(answer.status, "see its log"),
    )


def _labels(line: Line, source: Source) -> bytes:
    pairs: Mapping[str, str] = {
        **line.labels,
        **({"le": line.le} if line.le else {}),
        "__name__": line.name,
        "instance": source.process.instance,
        "job": source.process.job,
    }
    return b"".join(
        _message(1, _message(1, name.encode()) + _message(2, value.encode()))
        for name, value in sorted(pairs.items())
    )


def _series(heads: Sequence[bytes], times: Sequence[float], rows: Sequence[Sequence[float]]) -> bytes:
    stamps = [b"\x10" + varint(round(time * 1000)) for time in times]  # field 2, varint: milliseconds
    sizes = [
        bytes((0x12, 9 + len(stamp), 0x09)) for stamp in stamps
    ]  # field 2 of the series; field 1, fixed 64 bit
    pack = struct.Struct("<d").pack
    return b"".join(
        _message(
            1,
            head
            + b"".join(
                size + pack(row[place]) + stamp for size, row, stamp in zip(sizes, rows, stamps, strict=True)
            ),
        )
        for place, head in enumerate(heads)
    )


def _message(number: int, content: bytes) -> bytes:
    """Return a length-delimited protobuf field."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(number: int) -> bytes:
    """Return a non-negative *number* seven bits at a time, lowest first."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def snappy(content: bytes) -> bytes:
    """Return *content* as a valid snappy block: its length, then literals; nothing is compressed.

    Source: https://github.com/google/snappy/blob/main/format_description.txt, section 2.1
    """
    return varint(len(content)) + b"".join(_literals(content))


def _literals(content: bytes) -> Iterable[bytes]:
    most = 2**16  # what two bytes of length can say: tag 61
    for first in range(0, len(content), most):
        piece = content[first : first + most]
        yield bytes((61 << 2,)) + struct.pack("<H", len(piece) - 1) + piece
