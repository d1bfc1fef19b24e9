"""client_golang: a small program built with each version of Go's Prometheus client, and the client's own name lists.

The program registers the collectors that the client brings (Go runtime with all runtime metrics, process, build info,
database/sql) and serves them through promhttp with its own metrics. Names that only other Go versions have come from the
lists of expected names that the client's tests carry, one per Go version.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tools.knowledge.recipes._exposed import run
from tools.knowledge.recipes._scrape import Scraped, scraped
from tools.knowledge.versions import Family, merged

NAME = "client_golang"
MODULE = "github.com/prometheus/client_golang"
VERSIONS = (
    "1.0.0", "1.1.0", "1.2.1", "1.3.0", "1.4.1", "1.5.1", "1.6.0", "1.7.1", "1.8.0", "1.9.0", "1.10.0", "1.11.1", "1.12.0",
    "1.12.1",     "1.12.2", "1.13.1", "1.14.0", "1.15.1", "1.16.0", "1.17.0", "1.18.0", "1.19.1", "1.20.0", "1.20.5", "1.21.1", "1.22.0",
    "1.23.2", "1.24.1", "1.25.0",
)  # fmt: skip

_PROGRAM = """package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net/http/httptest"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	{collectors}
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

type none struct{{}}

func (none) Connect(context.Context) (driver.Conn, error) {{ return nil, errors.New("none") }}
func (none) Driver() driver.Driver                        {{ return nil }}

func main() {{
	db := sql.OpenDB(none{{}})
	_ = db
	reg := prometheus.NewRegistry()
	{register}
	handler := promhttp.InstrumentMetricHandler(reg, promhttp.HandlerFor(reg, promhttp.HandlerOpts{{Registry: reg}}))
	var answer *httptest.ResponseRecorder
	for i := 0; i < 2; i++ {{
		answer = httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	}}
	io.Copy(os.Stdout, answer.Result().Body)
}}
"""
_COLLECTORS = '"github.com/prometheus/client_golang/prometheus/collectors"'
_OLD = (
    "reg.MustRegister(prometheus.NewGoCollector(), prometheus.NewBuildInfoCollector())",
    "reg.MustRegister(prometheus.NewProcessCollector(prometheus.ProcessCollectorOpts{}))",
)
_NEW = (
    "reg.MustRegister(collectors.NewGoCollector(%s), collectors.NewBuildInfoCollector())",
    "reg.MustRegister(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))",
    'reg.MustRegister(collectors.NewDBStatsCollector(db, "main"))',
)

_EXPECTED = re.compile(r'"(/[^"]+:[^"]+)":\s+"(go_\w+)"')
_TIMESTAMPS = {"go_memstats_last_gc_time_seconds", "process_start_time_seconds"}
_RATIOS = {"go_memstats_gc_cpu_fraction"}
_PERCENT = {"go_gc_gogc_percent"}
_UNITLESS = {"go_gc_limiter_last_enabled_gc_cycle"}  # the number of a GC cycle: neither a size nor a count
_MAYBE_NEGATIVE = {"process_virtual_memory_max_bytes"}  # older versions write no limit as -1


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _go(*arguments: str, cwd: Path) -> str:
    return run(["go", *arguments], cwd, {"GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local", "GOWORK": "off"})


def _page(work: Path, version: str, everything: bool) -> dict[str, Scraped]:
    """Build the program with *version* and return what it exposes."""
    key = _key(version)
    option = ""
    if everything and key >= (1, 13):
        option = "collectors.WithGoCollectorRuntimeMetrics(collectors.MetricsAll)"
    elif everything and key >= (1, 12, 2):
        option = "collectors.WithGoCollections(collectors.GoRuntimeMemStatsCollection|collectors.GoRuntimeMetricsCollection)"
    calls = _OLD if key < (1, 11) else (_NEW[0] % option, *_NEW[1:])
    program = _PROGRAM.format(collectors="" if key < (1, 11) else _COLLECTORS, register="\n\t".join(calls))
    place = work / f"{NAME}-{version}-{'all' if everything else 'default'}"
    place.mkdir(parents=True, exist_ok=True)
    (place / "main.go").write_text(program, encoding="utf-8")
    (place / "go.mod").write_text(
        f"module scrape\n\ngo 1.21\n\nrequire {MODULE} v{version}\n", encoding="utf-8"
    )
    _go("mod", "tidy", cwd=place)
    _go("build", "-o", "scrape", ".", cwd=place)
    return dict(scraped(run([str(place / "scrape")], place)))


def _listed(work: Path, version: str) -> dict[str, str]:
    """Return the runtime metrics that the tests of *version* expect of some Go version: exposed name → Go's name."""
    answer: dict[str, Any] = json.loads(_go("mod", "download", "-json", f"{MODULE}@v{version}", cwd=work))
    folder = Path(answer["Dir"]) / "prometheus"
    names: dict[str, str] = {}
    for file in sorted(folder.glob("go_collector*_go1*_test.go")):
        names |= {name: origin for origin, name in _EXPECTED.findall(file.read_text(encoding="utf-8"))}
    return names


