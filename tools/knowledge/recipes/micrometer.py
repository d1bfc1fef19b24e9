"""micrometer: what Micrometer's Prometheus registry exposes of the JVM, the process, the system, thread pools and Logback.

A small program binds the metrics that Micrometer brings and is scraped with each version. A timer is a summary or, when the
user asks for it, a histogram; what both have are two counters, its count and its sum, which are listed as such. Every meter may
have tags that the program gives all of its meters.
"""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.recipes._exposed import finish
from tools.knowledge.recipes._java import java
from tools.knowledge.recipes._scrape import scraped
from tools.knowledge.versions import Family, merged, order

NAME = "micrometer"
VERSIONS = ("1.1.19", "1.5.17", "1.9.17", "1.12.13", "1.13.0", "1.15.0", "1.17.2")

_PROGRAM = """
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ExecutorServiceMetrics;
import java.io.File;
import java.util.List;
import java.util.concurrent.*;

public class Main {
  static final String BINDERS = "io.micrometer.core.instrument.binder.";

  static void bind(String name, MeterRegistry registry) throws Exception {
    Class<?> kind;
    try {
      kind = Class.forName(BINDERS + name);
    } catch (ClassNotFoundException none) {
      return;
    }
    Object binder = name.endsWith("DiskSpaceMetrics")
        ? kind.getConstructor(File.class).newInstance(new File("/"))
        : kind.getConstructor().newInstance();
    ((MeterBinder) binder).bindTo(registry);
  }

  public static void main(String[] arguments) throws Exception {
    String space = arguments[0];
    Class<?> kind = Class.forName(space + ".PrometheusMeterRegistry");
    Class<?> config = Class.forName(space + ".PrometheusConfig");
    MeterRegistry registry = (MeterRegistry) kind.getConstructor(config).newInstance(config.getField("DEFAULT").get(null));
    for (String one : List.of("jvm.JvmMemoryMetrics", "jvm.JvmGcMetrics", "jvm.JvmThreadMetrics", "jvm.ClassLoaderMetrics",
        "jvm.JvmHeapPressureMetrics", "jvm.JvmInfoMetrics", "jvm.JvmCompilationMetrics", "jvm.DiskSpaceMetrics",
        "system.ProcessorMetrics", "system.UptimeMetrics", "system.FileDescriptorMetrics", "logging.LogbackMetrics"))
      bind(one, registry);
    ExecutorService pool = Executors.newFixedThreadPool(2);
    ExecutorServiceMetrics.monitor(registry, pool, "pool", List.<Tag>of());
    ExecutorServiceMetrics.monitor(registry, (ExecutorService) new ForkJoinPool(2), "fork", List.<Tag>of());
    ExecutorServiceMetrics.monitor(registry, (ExecutorService) Executors.newScheduledThreadPool(1), "timed", List.<Tag>of());
    for (int i = 0; i < 5; i++) {
      byte[][] waste = new byte[200][];
      for (int j = 0; j < 200; j++) waste[j] = new byte[100000];
      System.gc();
    }
    Thread.sleep(500);
    System.out.println(kind.getMethod("scrape").invoke(registry));
    System.exit(0);
  }
}
"""
_EXTRA: dict[str, Family] = {
    "jvm_gc_overhead": {"unit": "ratio", "low": 0, "high": 1},
    "jvm_gc_overhead_percent": {"unit": "ratio", "low": 0, "high": 1},
    "jvm_compilation_time_ms_total": {"unit": {"second": 1, "scale": 0.001}},
    "process_cpu_time_ns_total": {"unit": {"second": 1, "scale": 1e-9}},
    "process_cpu_usage": {"unit": "ratio", "high": 1},
    "system_cpu_usage": {"unit": "ratio", "high": 1},
    "system_cpu_count": {"unit": "events", "low": 0},
    "system_load_average_1m": {"unit": "count"},
}
_NO_PERCENT = {"jvm_gc_overhead", "jvm_memory_usage_after_gc"}
_COUNTING = ("_threads", "_buffers", "_tasks", "_classes", "_files")
_NEGATIVE = {
    "process_cpu_usage",
    "system_cpu_usage",
    "system_load_average_1m",
    "jvm_memory_max_bytes",
    "jvm_gc_max_data_size_bytes",
}


def _parts(facts: Family) -> list[Family]:
    """Return the two counters of a timer, or any other family as it is."""
    if facts["type"] not in ("summary", "histogram"):
        return [facts]
    return [
        {"name": facts["name"] + ending, "type": "counter", "labels": facts["labels"], "unit": unit}
        for ending, unit in (("_count", "events"), ("_sum", "seconds"))
    ]


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Run each version."""
    releases: dict[str, list[Family]] = {}
    for version in VERSIONS:
        space = "io.micrometer.prometheusmetrics" if order(version) >= (1, 13) else "io.micrometer.prometheus"
        parts = [
            f"io.micrometer:micrometer-registry-prometheus:{version}",
            "ch.qos.logback:logback-classic:1.2.13",
        ]
        page = java(parts, _PROGRAM, work / f"{NAME}-{version}", space)
        found = scraped(page[page.index("# ") :])
        releases[version] = [facts for family in found.values() for facts in _parts(family.facts())]
    families = merged(releases)
    finish(families, {facts["name"] for facts in families if facts["name"].endswith(_COUNTING)}, _EXTRA)
    for facts in families:
        if facts["name"] in _NEGATIVE:
            facts.pop("low", None)  # -1 or NaN when it is not known
        elif facts["name"].endswith("_seconds_max"):
            facts["unit"] = "seconds"
        old = f"{facts['name']}_percent"
        if facts["name"] in _NO_PERCENT and any(one["name"] == old and "until" in one for one in families):
            facts["renamed_from"] = {old: facts["since"]}
    return {
        "name": NAME,
        "version": VERSIONS[-1],
        "oldest": VERSIONS[0],
        "source": "https://github.com/micrometer-metrics/micrometer",
        "how": f"a scrape of a process with each of {len(VERSIONS)} releases",
        "side_by_side": True,
        "prefixes": dict.fromkeys(("disk_", "executor_", "jvm_", "logback_", "process_", "system_"), "open"),
        "families": families,
    }
