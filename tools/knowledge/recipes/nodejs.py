"""nodejs: the default metrics of prom-client, the Prometheus client of Node.js, scraped with each major version."""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.recipes._exposed import finish, run
from tools.knowledge.recipes._scrape import scraped
from tools.knowledge.versions import Family, merged

NAME = "nodejs"
VERSIONS = (
    "10.2.3", "11.0.0", "11.1.3", "11.2.1", "11.3.0", "11.5.3", "12.0.0", "13.0.0", "13.2.0", "14.0.1", "14.1.1",
    "14.2.0", "15.0.0", "15.1.3",
)  # fmt: skip

_PROGRAM = """
const client = require('prom-client');
client.collectDefaultMetrics();
const server = require('net').createServer().listen(0, '127.0.0.1');
require('dns').lookup('localhost', () => {});
setTimeout(async () => {
  global.gc();
  setTimeout(async () => { console.log(await client.register.metrics()); process.exit(0); }, 100);
}, 300);
"""
_COUNTED = {
    *(
        f"nodejs_active_{what}{end}"
        for what in ("handles", "requests", "resources")
        for end in ("", "_total")
    ),
    "process_open_fds",
    "process_max_fds",
}
_EXTRA: dict[str, Family] = {
    "nodejs_version_info": {"labels": {name: {} for name in ("version", "major", "minor", "patch")}},
    "nodejs_gc_duration_seconds": {
        "labels": {"kind": {"values": ["incremental", "major", "minor", "weakcb"]}}
    },
    **{f"nodejs_active_{what}": {"labels": {"type": {}}} for what in ("handles", "requests", "resources")},
}


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Install and run each version."""
    releases: dict[str, list[Family]] = {}
    for version in VERSIONS:
        place = work / f"{NAME}-{version}"
        place.mkdir(parents=True, exist_ok=True)
        (place / "package.json").write_text('{"private": true}\n', encoding="utf-8")
        run(
            ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", f"prom-client@{version}"], place
        )
        page = run(["node", "--expose-gc", "-e", _PROGRAM], place)
        releases[version] = [family.facts() for family in scraped(page).values()]
        for facts in releases[version]:
            facts.setdefault("labels", {})
            facts.pop("buckets", None)  # an option
    families = merged(releases)
    finish(families, _COUNTED, _EXTRA)
    return {
        "name": NAME,
        "version": VERSIONS[-1],
        "oldest": VERSIONS[0],
        "source": "https://github.com/siimon/prom-client",
        "how": f"a scrape of a process with each of {len(VERSIONS)} releases of prom-client",
        "side_by_side": True,
        "prefixes": {"nodejs_": "open", "process_": "open"},
        "families": families,
    }