def _unit(name: str, kind: str) -> object:
    bare = name.removesuffix("_total")
    if name in _TIMESTAMPS:
        return "timestamp_seconds"
    if name in _PERCENT:
        return {"scale": 0.01}
    if name in _RATIOS:
        return "ratio"
    if name in _UNITLESS or kind in ("info", "unknown"):
        return None
    for suffix in ("seconds", "bytes"):
        if bare.endswith("_" + suffix):
            return suffix
    return "events"


def _finish(facts: Family, defaults: set[str]) -> Family:
    name = facts["name"]
    if name in ("go_info", "go_build_info"):
        facts["type"] = "info"
    if (unit := _unit(name, facts["type"])) is not None:
        facts["unit"] = unit
    if facts["type"] == "gauge" and name not in _MAYBE_NEGATIVE:
        facts["low"] = 0
    if name in _RATIOS:
        facts["high"] = 1
    if facts["type"] == "histogram":
        facts.pop("buckets", None)  # Go's own bounds, which differ between Go versions
    if name.startswith("go_sql_"):
        facts["presence"] = "collector:DBStats"
    elif name == "go_build_info":
        facts["presence"] = "collector:BuildInfo"
    elif name.startswith("go_") and name not in defaults:
        facts["presence"] = "collector:GoRuntimeMetrics"
    elif name in ("promhttp_metric_handler_errors_total", *_NETWORK):
        facts["presence"] = "lazy"
    facts["open"] = True  # a program may wrap the registry and so add labels to all of it
    return facts


_NETWORK = ("process_network_receive_bytes_total", "process_network_transmit_bytes_total")


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Build the small program with each version, run it, and return the catalogue file."""
    work.mkdir(parents=True, exist_ok=True)
    read: dict[str, list[Family]] = {}
    defaults: set[str] = set()
    for version in VERSIONS:
        families = _page(work, version, everything=True)
        kinds = {name: family.facts() for name, family in families.items()}
        defaults |= set(_page(work, version, everything=False) if _key(version) >= (1, 12, 2) else ())
        if _key(version) < (1, 12):
            defaults |= set(families)
        for name in _listed(work, version):
            if name not in kinds:
                kinds[name] = {
                    "name": name,
                    "type": "counter" if name.endswith("_total") else "unknown",
                    "labels": {},
                }
        kinds.setdefault("go_build_info", {"name": "go_build_info", "type": "gauge", "labels": {}})
        kinds["go_build_info"]["labels"] = {"checksum": {}, "path": {}, "version": {}}
        if "promhttp_metric_handler_requests_total" in kinds:
            kinds["promhttp_metric_handler_requests_total"]["labels"] = {"code": {}}
        read[version] = list(kinds.values())
    found = [
        _finish(facts, defaults) for facts in merged(read) if not facts["name"].startswith("go_godebug_")
    ]
    return {
        "name": NAME,
        "version": VERSIONS[-1],
        "oldest": VERSIONS[0],
        "source": "https://github.com/prometheus/client_golang",
        "how": f"a scrape of a program built with each of {len(VERSIONS)} releases, and the lists of runtime metric names"
        " for other Go versions in the client's tests",
        "side_by_side": True,
        "prefixes": {
            "go_": "open",
            "go_memstats_": "complete",
            "process_": "open",
            "promhttp_metric_handler_": "complete",
        },
        "families": found,
    }
