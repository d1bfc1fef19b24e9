"""A running service and its catalogues: ``python live.py FOLDER`` serves the shop, converts it twice, and compares.

The service is WSGI from the standard library with prometheus_client, which is all that a page of FastAPI's would show, too.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
from http.client import HTTPConnection
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import REGISTRY
from tests.convert.shop import orders, web

from signalproof.catalogue.catalogue import Catalogue
from signalproof.cli.main import main
from signalproof.testing import assert_registry_matches

FOREIGN = ("process_*", "python_*")


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name in the standard library
        del format, args


def converted(file: Path, *arguments: str) -> Catalogue:
    """Return the catalogue that ``signalproof convert metrics`` writes into *file*."""
    try:
        main(["convert", "metrics", *arguments, "-o", str(file)])
    except SystemExit as ended:
        if ended.code:
            raise
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    catalogue: Catalogue = module.CATALOGUE
    return catalogue


def run(folder: Path) -> None:
    """Serve, use, convert and compare."""
    with make_server("127.0.0.1", 0, web.app, handler_class=Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for path in ("/", "/carts", "/nowhere"):
            connection = HTTPConnection("127.0.0.1", server.server_port)
            connection.request("GET", path)
            connection.getresponse().read()
            connection.close()
        orders.WAREHOUSE.take(3, "card")
        page = converted(folder / "page.py", f"http://127.0.0.1:{server.server_port}/metrics")
        source = converted(folder / "source.py", "--python", str(Path(orders.__file__).parent))
        server.shutdown()
    assert_registry_matches(page, REGISTRY, external=FOREIGN)
    assert_registry_matches(source, REGISTRY, external=FOREIGN)
    assert page.metrics.keys() == source.metrics.keys()


if __name__ == "__main__":
    run(Path(sys.argv[1]))
