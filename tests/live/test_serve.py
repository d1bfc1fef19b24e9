"""The live exposition."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_fd_to_metric_families

from signalproof.errors import SignalproofError
from signalproof.live.model import Model
from signalproof.live.serve import Exposed, parse_address, serve

if TYPE_CHECKING:
    from tests.conftest import StartPrometheus
    from tests.live.conftest import Shop

START = 1_700_000_000.0
SERVER = """
from hive.catalogue import CATALOGUE
from signalproof.live.emit import Model, serve
serve(Model.of(CATALOGUE), ready=lambda url: print(url, flush=True))
"""


@pytest.fixture
def server() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The Hive's catalogue served by a process of its own, and its URL."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def values(exposed: Exposed) -> dict[str, float]:
    text = generate_latest(exposed).decode()
    return {
        f"{one.name}{sorted(one.labels.items())}": one.value
        for family in text_fd_to_metric_families(StringIO(text))
        for one in family.samples
    }


def test_a_process_starts_at_0(shop: Shop) -> None:
    exposed = Exposed(Model.of(shop.catalogue), start=START, clock=lambda: START)
    assert values(exposed)["adapter_planning_calls_total[('status', 'success')]"] == 0


def test_values_advance_with_the_clock(shop: Shop) -> None:
    now = [START]
    exposed = Exposed(Model.of(shop.catalogue, profiles=shop.busy), start=START, clock=lambda: now[0])
    name = "adapter_planning_calls_total[('status', 'success')]"
    now[0] += 600
    first = values(exposed)[name]
    now[0] += 600
    assert 0 < first < values(exposed)[name]


def test_a_clock_that_is_set_back_takes_no_value_back(shop: Shop) -> None:
    now = [START + 600]
    exposed = Exposed(Model.of(shop.catalogue), start=START, clock=lambda: now[0])
    before = values(exposed)
    now[0] = START
    assert values(exposed) == before


def test_one_process_is_exposed_without_target_labels(shop: Shop) -> None:
    names = values(Exposed(Model.of(shop.catalogue), start=START, clock=lambda: START))
    assert not any("'instance'" in name or "'job'" in name for name in names)


def test_one_job_alone_is_exposed_without_the_others(shop: Shop) -> None:
    exposed = Exposed(Model.of(shop.catalogue), start=START, job="deployer", clock=lambda: START)
    assert {name.split("_")[0] for name in values(exposed)} == {
        "deployment",
        "deployments",
        "deployer",
        "signalproof",
    }


def test_every_family_of_the_catalogue_is_exposed(shop: Shop) -> None:
    exposed = Exposed(Model.of(shop.catalogue), start=START, clock=lambda: START)
    names = {name.split("[")[0] for name in values(exposed)}
    series = {one.name for one in shop.catalogue.exposition().series.values()}
    assert names == {name for name in series if not name.startswith(("scrape_", "ALERTS", "up"))}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("127.0.0.1:9100", ("127.0.0.1", 9100)),
        (":9100", ("127.0.0.1", 9100)),
        ("9100", ("127.0.0.1", 9100)),
        ("[::1]:9100", ("::1", 9100)),
        ("localhost:0", ("localhost", 0)),
    ],
)
def test_an_address_is_host_and_port(text: str, place: tuple[str, int]) -> None:
    assert parse_address(text) == place


@pytest.mark.parametrize("text", ["", "localhost", "127.0.0.1:http", "127.0.0.1:70000", "127.0.0.1:-1"])
def test_what_is_no_address_is_a_clear_error(text: str) -> None:
    with pytest.raises(SignalproofError, match="is no HOST:PORT"):
        parse_address(text)


def test_a_port_that_is_taken_is_a_clear_error(shop: Shop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            SignalproofError, match=f"cannot listen on 127.0.0.1:{port}: Address already in use"
        ):
            serve(Model.of(shop.catalogue), port=port, ready=print)


def test_ctrl_c_ends_the_server_without_a_word(server: tuple[subprocess.Popen[str], str]) -> None:
    process, _ = server
    process.send_signal(signal.SIGINT)
    assert (process.wait(timeout=10), process.communicate()[1]) == (0, "")


def test_openmetrics_is_spoken_to_who_asks_for_it(server: tuple[subprocess.Popen[str], str]) -> None:
    _, url = server
    asked = urllib.request.Request(url, headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    with urllib.request.urlopen(asked, timeout=10) as response:
        assert response.read().endswith(b"# EOF\n")


def test_each_job_has_a_page_of_its_own(server: tuple[subprocess.Popen[str], str]) -> None:
    _, url = server
    with urllib.request.urlopen(f"{url}/ai_deployer", timeout=10) as response:
        text = response.read().decode()
    assert ("deployment_execution_calls_total" in text, "claude_planning" in text) == (True, False)


def test_another_path_is_not_found(server: tuple[subprocess.Popen[str], str]) -> None:
    _, url = server
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{url}/nothing", timeout=10)
    caught.value.close()
    assert caught.value.code == 404


def test_prometheus_scrapes_it(
    server: tuple[subprocess.Popen[str], str], start_prometheus: StartPrometheus
) -> None:
    _, url = server
    place = url.removeprefix("http://").removesuffix("/metrics")
    prometheus = start_prometheus(
        "scrape_configs: [{job_name: hive, scrape_interval: 1s, "
        f"static_configs: [{{targets: ['{place}']}}]}}]\n"
    )
    query = (
        'sum(rate(adapter_database_planning_queue_poll_calls_total{job="hive", status="success"}[5s])) > 0'
    )
    prometheus.until(query)
    assert prometheus.number('up{job="hive"}', time.time()) == 1
