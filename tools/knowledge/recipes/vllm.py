"""vLLM: the metrics that the source of its releases declares with prometheus_client.

Read from the source distributions; nothing is run. Buckets that follow the model's length are left out.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from tools.knowledge.recipes._pymetrics import Declared, Module, constants_of
from tools.knowledge.recipes._sdist import source as unpacked
from tools.knowledge.versions import Family, labels, merged

NAME = "vllm"
VERSIONS = (
    "0.3.3", "0.4.1", "0.4.2", "0.4.3", "0.5.0", "0.5.3", "0.5.5", "0.6.0", "0.6.3", "0.6.6", "0.7.0", "0.7.3", "0.8.0", "0.8.5", "0.9.0", "0.9.2",
    "0.10.0", "0.10.1", "0.10.2", "0.11.0", "0.11.1", "0.11.2", "0.12.0", "0.13.0", "0.14.0", "0.16.0", "0.17.0",
    "0.18.0", "0.19.0", "0.20.0", "0.21.0", "0.22.0", "0.23.0", "0.24.0", "0.25.0", "0.26.0", "0.27.0", "0.28.0",
    "0.29.0", "0.30.0", "0.31.0", "0.32.0", "0.33.0",
)  # fmt: skip

_PREFIX = "vllm:"
_METADATA = "OffloadingCounterMetadata"
_OLD_ENGINE = ("model_name",)
_ENGINE = ("model_name", "engine")
_ROUTED = (  # names that the router of vLLM's production stack writes too, with a label of its own
    "vllm:num_requests_running", "vllm:num_requests_waiting", "vllm:num_requests_swapped", "vllm:gpu_cache_usage_perc",
    "vllm:kv_cache_usage_perc", "vllm:gpu_prefix_cache_hit_rate",
)  # fmt: skip
_WHOLE = (  # all of them are declared with their name in plain text, in every release read
    "vllm:e2e_", "vllm:gpu_prefix_cache_", "vllm:inter_token_", "vllm:prefix_cache_", "vllm:request_", "vllm:spec_decode_",
    "vllm:time_",
)  # fmt: skip
_SHARES = {f"vllm:{what}_cache_usage_perc" for what in ("cpu", "gpu", "kv")}  # despite the name 1 is all
_TIMESTAMPS = {"vllm:lora_requests_info"}
_RENAMED = {
    "vllm:kv_cache_usage_perc": "vllm:gpu_cache_usage_perc",
    "vllm:prefix_cache_queries_total": "vllm:gpu_prefix_cache_queries_total",
    "vllm:prefix_cache_hits_total": "vllm:gpu_prefix_cache_hits_total",
    "vllm:inter_token_latency_seconds": "vllm:time_per_output_token_seconds",
}


def _unit(name: str, kind: str) -> object:
    bare = name.removesuffix("_total")
    if name in _TIMESTAMPS:
        return "timestamp_seconds"
    if bare in _SHARES:
        return "ratio"
    if bare.endswith("_seconds"):
        return "seconds"
    if bare.endswith("_milliseconds"):
        return {"second": 1, "scale": 0.001}
    if "bytes" in bare.split(":")[1].split("_"):
        return "bytes"
    if kind == "counter" and not bare.endswith(("_time", "_seconds")) and "flops" not in bare:
        return "events"
    if bare.startswith("vllm:num_requests_"):
        return "events"
    return None


def _family(rows: list[Declared]) -> Family:
    first = rows[-1]
    facts: dict[str, Any] = {
        "name": first.name,
        "type": "unknown" if len({row.type for row in rows}) > 1 else first.type,
    }
    if first.type == "gauge" and first.name.endswith("_info") and first.name not in _TIMESTAMPS:
        facts["type"] = "info"
    if (unit := _unit(first.name, first.type)) is not None and facts["type"] != "info":
        facts["unit"] = unit
    if all(row.labels is not None for row in rows):
        facts["labels"] = labels([{name: {} for name in row.labels or ()} for row in rows])
    if len({row.buckets for row in rows}) == 1 and first.buckets:
        facts["buckets"] = list(first.buckets)
    if facts.get("unit") == "ratio":
        facts |= {"low": 0, "high": 1}
    elif facts["type"] == "gauge":
        facts["low"] = 0
    if all(row.hidden for row in rows):
        facts |= {"presence": "lazy", "stability": "deprecated"}
    return facts


def read(folder: Path) -> list[Family]:
    """Return the families that the source in *folder* declares."""
    found: dict[str, list[Declared]] = {}
    texts = {
        file.relative_to(folder): file.read_text(encoding="utf-8")
        for file in sorted(folder.glob("vllm/**/*.py"))
    }
    texts = {
        where: text
        for where, text in texts.items()
        if _PREFIX in text or "MetricMetadata" in text or _METADATA in text
    }
    constants: dict[str, ast.expr] = {}
    for text in texts.values():
        constants |= constants_of(ast.parse(text))
    for where, text in texts.items():
        if "ray" in where.stem or where.stem == "reader":
            continue
        base = _OLD_ENGINE if where.parts[1] == "engine" else _ENGINE
        known = {"labelnames": base, "self._labelnames": base, "self.labelnames": base}
        for one in Module(text, _PREFIX, known, constants).declared():
            found.setdefault(one.name, []).append(one)
    return [_family(rows) for _, rows in sorted(found.items())]


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Read each release and return the catalogue file."""
    releases: dict[str, list[Family]] = {}
    for version in VERSIONS:
        with unpacked("vllm", version, work) as folder:
            releases[version] = read(folder)
    families = merged(releases)
    until = {facts["name"]: facts.get("until") for facts in families}
    for facts in families:
        if facts["name"] in _ROUTED and "labels" in facts:
            facts["open"] = True
            facts["labels"] = {name: {**spec, "optional": True} for name, spec in facts["labels"].items()}
        if (last := until.get(_RENAMED.get(facts["name"], ""))) is not None:
            gone = VERSIONS[VERSIONS.index(last) + 1]
            facts["renamed_from"] = {_RENAMED[facts["name"]]: gone}
    return {
        "name": NAME,
        "version": VERSIONS[-1],
        "oldest": VERSIONS[0],
        "source": "https://github.com/vllm-project/vllm",
        "how": f"declarations in the source of {len(VERSIONS)} releases",
        "prefixes": {"vllm:": "open", **dict.fromkeys(_WHOLE, "complete")},
        "families": families,
    }
