"""Istio: what its proxies count of requests and connections, and the names that the control plane declares.

The proxies' labels are those that the proxy's own tests expect; users can add and remove labels, so none is certain. The
control plane's metrics are found where its source declares them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tools.knowledge.families import unit
from tools.knowledge.recipes._go_releases import catalogue
from tools.knowledge.recipes._repository import Repository, repository
from tools.knowledge.versions import Family

NAME = "istio"
REPOSITORY = "istio/istio"
PROXY = "istio/proxy"
VERSIONS = (
    "1.10.6",
    "1.12.9",
    "1.14.6",
    "1.16.7",
    "1.18.7",
    "1.20.8",
    "1.22.8",
    "1.24.6",
    "1.26.8",
    "1.28.10",
    "1.30.3",
)
_EXPECTED = r"testdata/metric/(?!.*(?:custom|labels|baggage))[^/]+\.yaml(\.tmpl)?$"
_DECLARED = re.compile(r"monitoring\.New(Sum|Gauge|DerivedGauge|Distribution)\(\s*\"(\w+)\"")
_KINDS = {"Sum": "counter", "Gauge": "gauge", "DerivedGauge": "gauge", "Distribution": "histogram"}
# Recorded for the same requests, with the same labels, as istio_requests_total.
_OF_REQUESTS: tuple[tuple[str, object], ...] = (
    ("istio_request_duration_milliseconds", {"second": 1, "scale": 0.001}),
    ("istio_request_bytes", "bytes"),
    ("istio_response_bytes", "bytes"),
)


def _proxies(checkout: Repository, version: str) -> Iterator[Family]:
    """Yield what a release of the proxy is expected to expose."""
    seen: dict[str, set[str]] = {}
    for text in checkout.files(version, _EXPECTED).values():
        found = re.search(r"^name: (istio_\w+)", text, re.MULTILINE)
        if found:
            seen.setdefault(found[1], set()).update(re.findall(r"- name: (?!configurable_)(\w+)", text))
    seen.pop("istio_build", None)
    build_labels = {"component": {"optional": True}, "tag": {"optional": True}}
    yield {"name": "istio_build", "type": "info", "labels": build_labels}
    for name, labels in seen.items():
        family: Family = {"name": name, "type": "counter", "open": True}
        family["labels"] = {label: {"optional": True} for label in sorted(labels)}
        measured = unit(name, "counter")
        yield {**family, "unit": measured} if measured else family
        if name == "istio_requests_total":
            for other, of in _OF_REQUESTS:
                yield {**family, "name": other, "type": "histogram", "unit": of}


def _control_plane(checkout: Repository, version: str) -> Iterator[Family]:
    """Yield what the control plane declares; its labels are not read."""
    seen: set[str] = set()
    for path, text in checkout.files(
        version, r"(?!vendor/|tests/|tools/|pkg/test/).*(?<!_test)\.go$"
    ).items():
        for found in _DECLARED.finditer(text):
            name, kind = found[2], _KINDS[found[1]]
            if (
                name in seen
                or name == "istio_build"
                or not name.startswith(("pilot_", "istio_", "istiod_", "citadel_", "galley_", "ztunnel_"))
            ):
                continue
            seen.add(name)
            line = text[: found.start()].count("\n") + 1
            family: Family = {"name": name, "type": kind, "declared": f"{path}:{line}"}
            measured = unit(name, kind)
            yield {**family, "unit": measured} if measured else family


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Return the catalogue file; *source* is a folder that holds a checkout of both repositories."""
    plane, proxy = repository(source, REPOSITORY), repository(source, PROXY)
    read = {version: [*_proxies(proxy, version), *_control_plane(plane, version)] for version in VERSIONS}
    result = catalogue(NAME, REPOSITORY, read, {"istio_": "open", "pilot_": "open", "istiod_": "open"})
    return {
        **result,
        "how": f"declarations in the source of {len(VERSIONS)} releases, and what the proxy's tests expect",
    }
