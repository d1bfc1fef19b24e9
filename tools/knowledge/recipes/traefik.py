"""Traefik: the metrics that its source registers for Prometheus, from 1.4 on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tools.knowledge.recipes._releases import (
    Family,
    Releases,
    catalogue,
    line_of,
    numbered,
    refine,
    rename,
    repository,
    unit_by_name,
)

NAME = "traefik"
ORIGIN = "traefik/traefik"

_FILES = r"(pkg/)?(observability/)?metrics/prometheus\.go$"
_CONSTANT = re.compile(r'^\s*(\w+)\s*=\s*((?:"\w*"|\w+)(?:\s*\+\s*(?:"\w*"|\w+))*)\s*$', re.MULTILINE)
_CALL = re.compile(
    r"(?:prometheus\.N|n)ew(Counter|Gauge|Histogram)(WithHeaders)?From\(\s*(?:[\w.]+,\s*)?stdprometheus\.\w+Opts\{\s*Name:\s*(\w+|\"\w+\"),"
    r"[^}]*\}, (?:config\.HeaderLabels, )?\[\]string\{([^}]*)\}\)"
)


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file, read from a checkout of the public repository."""
    checkout = repository(source, ORIGIN)
    every = numbered(checkout, "1.4.0")
    tags = [pair for pair in every if pair[0].endswith(".0") or pair == every[-1]]
    releases: Releases = {}
    for version, tag in tags:
        releases[version] = _release(version, checkout.files(tag, _FILES))
    head = {
        "name": NAME,
        "source": f"https://github.com/{ORIGIN}",
        "how": f"the declarations in the source of {len(releases)} releases",
    }
    made = catalogue(head, releases, {"traefik_": "complete"})
    refine(made["families"], _facts, unit_by_name)
    rename(
        made["families"],
        {
            "traefik_requests_total": "traefik_backend_requests_total",
            "traefik_request_duration_seconds": "traefik_backend_request_duration_seconds",
            "traefik_backend_requests_total": "traefik_service_requests_total",
            "traefik_backend_request_duration_seconds": "traefik_service_request_duration_seconds",
            "traefik_backend_retries_total": "traefik_service_retries_total",
            "traefik_backend_server_up": "traefik_service_server_up",
            "traefik_backend_open_connections": "traefik_service_open_connections",
        },
    )
    return made


def _release(version: str, texts: Mapping[str, str]) -> dict[str, Family]:
    found: dict[str, Family] = {}
    for path, text in texts.items():
        names: dict[str, str] = {}
        for match in _CONSTANT.finditer(text):
            parts = [part.strip() for part in match[2].split("+")]
            known = [part[1:-1] if part.startswith('"') else names.get(part) for part in parts]
            if None not in known:
                names[match[1]] = "".join(str(part) for part in known)
        calls = [*_CALL.finditer(text)]
        if (
            len(calls)
            != len(re.findall(r"\w+From\(stdprometheus\.\w+Opts|\w+From\(\s*[\w.]+,\s*stdprometheus\.", text))
            or not calls
        ):
            raise ValueError(f"the source of {version} was not understood")
        for match in calls:
            name = match[3].strip('"') if match[3].startswith('"') else names[match[3]]
            labels: dict[str, dict[str, object]] = {label: {} for label in re.findall(r'"(\w+)"', match[4])}
            family: Family = {
                "name": name,
                "type": match[1].lower(),
                "labels": labels,
                "declared": f"{path}:{line_of(text, match.start())}",
            }
            if match[2]:
                family["open"] = True  # labels from headers of the user's choice
            found[name] = family
    return found


def _facts(name: str, family: Family) -> None:
    """Add bounds and units that the source does not spell out."""
    if name == "traefik_tls_certs_not_after":
        family["unit"] = "timestamp_seconds"
    if name.endswith("_server_up"):
        family["low"], family["high"] = 0, 1
    if name.endswith("open_connections"):
        family["unit"], family["low"] = "count", 0
    if name.endswith(("_last_reload_success", "_last_reload_failure")):
        family["unit"] = "timestamp_seconds"
