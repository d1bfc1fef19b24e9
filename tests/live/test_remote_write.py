"""Remote write: the bytes, and what a real Prometheus makes of them."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalproof.errors import SignalproofError
from signalproof.live.model import Model
from signalproof.live.remote_write import remote_write, snappy, varint

if TYPE_CHECKING:
    from tests.conftest import Prometheus, StartPrometheus
    from tests.live.conftest import Shop


def read_varint(content: bytes) -> tuple[int, bytes]:
    number = 0
    for place, byte in enumerate(content):
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return number, content[place + 1 :]
    raise AssertionError("no end")


@given(st.integers(0, 2**63))
def test_a_varint_can_be_read_back(number: int) -> None:
    assert read_varint(varint(number) + b"rest") == (number, b"rest")


@pytest.mark.parametrize("size", [0, 1, 60, 61, 65_535, 65_536, 65_537, 200_000])
def test_a_snappy_block_holds_its_content(size: int) -> None:
    content = bytes(place % 251 for place in range(size))
    length, rest = read_varint(snappy(content))
    found = b""
    while rest:
        assert rest[0] == 61 << 2
        piece = int.from_bytes(rest[1:3], "little") + 1
        found += rest[3 : 3 + piece]
        rest = rest[3 + piece :]
    assert (length, found) == (size, content)


@pytest.fixture(scope="module")
def sent(shop: Shop, start_prometheus: StartPrometheus) -> tuple[Prometheus, Model, float, int]:
    """A Prometheus that ten minutes of the small catalogue were sent to, the end of them, and how many samples."""
    prometheus = start_prometheus()
    model, end = Model.of(shop.catalogue, profiles=shop.busy), time.time() // 15 * 15
    url = f"{prometheus.url}/api/v1/write"
    return prometheus, model, end, remote_write(model, url, start=end - 600, end=end, interval=15)


def test_every_value_that_was_sent_is_stored(sent: tuple[Prometheus, Model, float, int]) -> None:
    prometheus, model, end, _ = sent
    stored = {tuple(sorted(found.items())): value for found, value in prometheus.ask('{job!=""}', end)}
    drawn = {}
    for part in model.parts(end - 600):
        for source in part:
            for line, value in zip(source.lines, source.sample(end), strict=True):
                target = {"job": source.process.job, "instance": source.process.instance}
                own = {**line.labels, **({"le": line.le} if line.le else {}), **target, "__name__": line.name}
                drawn[tuple(sorted(own.items()))] = value
    drawn = {
        key: 0.0 if dict(key)["__name__"] == "scrape_series_added" else value for key, value in drawn.items()
    }
    assert stored == drawn


def test_the_samples_sent_are_counted(sent: tuple[Prometheus, Model, float, int]) -> None:
    prometheus, _, end, count = sent
    names = {found["__name__"] for found, _ in prometheus.ask('{job!=""}', end)}
    assert sum(prometheus.number(f"sum(count_over_time({name}[11m]))", end) for name in names) == count


def test_following_goes_on_until_it_is_stopped(shop: Shop, start_prometheus: StartPrometheus) -> None:
    prometheus, stop = start_prometheus(), threading.Event()
    now = time.time()
    clock = iter(float(step) for step in range(10**6))
    sent: list[int] = []

    def count(samples: int) -> None:
        sent.append(samples)
        if len(sent) == 5:
            stop.set()

    remote_write(
        Model.of(shop.catalogue), f"{prometheus.url}/api/v1/write",
        start=now - 60, end=now - 60, interval=1, follow=True, stop=stop, sent=count, clock=lambda: now + next(clock),
    )  # fmt: skip
    assert prometheus.number("count_over_time(pool_load_ratio{instance='planner-0:9100'}[2m])", now) == 5


def test_a_receiver_that_is_switched_off_says_how_to_switch_it_on(
    shop: Shop, sent: tuple[Prometheus, Model, float, int]
) -> None:
    with pytest.raises(SignalproofError, match="answered 404") as caught:
        remote_write(Model.of(shop.catalogue), f"{sent[0].url}/api/v1/wrong", start=0, end=0, interval=15)
    assert "remote-write-receiver" in caught.value.help


def test_samples_that_are_too_old_are_refused_in_the_servers_words(
    shop: Shop, sent: tuple[Prometheus, Model, float, int]
) -> None:
    prometheus, _, end, _ = sent
    old = end - 7200
    with pytest.raises(SignalproofError, match=r"out of (order|bounds)") as caught:
        remote_write(
            Model.of(shop.catalogue), f"{prometheus.url}/api/v1/write", start=old, end=old, interval=15
        )
    assert "out_of_order_time_window" in caught.value.help


def test_a_range_without_a_scrape_is_a_clear_error(shop: Shop) -> None:
    with pytest.raises(SignalproofError, match="no scrape"):
        remote_write(Model.of(shop.catalogue), "http://127.0.0.1:9/", start=1.0, end=-20.0, interval=15)
