"""OpenTelemetry: the metrics of the semantic conventions, spelled as Prometheus gets them by default.

Read from a git checkout of the conventions' repository (the model's YAML at each release). The spelling is that of the
collector's Prometheus exporters and of Prometheus' own OTLP endpoint: every other character than a letter or digit becomes
an underscore, then come the unit and, for a monotonic sum, `_total`; units in braces are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tools.knowledge.recipes._repository import Repository, repository
from tools.knowledge.versions import Family, merged, order

NAME = "opentelemetry"
REPOSITORY = "open-telemetry/semantic-conventions"
_OLDEST = (1, 21, 0)

_TYPES = {"counter": "counter", "updowncounter": "gauge", "gauge": "gauge", "histogram": "histogram"}
_WORDS = {  # what a unit adds to the name
    "s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds", "min": "minutes", "h": "hours",
    "d": "days", "By": "bytes", "KiBy": "kibibytes", "MiBy": "mebibytes", "GiBy": "gibibytes", "m": "meters", "V": "volts",
    "A": "amperes", "J": "joules", "W": "watts", "g": "grams", "Cel": "celsius", "Hz": "hertz", "%": "percent",
}  # fmt: skip
_UNITS: Mapping[str, object] = {
    "s": "seconds", "ms": {"second": 1, "scale": 0.001}, "us": {"second": 1, "scale": 1e-6},
    "ns": {"second": 1, "scale": 1e-9}, "By": "bytes", "m": "meters", "V": "volts", "A": "amperes", "J": "joules",
    "W": {"joule": 1, "second": -1}, "By/s": {"byte": 1, "second": -1}, "g": "grams", "Cel": "celsius", "Hz": {"second": -1}, "%": {"scale": 0.01},
}  # fmt: skip


def prometheus_name(name: str, unit: str, instrument: str) -> str:
    """Return the name that a metric of the conventions has in Prometheus."""
    words = [word for word in re.split(r"[^a-zA-Z0-9]+", name) if word]
    main, _, per = unit.partition("/")
    if main and "{" not in main:
        main = _WORDS.get(main, main)
        if main != "1" and re.sub(r"\W", "_", main) not in words:
            words.append(re.sub(r"\W", "_", main))
    if per and "{" not in per:
        words += ["per", _WORDS.get(per, per).removesuffix("s")]
    if instrument == "counter":
        words = [*(word for word in words if word != "total"), "total"]
    if unit == "1" and instrument == "gauge":
        words = [*(word for word in words if word != "ratio"), "ratio"]
    return "_".join(words)


def _documents(repo: Repository, tag: str) -> Iterator[dict[str, Any]]:
    for text in repo.files(tag, r"model/.*\.ya?ml$").values():
        found = yaml.safe_load(text)
        if isinstance(found, dict):
            yield found


def _entries(documents: list[dict[str, Any]], *keys: str) -> Iterator[dict[str, Any]]:
    for document in documents:
        for key in keys:
            yield from document.get(key) or ()


class _Attributes:
    """Which attributes a group of the model has, with those of the groups that it names."""

    def __init__(self, documents: list[dict[str, Any]]) -> None:
        self._groups = {
            str(one["id"]): one for one in _entries(documents, "groups", "attribute_groups") if "id" in one
        }

    def of(self, entry: Mapping[str, Any], seen: frozenset[str] = frozenset()) -> set[str] | None:
        """Return the names, or None when a group that *entry* names is not in the model."""
        names: set[str] = set()
        others = [entry["extends"]] if "extends" in entry else []
        for one in entry.get("attributes") or ():
            if "ref" in one:
                names.add(str(one["ref"]))
            elif "ref_group" in one:
                others.append(one["ref_group"])
            elif "id" in one:
                prefix = entry.get("prefix")
                names.add(f"{prefix}.{one['id']}" if prefix else str(one["id"]))
        for other in others:
            group = self._groups.get(other)
            if group is None or other in seen:
                return None
            more = self.of(group, seen | {other})
            if more is None:
                return None
            names |= more
        return names


def _read(repo: Repository, tag: str) -> tuple[list[Family], dict[str, str | None]]:
    """Return the families of one release, and which are deprecated: name → the name that follows it, when it says."""
    documents = list(_documents(repo, tag))
    attributes = _Attributes(documents)
    families: dict[str, Family] = {}
    spelled: dict[str, str] = {}
    gone: dict[str, str | None] = {}
    for entry in _entries(documents, "groups", "metrics"):
        name = entry.get("metric_name") or (entry.get("name") if "instrument" in entry else None)
        if name is None or entry.get("instrument") not in _TYPES:
            continue
        unit, instrument = str(entry.get("unit", "")), str(entry["instrument"])
        facts: Family = {
            "name": prometheus_name(str(name), unit, instrument),
            "type": _TYPES[instrument],
            "open": True,
        }
        found = _UNITS.get(unit)
        if unit == "1" and instrument == "gauge":
            found = "ratio"
        elif found is None and unit.startswith("{") and unit.endswith("}") and instrument != "histogram":
            found = "events"
        if found is not None:
            facts["unit"] = found
        if (names := attributes.of(entry)) is not None:
            facts["labels"] = {re.sub(r"\W", "_", one): {"optional": True} for one in sorted(names)}
        if facts["type"] == "histogram":
            facts["native"] = True  # an SDK may send exponential ones
        deprecated = entry.get("deprecated")
        if deprecated:
            facts["stability"] = "deprecated"
            renamed = isinstance(deprecated, dict) and deprecated.get("reason") == "renamed"
            gone[facts["name"]] = str(deprecated["renamed_to"]) if renamed else None
        elif entry.get("stability") in ("stable", "alpha", "beta"):
            facts["stability"] = entry["stability"]
        elif entry.get("stability") in ("experimental", "development"):
            facts["stability"] = "alpha"
        spelled[str(name)] = facts["name"]
        clash = families.get(facts["name"])
        if clash is None or clash.get("stability") == "deprecated":
            families[facts["name"]] = facts
    gone = {old: spelled.get(new or "") for old, new in gone.items()}
    return list(families.values()), {
        old: new for old, new in gone.items() if families[old].get("stability") == "deprecated"
    }


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Read every release since the oldest that this catalogue describes."""
    repo = repository(source, REPOSITORY)
    tags = sorted(
        (tag for tag in repo.tags if re.fullmatch(r"v\d+\.\d+\.\d+", tag) and order(tag) >= _OLDEST),
        key=order,
    )
    releases: dict[str, list[Family]] = {}
    since: dict[str, str] = {}  # when each name became deprecated, as long as it stayed so
    gone: dict[str, str | None] = {}
    for tag in tags:
        version = tag.removeprefix("v")
        releases[version], gone = _read(repo, tag)
        since = {name: since.get(name, version) for name in gone}
    families = merged(releases)
    for facts in families:
        old = {name: since[name] for name, new in gone.items() if new == facts["name"] and name != new}
        if old and facts["name"] not in gone and "until" not in facts:
            facts["renamed_from"] = old
    spaces = {facts["name"].split("_")[0] + "_" for facts in families}
    return {
        "name": NAME,
        "version": tags[-1].removeprefix("v"),
        "oldest": tags[0].removeprefix("v"),
        "source": f"https://github.com/{REPOSITORY}",
        "how": f"the model of {len(tags)} releases of the semantic conventions, spelled as Prometheus' OTLP endpoint and the"
        " collector's exporters do by default",
        "side_by_side": True,
        "prefixes": dict.fromkeys(sorted(spaces), "open"),
        "families": families,
    }
