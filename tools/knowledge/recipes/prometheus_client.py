"""prometheus_client: what the default registry of Python's client exposes in each version, scraped from a bare process."""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.recipes._exposed import finish, python
from tools.knowledge.recipes._scrape import scraped
from tools.knowledge.versions import Family, merged

NAME = "prometheus_client"
VERSIONS = (
    "0.4.2", "0.5.0", "0.6.0", "0.7.1", "0.8.0", "0.9.0", "0.10.1", "0.11.0", "0.12.0", "0.13.1", "0.14.1", "0.15.0",
    "0.16.0", "0.17.1", "0.18.0", "0.19.0", "0.20.0", "0.21.1", "0.22.1", "0.23.1", "0.24.1", "0.25.0", "0.26.0",
)  # fmt: skip

_PROGRAM = """
import gc
import prometheus_client
gc.collect()
print(prometheus_client.generate_latest().decode())
"""
_EXTRA: dict[str, Family] = {
    "python_info": {
        "labels": {  # Jython adds four of its own
            **{name: {} for name in ("implementation", "major", "minor", "patchlevel", "version")},
            **{f"jvm_{name}": {"optional": True} for name in ("name", "release", "vendor", "version")},
        }
    }
}


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Scrape each version."""
    releases: dict[str, list[Family]] = {}
    for version in VERSIONS:
        page = python([f"prometheus_client=={version}"], _PROGRAM, work / f"{NAME}-{version}")
        releases[version] = [family.facts() for family in scraped(page).values()]
    families = merged(releases)
    finish(families, {"process_open_fds", "process_max_fds"}, _EXTRA, library=False)
    return {
        "name": NAME,
        "version": VERSIONS[-1],
        "oldest": VERSIONS[0],
        "source": "https://github.com/prometheus/client_python",
        "how": f"a scrape of a process with each of {len(VERSIONS)} releases",
        "side_by_side": True,
        "prefixes": {"python_": "open", "python_gc_": "complete", "process_": "open"},
        "families": families,
    }
