"""What the fuzzer puts together: the words of each language."""

from __future__ import annotations

from signalproof.promql.functions import AGGREGATIONS, FUNCTIONS
from signalproof.promql.metricsql_names import AGGREGATES, OPERATORS
from signalproof.promql.metricsql_names import FUNCTIONS as OF_VICTORIA
from signalproof.templates.functions import FUNCTIONS as OF_TEMPLATES

_PROMQL = (
    *FUNCTIONS, *AGGREGATIONS, " by (", " without (", " on (", "group_left", " offset ", "[5m]", "$__rate_interval",
    "$__interval", "[[a]]", "${a:regex}",
)  # fmt: skip
_METRICSQL = (
    *OF_VICTORIA,
    *AGGREGATES,
    *(f" {one} " for one in OPERATORS),
    "WITH (",
    " limit 3",
    "5i",
    "1.5Ki",
    " or ",
)
_TEMPLATE = (
    *OF_TEMPLATES, "{{", "}}", "{{- ", " -}}", "{{/*", "*/}}", "$labels.", "$value", ":= ", "if ", "else ", "end",
    "range ", "with ", "define ", "block ", "template ", "break", "continue", "nil", "true", "%.2f", "%q", ".Labels.",
    ".Value",
)  # fmt: skip
_DASHBOARD = (
    "panels", "rows", "targets", "expr", "templating", "list", "spec", "elements", "gridPos", "fieldConfig", "overrides",
    "options", "links", "transformations", "datasource", "annotations", "title", "\\u001b", "\\n", "\\r\\n",
)  # fmt: skip
_RULES = (
    "groups:", "rules:", "expr:", "record:", "alert:", "for:", "- ", "ConfigMap", "PrometheusRule", "annotations:", "labels:",
    "|", ">-", "&a ", "*a", "<<: ", "\r\n", "!!str ",
)  # fmt: skip
_EXPOSITION = ("# TYPE ", "# HELP ", "# UNIT ", "# EOF", "_bucket", "_total", "le=", "counter", "histogram")
_CATALOGUE = (
    "signalproof", "families", "name", "type", "unit", "labels", "values", "at_most", "prefixes", "renamed_from", "native",
    "buckets", "quantiles", "low", "high", "+Inf", "declared", "complete", "histogram", "summary", "counter",
)  # fmt: skip
_CONFIGURATION = (
    "[tool.signalproof", ".lint]", ".services.a]", ".metrics.a]", "catalogue = ", "target_labels = ", "kubernetes",
    "scrape_interval = ", "retention = ", "prometheus = ", "dialect = ", "select = ", "allow", "port = ", "true", '"15s"',
    "[", "]", "{", "}", "1979-05-27", "nan", "[[", "'''",
)  # fmt: skip

_WEB_CONFIG = (
    "tls_server_config:", "http_server_config:", "basic_auth_users:", "headers:", "cert_file: ", "key_file: ",
    "client_auth_type: ", "client_ca_file: ", "min_version: ", "TLS13", "cipher_suites: ", "$2y$10$", "\n  ",
)  # fmt: skip

WORDS = {
    "promql": _PROMQL,
    "metricsql": (*_PROMQL, *_METRICSQL),
    "template": _TEMPLATE,
    "dashboard": (*_DASHBOARD, *_PROMQL),
    "rules": (*_RULES, *_TEMPLATE, *_PROMQL),
    "exposition": _EXPOSITION,
    "catalogue": _CATALOGUE,
    "configuration": _CONFIGURATION,
    "web_config": (*_WEB_CONFIG, *_RULES),
    "report": (*_DASHBOARD, *_RULES, *_TEMPLATE, *_PROMQL),
    "fix": (*_DASHBOARD, *_RULES, *_PROMQL),
}
"""Name of the target → words."""
