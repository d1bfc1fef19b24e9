"""A URL may carry a user, a password and a token: they are sent to its host, and appear nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from signalproof.cli.main import main
from signalproof.live.address import shown

SECRETS = ("anna", "s3cret", "t0ken")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server with the same metric as counter and as gauge, and with pages that refuse; yield its URL with secrets."""
    pages = {
        "/counter": b'# TYPE shop_total counter\nshop_total{a="b"} 1\n',
        "/gauge": b'# TYPE shop_total gauge\nshop_total{a="b"} 1\n',
        "/broken": b"shop_total{ 1\n",
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path.partition("?")[0])
            self.send_response(200 if page else 401)
            self.end_headers()
            self.wfile.write(page or b"")

        do_POST = do_GET  # noqa: N815  # its name in http.server

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in http.server
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as found:
        thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://anna:s3cret@127.0.0.1:{found.server_address[1]}"
        finally:
            found.shutdown()
            thread.join()


COMMANDS = {
    "a page, as a table": ["catalogue", "{}/counter?key=t0ken"],
    "a page, as a file": ["catalogue", "{}/counter?key=t0ken", "--format", "json"],
    "a page that refuses": ["catalogue", "{}/none?key=t0ken"],
    "a page that is none": ["catalogue", "{}/broken?key=t0ken"],
    "pages that contradict each other": [
        "lint", "q.txt", "--catalogue", "{}/counter?key=t0ken", "--catalogue", "{}/gauge?key=t0ken",
    ],
    "findings about a metric of the page": ["lint", "q.txt", "--catalogue", "{}/gauge?key=t0ken"],
    "what was emitted": ["lint", "--emitted", "{}/none?key=t0ken"],
    "a server that is no Prometheus": ["lint", "q.txt", "--prometheus", "{}/none?key=t0ken"],
    "a URL with a broken port": ["catalogue", "http://anna:s3cret@127.0.0.1:no/?key=t0ken"],
    "a password with a slash": ["catalogue", "http://anna:s3/s3cret@127.0.0.1/?key=t0ken"],
}  # fmt: skip


@pytest.mark.parametrize("what", COMMANDS)
def test_nothing_secret_of_a_url_is_written(
    what: str,
    server: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "q.txt").write_text("rate(shop_total[5m])\nshop_totl\n")
    (tmp_path / "pyproject.toml").write_text('[tool.signalproof]\ncatalogue = "hive.catalogue"\n')
    (tmp_path / "dashboards").mkdir()
    monkeypatch.chdir(tmp_path)
    command = [one.format(server) for one in COMMANDS[what]]
    if "q.txt" in command:
        command[1:2] = ["--expressions", "q.txt"]
    with pytest.raises(SystemExit):
        main(command)
    captured = capsys.readouterr()
    written = captured.out + captured.err
    assert "127.0.0.1" in written or "shop_total" in written
    assert [one for one in SECRETS if one in written] == []


def test_what_is_no_secret_of_a_url_is_shown() -> None:
    assert shown("https://anna:s3cret@metrics.example:9100/metrics?key=t0ken#top") == (
        "https://metrics.example:9100/metrics"
    )
