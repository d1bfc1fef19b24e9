"""fastapi_instrumentator: what prometheus-fastapi-instrumentator exposes by default for a small FastAPI application.

Its names are everybody's (`http_…`): other libraries write them with other labels and of other types, so labels are open and
the type is claimed only where the name is this library's own.
"""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.recipes._exposed import finish, python
from tools.knowledge.recipes._scrape import scraped
from tools.knowledge.versions import Family, merged

NAME = "fastapi_instrumentator"
VERSIONS = ("5.11.2", "6.0.0", "6.1.0", "7.0.0", "7.0.2", "7.1.0", "8.0.0", "8.1.0")

_PROGRAM = """
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_fastapi_instrumentator import Instrumentator

app = FastAPI()

@app.get("/item/{name}")
def item(name: str) -> dict[str, str]:
    return {"name": name}

Instrumentator(should_instrument_requests_inprogress=True, inprogress_labels=True).instrument(app).expose(app)
client = TestClient(app)
client.get("/item/a")
client.get("/nothing")
print(client.get("/metrics").text)
"""
_SHARED = {"http_request_duration_seconds", "http_request_size_bytes", "http_response_size_bytes"}


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Install and run each version."""
    releases: dict[str, list[Family]] = {}
    for version in VERSIONS:
        wanted = [f"prometheus-fastapi-instrumentator=={version}", "fastapi", "httpx", "httpx2"]
        page = python(wanted, _PROGRAM, work / f"{NAME}-{version}")
        releases[version] = [
            facts for one in scraped(page).values() if (facts := one.facts())["name"].startswith("http_")
        ]
        for facts in releases[version]:
            facts.pop("buckets", None)  # an option
            facts.pop("quantiles", None)
            facts["labels"] = {name: {"optional": True} for name in facts.get("labels", ())}
            if facts["name"] in _SHARED:
                facts["type"] = "unknown"
    families = merged(releases)
    finish(families, {"http_requests_inprogress"}, {"http_requests_inprogress": {"presence": "lazy"}})
    return {
        "name": NAME,
        "version": VERSIONS[-1],
        "oldest": VERSIONS[0],
        "source": "https://github.com/trallnag/prometheus-fastapi-instrumentator",
        "how": f"a scrape of a small application with each of {len(VERSIONS)} releases",
        "side_by_side": True,
        "prefixes": {"http_": "open"},
        "families": families,
    }
