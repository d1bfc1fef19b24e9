"""Where the facts about Kubernetes' components are read: staging repositories, vendored copies, listings, recorded scrapes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.knowledge.families import families
from tools.knowledge.gosource import scan
from tools.knowledge.recipes._repository import repository
from tools.knowledge.recipes._scrape import Scraped, scraped
from tools.knowledge.versions import Family

MINORS = tuple(range(18, 37))
STAGED = ("apiserver", "apiextensions-apiserver", "kube-aggregator", "endpointslice", "cloud-provider")
_SHARED = "kubernetes/component-base"
_AUTOSCALER = "kubernetes/autoscaler"
_AUTOSCALER_VENDORS = "cluster-autoscaler/vendor/k8s.io/kubernetes/"
_VENDORED = "vendor/k8s.io/kubernetes/"
_NAMING = r"component-base/metrics|legacyregistry"


def version(minor: int) -> str:
    """Return the version of a minor release."""
    return f"1.{minor}.0"


@dataclass(frozen=True)
class Place:
    """One release of one part of the source."""

    repository: str
    tag: str
    below: str = ""
    module: str = ""


def _autoscaler(minors: tuple[int, ...]) -> dict[int, Place]:
    return {
        minor: Place(
            _AUTOSCALER,
            f"cluster-autoscaler-1.{minor}.{int(minor == 27)}",
            _AUTOSCALER_VENDORS,
            "k8s.io/kubernetes",
        )
        for minor in minors
    }


_EDGE = {
    31: Place("kubeedge/kubeedge", "v1.22.0", _VENDORED, "k8s.io/kubernetes"),
    32: Place("kubeedge/kubeedge", "v1.23.0", _VENDORED, "k8s.io/kubernetes"),
}
PARTS: dict[str, dict[int, Place]] = {
    "shared": {
        minor: Place(
            _SHARED, f"v0.{minor}.0", "metrics/prometheus/", "k8s.io/component-base/metrics/prometheus"
        )
        for minor in MINORS
    },
    **{
        name: {
            minor: Place(f"kubernetes/{name}", f"v0.{minor}.0", "", f"k8s.io/{name}")
            for minor in MINORS
            if name != "endpointslice" or minor >= 28
        }
        for name in STAGED
    },
    "pkg/kubelet": _autoscaler((18, 20, 22, 24, 25, 26, 27, 28, 29, 30)) | _EDGE,
    "pkg/volume": _autoscaler((18, 20, 22, 24, 25, 26, 27, 28, 29, 30)) | _EDGE,
    "pkg/scheduler": _autoscaler((18, 20, 22, 24, 25, 26, 27, 28, 29, 30))
    | _EDGE
    | {
        33: Place("openshift-kni/scheduler-plugins", "release-4.20", _VENDORED, "k8s.io/kubernetes"),
        34: Place("openshift-kni/scheduler-plugins", "release-4.22", _VENDORED, "k8s.io/kubernetes"),
    },
    "pkg/proxy": _autoscaler((18, 20, 22, 24, 25, 26, 27, 28))
    | {
        29: Place("openshift/sdn", "release-4.16", _VENDORED, "k8s.io/kubernetes"),
        30: Place("openshift/sdn", "release-4.18", _VENDORED, "k8s.io/kubernetes"),
    },
}
"""The parts of the source with the minor releases at which each can be read."""


def folder_of(family: Family) -> str:
    """Return the folder whose source declares a family."""
    return str(family["declared"]).rpartition("/")[0]


def declared(work: Path, source: Path | None) -> dict[str, dict[str, list[Family]]]:
    """Return the families that each part declares, by version."""
    result: dict[str, dict[str, list[Family]]] = {}
    for part, places in PARTS.items():
        only: tuple[str, ...] = (part if part.startswith("pkg/") else "",)
        if part == "pkg/scheduler":
            only = (part, "pkg/controller/volume/scheduling")
        for minor, place in places.items():
            name = f"{place.repository}-{place.tag}".replace("/", "_") + ("" if not place.below else "-below")
            folder = repository(source, place.repository).source(
                place.tag, work / "source" / name, ("test",), below=place.below, naming=_NAMING
            )
            rows = [
                row
                for row in scan(folder, work, goos=["linux"], module_path=place.module)
                if row.file.startswith(only)
            ]
            result.setdefault(part, {})[version(minor)] = families(rows)
    return result


LISTINGS = {26: "ff613c24f3", 27: "448e70ff20", 28: "3347d5c1ff", 29: "e962925971", 30: "991862f012"}
"""Commits of a copy of the Kubernetes web site at which it lists the metrics of these minor releases."""
_LISTING = "content/en/docs/reference/instrumentation/metrics.md"
_ENTRY = re.compile(r"metric_name\">(\w+)<(.*?)(?=metric_name\">|\Z)", re.DOTALL)
_LABEL = re.compile(r"metric_label\">(\w+)<")


def listed(source: Path | None) -> dict[str, list[Family]]:
    """Return the families that the reference pages list, by version."""
    site = repository(source, "ekline-io/ekline-kubernetes-website")
    return {
        version(minor): list(_entries(site.files(commit, re.escape(_LISTING))[_LISTING]))
        for minor, commit in LISTINGS.items()
    }


def _entries(page: str) -> Iterator[Family]:
    seen: set[str] = set()
    for found in _ENTRY.finditer(page):
        kind = re.search(r"data-type=\"(\w+)\"", found[2])
        if kind is None or found[1] in seen:
            continue
        seen.add(found[1])
        family: Family = {
            "name": found[1],
            "type": {"custom": "unknown", "timingratiohistogram": "histogram"}.get(kind[1], kind[1]),
        }
        family["labels"] = {label: {} for label in _LABEL.findall(found[2])}
        stability = re.search(r"metric_stability_level\"[^>]*>(\w+)<", found[2])
        if stability and stability[1].lower() in ("stable", "alpha", "beta", "deprecated"):
            family["stability"] = stability[1].lower()
        yield family


RECORDED = {
    **dict.fromkeys((16, 17, 18), "v3.0.0"),
    **dict.fromkeys((19, 20, 21, 22, 23), "v3.6.0"),
    24: "v3.15.3",
    25: "v3.23.0",
    **dict.fromkeys((26, 27, 28, 29, 30), "v3.29.0"),
    **dict.fromkeys((31, 32, 33, 34, 35), "v4.6.1"),
}
"""Releases of a repository with recorded scrapes of the control plane, by minor release of Kubernetes."""


def recorded(source: Path | None) -> dict[str, list[Scraped]]:
    """Return the scraped families of API server, controller manager and scheduler, by version."""
    place = repository(source, "newrelic/nri-kubernetes")
    result: dict[str, list[Scraped]] = {}
    for minor, tag in RECORDED.items():
        pages = place.files(
            tag,
            rf"internal/testutil/data/1_{minor}/controlplane/(api-server|controller-manager|scheduler)/metrics$",
        )
        result[version(minor)] = [family for page in pages.values() for family in scraped(page).values()]
    return result
