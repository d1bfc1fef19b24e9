"""``--prometheus URL``: a real Prometheus as a source of knowledge, and servers that are none or know less."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from tests.conftest import free_port

from signalproof.catalogue.exposition import Role
from signalproof.catalogue.family import exposition_of
from signalproof.cli.main import main
from signalproof.live.api import Prometheus as Api
from signalproof.live.inventory import Inventory, inventory

if TYPE_CHECKING:
    from tests.conftest import Prometheus, StartPrometheus

CONFIG = """\
scrape_configs:
- job_name: node
  scrape_interval: 1s
  static_configs:
  - targets: ['{node}']
    labels: {{cluster: here, zone: a}}
- job_name: itself
  scrape_interval: 5s
  static_configs:
  - targets: ['{node}']
    labels: {{cluster: here}}
"""


@pytest.fixture(scope="module")
def server(node_exporter: str, start_prometheus: StartPrometheus) -> Prometheus:
    """A Prometheus that scrapes a node_exporter, as two jobs."""
    node = urlsplit(node_exporter).netloc
    found = start_prometheus(CONFIG.format(node=node))
    found.until('node_load1{job="node"} and on () node_load1{job="itself"}')
    return found


def had(server: Prometheus, *names: str) -> Inventory:
    api = Api.at(server.url)
    try:
        return inventory(api, names)
    finally:
        api.client.close()


def test_the_series_of_the_queried_names_are_known_with_the_types_of_the_metadata(server: Prometheus) -> None:
    found = had(server, "node_load1", "node_cpu_seconds_total", "node_no_such_thing")
    series = exposition_of(found.sources[0].families).series
    assert series["node_cpu_seconds_total"].role is Role.COUNTER
    assert {"cpu", "mode", "job", "instance", "cluster"} <= set(series["node_cpu_seconds_total"].labels)
    assert series["node_load1"].targets["job"] >= {"node"}
    assert "node_no_such_thing" not in series


def test_the_server_says_its_version_its_target_labels_and_its_intervals(server: Prometheus) -> None:
    found = had(server)
    assert found.version.split(".")[0] in ("2", "3")
    assert found.certain == {"job", "instance", "cluster"}
    assert found.possible - found.certain == {"zone"}
    assert found.intervals == {"node": 1.0, "itself": 5.0}


def linted(
    folder: Path, url: str, queries: str, capsys: pytest.CaptureFixture[str], *options: str
) -> set[tuple[str, str]]:
    file = folder / "queries.txt"
    file.write_text(queries)
    with pytest.raises(SystemExit):
        main(["lint", "--expressions", str(file), "--prometheus", url, "--format", "json", *options])
    return {(one["code"], one["culprit"]) for one in json.loads(capsys.readouterr().out)}


def test_queries_are_linted_against_what_the_server_has(
    server: Prometheus, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    queries = "\n".join(
        (
            'node_load1{cluster="here", zone="a"}',
            'node_load1{clustr="here"}',
            "rate(node_load1[5m])",
            "node_no_such_thing > 0",
            "shop_carts",
            'sum(rate(node_cpu_seconds_total{job="node"}[8s]))',
            "sum(rate(node_cpu_seconds_total[9s]))",
            'sum(rate(node_cpu_seconds_total{job="node"}[1s]))',
        )
    )
    found = linted(tmp_path, server.url, queries, capsys, "--no-bundled")
    assert found == {
        ("L001", "clustr"),
        ("T001", "node_load1"),
        ("M003", "node_no_such_thing"),
        ("M003", "shop_carts"),
        ("R001", "[9s]"),  # the other job is scraped every 5 s
        ("R001", "[1s]"),
    }


def test_the_published_dashboards_about_nodes_have_no_error_on_a_real_server(
    server: Prometheus,
    shared: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    corpus = shared / "corpus" / "kube-prometheus"
    if not corpus.is_dir():
        pytest.skip("the corpus of published dashboards is not beside the checkout")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(
            [
                "lint",
                str(corpus / "dashboards" / "nodes.json"),
                "--prometheus",
                server.url,
                "--format",
                "json",
            ]
        )
    assert [one for one in json.loads(capsys.readouterr().out) if one["severity"] == "error"] == []


Answers = Mapping[str, tuple[int, object]]


@contextmanager
def pretending(answers: Answers) -> Iterator[str]:
    """A server that answers each path as given, and everything else with 404."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body = answers.get(urlsplit(self.path).path, (404, "nothing here"))
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002  # the name that it overrides

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_address[1]}"
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def good(data: object) -> tuple[int, object]:
    return 200, {"status": "success", "data": data}


ONE = good({"resultType": "vector", "result": [{"metric": {}, "value": [0, "1"]}]})
SERIES = good([{"__name__": "shop_orders_total", "job": "shop", "instance": "a:1", "code": "200"}])


def test_a_server_that_knows_only_queries_and_series_is_enough(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pretending({"/api/v1/query": ONE, "/api/v1/series": SERIES}) as url:
        found = linted(tmp_path, url, 'sum by (cod) (rate(shop_orders_total{code="200"}[5m]))', capsys)
    assert found == {("L001", "cod")}


def test_a_big_answer_that_was_cut_off_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signalproof.live.inventory._MOST_SERIES", 1)
    with pretending({"/api/v1/query": ONE, "/api/v1/series": SERIES}) as url:
        api = Api.at(url)
        found = inventory(api, ["shop_orders_total"])
        api.client.close()
    assert found.unasked == ("shop_orders_total",)
    assert found.sources[0].families == ()


def test_many_names_are_asked_in_bounded_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signalproof.live.inventory._MOST_REQUESTS", 2)
    names = [f"shop_{number:03d}" for number in range(100)]
    with pretending({"/api/v1/query": ONE, "/api/v1/series": good([])}) as url:
        api = Api.at(url)
        found = inventory(api, names)
        api.client.close()
    assert (len(found.names), len(found.unasked)) == (80, 20)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"/api/v1/query": (401, "who are you?")}, "answered 401"),
        ({"/api/v1/query": (200, "<html>")}, "answered 200, and not as Prometheus does"),
        ({"/api/v1/query": ONE, "/api/v1/series": (500, "broken")}, "answered 500"),
        ({}, "answered 404"),
    ],
)
def test_a_server_that_is_no_prometheus_is_refused_in_three_lines(
    answers: Answers,
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "q.txt").write_text("shop_orders_total")
    with pretending(answers) as url, pytest.raises(SystemExit) as ended:
        main(["lint", "--expressions", "q.txt", "--prometheus", url])
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 3


def test_a_server_that_does_not_answer_is_refused_in_three_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "q.txt").write_text("up")
    with pytest.raises(SystemExit) as ended:
        main(["lint", "--expressions", "q.txt", "--prometheus", f"http://127.0.0.1:{free_port()}"])
    assert ended.value.code == 2
    assert [line.split()[0] for line in capsys.readouterr().err.splitlines()] == ["error:", "-->", "help:"]


def test_a_password_in_the_address_is_never_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "q.txt").write_text("up")
    for option in ("--prometheus", "--catalogue"):
        with pytest.raises(SystemExit):
            main(
                [
                    "lint",
                    "--expressions",
                    "q.txt",
                    option,
                    f"http://me:secret@127.0.0.1:{free_port()}/?token=secret",
                ]
            )
        out, err = capsys.readouterr()
        assert "secret" not in out + err
