"""Grafana: the metrics that its backend's source declares, read from a git checkout of one release.

Grafana puts `grafana_` before most names that lack it when it is scraped, depending on the registry they are in. So names
without it are left out, but for those of the main metrics package, which are known to get it.
"""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.families import families
from tools.knowledge.gosource import Declaration, scan
from tools.knowledge.recipes._repository import repository
from tools.knowledge.versions import Family

NAME = "grafana"
REPOSITORY = "grafana/grafana"
_PREFIX = "grafana_"
_MAIN = "pkg/infra/metrics/"
_GAUGES = (
    "alerts", "config_hash", "config_match", "config_match_re", "config_matchers", "config_object_matchers",
    "config_size_bytes", "inhibition_rules", "integrations", "receivers",
)  # fmt: skip
_HISTOGRAMS = (
    "nflog_query_duration_seconds",
    "notification_latency_seconds",
    "silences_query_duration_seconds",
)
_SUMMARIES = (
    "dispatcher_alert_processing_duration_seconds", "nflog_gc_duration_seconds", "nflog_snapshot_duration_seconds",
    "silences_gc_duration_seconds", "silences_snapshot_duration_seconds",
)  # fmt: skip
_CLASSIC_BY_OPTION = {"grafana_http_request_duration_seconds", "grafana_http_response_size_bytes"}
_MILLISECONDS = {"second": 1, "scale": 0.001}


def _copied(source: Path, tag: str, work: Path) -> Path:
    """Copy the packages at *tag* that have to do with metrics, which are few of all, and return their folder."""
    repo = repository(source, REPOSITORY)
    folder = work / f"{NAME}-{tag.replace('/', '-')}"
    texts = repo.files(tag, r"((pkg|apps)/.*(?<!_test)\.go|(.*/)?go\.mod|package\.json)$")
    packages = {path.rpartition("/")[0] for path, text in texts.items() if "prometheus" in text}
    for path, text in texts.items():
        if not path.endswith(".go") or path.rpartition("/")[0] in packages:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    return folder


def _exposed(row: Declaration) -> bool:
    return row.name.startswith(_PREFIX) and not row.name.startswith("grafana_test_")


def _judge(facts: Family) -> None:
    """Add what a name means, and the types that the scanner cannot see."""
    name, kind = facts["name"], facts["type"]
    bare = name.removeprefix("grafana_alerting_")
    if kind == "unknown":
        if name.endswith("_total"):
            facts["type"] = "counter"
            facts["unit"] = "events"
        elif bare.removeprefix("alertmanager_") in _GAUGES or bare in (
            "silences",
            "dispatcher_aggregation_groups",
        ):
            facts["type"] = "gauge"
        elif bare.endswith("_snapshot_size_bytes"):
            facts |= {"type": "gauge", "unit": "bytes"}
        elif bare in _HISTOGRAMS:
            facts |= {"type": "histogram", "unit": "seconds"}
        elif bare in _SUMMARIES:
            facts |= {"type": "summary", "unit": "seconds"}
    if facts["type"] == "gauge" and name.endswith("_info"):
        facts["type"] = "info"
        facts.pop("unit", None)
    elif facts["type"] == "gauge" and name.startswith(
        ("grafana_stat_", "grafana_alerting_", "grafana_emails_")
    ):
        facts["low"] = 0
    if name.endswith("_milliseconds"):
        facts["unit"] = _MILLISECONDS
    if name.endswith("_config_hash"):
        facts.pop("unit", None)
        facts.pop("low", None)
    if name.startswith("grafana_stat_total"):
        facts["unit"] = "events"
    if name in _CLASSIC_BY_OPTION:
        facts["native"] = True
        facts.pop("buckets", None)
    facts["open"] = True  # one release is read: others may have other labels


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Read the newest commit of the checkout, whose package.json says the version."""
    if source is None:
        raise FileNotFoundError(f"pass a folder with a git checkout of {REPOSITORY}")
    folder = _copied(source, "HEAD", work)
    version = (folder / "package.json").read_text(encoding="utf-8").split('"version": "')[1].split('"')[0]
    rows = scan(folder, work, goos=["linux"], skip=["test", "testdata"])
    found = families(row for row in rows if _exposed(row))
    names = {facts["name"] for facts in found}
    for facts in families(row for row in rows if not _exposed(row) and row.file.startswith(_MAIN)):
        if not facts["name"].startswith(_PREFIX) and _PREFIX + facts["name"] not in names:
            found.append({**facts, "name": _PREFIX + facts["name"]})
    for facts in found:
        _judge(facts)
    return {
        "name": NAME,
        "version": version,
        "oldest": version,
        "source": f"https://github.com/{REPOSITORY}",
        "how": "declarations in the source of one release",
        "prefixes": {"grafana_": "open"},
        "families": found,
    }
