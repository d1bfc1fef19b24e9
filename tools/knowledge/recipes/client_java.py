"""client_java: what the Prometheus client of Java exposes of the JVM and the process, in its old and its new form, scraped."""

from __future__ import annotations

from pathlib import Path

from tools.knowledge.recipes._exposed import finish
from tools.knowledge.recipes._java import java
from tools.knowledge.recipes._scrape import scraped
from tools.knowledge.versions import Family, merged

NAME = "client_java"
OLD = ("0.4.0", "0.6.0", "0.8.0", "0.9.0", "0.10.0", "0.11.0", "0.12.0", "0.14.1", "0.15.0", "0.16.0")
NEW = ("1.0.0", "1.1.0", "1.2.1", "1.3.1", "1.3.10", "1.4.3", "1.5.0", "1.7.0", "1.8.0", "1.10.0")

_SIMPLE = """
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.StringWriter;

public class Main {
  public static void main(String[] arguments) throws Exception {
    DefaultExports.initialize();
    System.gc();
    StringWriter page = new StringWriter();
    TextFormat.write004(page, CollectorRegistry.defaultRegistry.metricFamilySamples());
    System.out.println(page);
  }
}
"""
_METRICS = """
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;

public class Main {
  public static void main(String[] arguments) throws Exception {
    JvmMetrics.builder().register();
    System.gc();
    Class<?> kind = Class.forName("io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter");
    Object writer;
    try {
      writer = kind.getMethod("create").invoke(null);
    } catch (NoSuchMethodException old) {
      writer = kind.getConstructor(boolean.class).newInstance(false);
    }
    OutputStream page = new ByteArrayOutputStream();
    Object all = PrometheusRegistry.defaultRegistry.scrape();
    for (java.lang.reflect.Method one : kind.getMethods())
      if (one.getName().equals("write") && one.getParameterCount() == 2) {
        one.invoke(writer, page, all);
        break;
      }
    System.out.println(page);
  }
}
"""
_COUNTED = {
    "jvm_buffer_pool_used_buffers", "jvm_classes_currently_loaded", "jvm_classes_loaded", "jvm_memory_objects_pending_finalization",
    "jvm_threads_current", "jvm_threads_daemon", "jvm_threads_deadlocked", "jvm_threads_deadlocked_monitor", "jvm_threads_peak",
    "jvm_threads_state", "process_max_fds", "process_open_fds",
}  # fmt: skip
_NATIVE_MEMORY = "jvm_native_memory_"


def _read(version: str, work: Path) -> list[Family]:
    place = work / f"{NAME}-{version}"
    if version.startswith("0."):
        parts = [f"io.prometheus:simpleclient_{one}:{version}" for one in ("hotspot", "common")]
        page = java(parts, _SIMPLE, place)
    else:
        parts = [f"io.prometheus:prometheus-metrics-instrumentation-jvm:{version}"]
        if version.startswith("1."):
            parts.append(f"io.prometheus:prometheus-metrics-exposition-formats:{version}")
        page = java(parts, _METRICS, place)
    return [family.facts() for family in scraped(page).values()]


def build(work: Path, source: Path | None = None) -> dict[str, object]:
    """Run each version."""
    releases: dict[str, list[Family]] = {}
    for version in (*OLD, *NEW):
        releases[version] = _read(version, work)
    families = merged(releases)
    finish(families, _COUNTED, {"jvm_memory_pool_allocated_bytes_total": {"labels": {"pool": {}}}})
    for facts in families:
        name = facts["name"]
        if "_bytes_" in name and name.endswith(("_used", "_committed", "_max", "_init")):
            facts["unit"] = "bytes"
        if name.startswith("jvm_memory_") and ("_max" in name or "_init" in name):
            facts.pop("low", None)  # -1 when there is none
        if facts["type"] == "summary":
            facts["quantiles"] = []
    _rename(families)
    return {
        "name": NAME,
        "version": NEW[-1],
        "oldest": OLD[0],
        "source": "https://github.com/prometheus/client_java",
        "how": f"a scrape of a process with each of {len(OLD) + len(NEW)} releases",
        "side_by_side": True,
        "prefixes": {"jvm_": "open", "process_": "open"},
        "families": families,
    }


def _rename(families: list[Family]) -> None:
    """Say of the names that put the unit last since 1.0 what they were before."""
    by_name = {facts["name"]: facts for facts in families}
    for what in ("used", "committed", "max", "init"):
        for pool in ("", "pool_"):
            old, new = f"jvm_memory_{pool}bytes_{what}", f"jvm_memory_{pool}{what}_bytes"
            if new in by_name and "until" in by_name.get(old, {}):
                by_name[new]["renamed_from"] = {old: NEW[0]}
    for old, new, version in (
        ("jvm_info", "jvm_runtime_info", NEW[0]),
        ("jvm_classes_loaded", "jvm_classes_currently_loaded", "0.12.0"),
    ):
        if new in by_name and "until" in by_name.get(old, {}):
            by_name[new]["renamed_from"] = {old: version}
