"""Which data source a query of a dashboard is asked of, as far as the file tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from signalproof.documents import Table
from signalproof.errors import Location
from signalproof.promql.ast import Selector
from signalproof.promql.parser import PromQLSyntaxError, parse
from signalproof.promql.tree import walk

_PROMETHEUS: Final = frozenset(
    {
        "prometheus",
        "grafana-amazonprometheus-datasource",
        "grafana-azureprometheus-datasource",
        "victoriametrics-metrics-datasource",
        "victoriametrics-datasource",
    }
)
_NONE: Final = frozenset({"grafana", "__expr__", "-- Grafana --", "-- Dashboard --", "-100"})
"""What Grafana answers itself, without a query."""

_UNSAID: Final = frozenset({"", "datasource", "-- Mixed --"})
"""Types that leave it to each query."""

_KINDS: Final = {
    "elastic": "elasticsearch",
    "postgre": "postgres",
    "postgresql": "postgres",
    "influx": "influxdb",
    **{
        name: name
        for name in (
            "loki", "tempo", "elasticsearch", "influxdb", "graphite", "mysql", "mssql", "postgres", "cloudwatch",
            "jaeger", "zipkin", "opensearch", "clickhouse", "bigquery", "pyroscope", "parca",
        )
    },
}  # fmt: skip
"""Words in the name of a data source → what it is."""

_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_STRING: Final = re.compile(r""""(?:[^"\\]|\\.)*+"?|'(?:[^'\\]|\\.)*+'?|`[^`]*+`?""", re.DOTALL)
_LOGQL: Final = re.compile(r"\}\s*(?:\|[^|]|![=~]\s*[\"`])")
_LOG_FUNCTION: Final = re.compile(r"\b(?:bytes_rate|bytes_over_time|rate_counter)\s*\(\s*\{")
_TRACEQL: Final = re.compile(
    r"\{[^{}]*(?:\b(?:span|resource|trace|event|link)[.:]|&&|\|\||\b(?:status|duration|kind)\s*[=<>])"
)


def language(text: str) -> str:
    """Return ``loki`` or ``tempo`` where *text* is a query of theirs, and empty for everything else."""
    if "{" not in text:
        return ""
    bare = _STRING.sub('""', text).strip()
    if _TRACEQL.match(bare):
        found = "tempo"
    else:
        found = "loki" if _LOGQL.search(bare) or _LOG_FUNCTION.search(bare) else ""
    return "" if found and is_promql(text) else found


def is_promql(text: str, *, surely: bool = False) -> bool:
    """Whether *text* is PromQL; *surely* where it names a metric outside of braces, as LogQL never does."""
    try:
        tree = parse(text, None)
    except PromQLSyntaxError:
        return False
    return not surely or any(isinstance(one, Selector) and one.name for one in walk(tree))


@dataclass(frozen=True)
class Other:
    """A query of a dashboard or an alert that is no PromQL.

    Attributes:
        kind: What it is asked of: ``loki``, ``mysql`` …
        where: Where it stands.
    """

    kind: str
    where: Location


class DataSources:
    """What is known of the data sources of a dashboard: by type, by a variable of that type, by an export's input."""

    def __init__(self, spec: Table) -> None:
        self.plugins = {str(one.get("name")): str(one.get("pluginId")) for one in spec.tables("__inputs")}
        for one in spec.table("templating").tables("list"):
            if one.get("type") == "datasource":
                self.plugins[str(one.get("name"))] = str(one.get("query"))

    def dialect(self, source: Any) -> str:
        """Return ``metricsql`` where *source* is VictoriaMetrics, and nothing where that is not said."""
        kind = source.get("type") if isinstance(source, Table) else None
        if isinstance(source, Table) and not (isinstance(kind, str) and kind not in _UNSAID):
            source = source.get("uid")
        if isinstance(source, str):
            kind = self.plugins.get(_variable(source), "")
        return "metricsql" if isinstance(kind, str) and kind.startswith("victoriametrics-") else ""

    def other(self, source: Any, text: str) -> str | None:
        """Return which data source *source* is that *text* is asked of: None for Prometheus, empty for Grafana itself."""
        if isinstance(source, Table):
            kind = source.get("type")
            if kind in ("datasource", "grafana") and str(source.get("uid")) in _NONE:
                return ""
            if isinstance(kind, str) and kind not in _UNSAID and not kind.startswith("$"):
                return _named(kind)
            source = source.get("uid")
        if not isinstance(source, str):
            return language(text) or None
        name = _variable(source)
        if name in self.plugins:
            return _named(self.plugins[name])
        if source in _NONE:
            return ""
        return _by_words(source, text) or language(text) or None


def _variable(source: str) -> str:
    """Return the name of the variable that *source* may be: ``$ds``, ``${ds:text}``, ``[[ds]]``."""
    return re.sub(r"^\$\{?|^\[\[|\}$|\]\]$|:\w+\}$", "", source)


def _named(plugin: str) -> str | None:
    """Return what the data source of the type *plugin* is: None for Prometheus, empty for Grafana itself."""
    if plugin in _PROMETHEUS:
        return None
    return "" if plugin in _NONE else plugin.removeprefix("grafana-").removesuffix("-datasource")


def _by_words(name: str, text: str) -> str:
    words = {one.lower() for one in _WORD.findall(name)} | set(re.findall(r"[a-z]+", name.lower()))
    kind = next((_KINDS[one] for one in sorted(words) if one in _KINDS), "")
    return kind if kind and not is_promql(text, surely=True) else ""
