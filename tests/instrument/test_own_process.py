"""What a process exposes without being asked is known: the bundled file holds what either backend's page really shows."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from signalproof.knowledge.bundled import exporter
from signalproof.knowledge.text import families_of_text

PROGRAM = """\
import json, urllib.request
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import labels
from signalproof.catalogue.metric import Counter
from signalproof.instrument import install, serve
catalogue = Catalogue.of_entries([Counter("jobs_total", "Jobs that ended.", labels())])
install(catalogue, backend={backend!r})
with serve(port=0) as server:
    print(json.dumps(urllib.request.urlopen(server.url).read().decode()))
"""


@pytest.mark.parametrize("backend", ["client", "cells"])
def test_every_metric_of_the_process_itself_is_bundled_with_its_labels(backend: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(backend=backend)], capture_output=True, text=True, check=True
    )
    families = [
        one
        for one in families_of_text(json.loads(ran.stdout))
        if one.name.startswith(("process_", "python_"))
    ]
    known = {one.name: one for one in exporter("prometheus_client").catalogue().families}
    assert {one.name for one in families} >= {
        "process_cpu_seconds_total",
        "python_info",
        "python_gc_collections_total",
    }
    assert [one.name for one in families if one.name not in known] == []
    assert [one.name for one in families if not set(one.labels) <= set(known[one.name].labels)] == []
