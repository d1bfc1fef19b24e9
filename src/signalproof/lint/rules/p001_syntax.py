"""P001: the expression is no PromQL."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.promql.parser import PromQLSyntaxError


class Syntax(Rule[PromQLSyntaxError]):
    """The expression does not parse.

    Prometheus answers such a query with an error, so the panel shows none of its targets and the rule file is
    refused as a whole. Grafana variables are part of the language here; what they stand for is not checked.
    """

    code = "P001"
    slug = "syntax"
    severity = "error"
    visits = (PromQLSyntaxError,)
    bad = (
        ("sum(rate(http_requests_total[5m])", ""),
        ("histogram_quantile(0.95, http_request_duration_seconds_bucket) by (handler)", "by"),
        ("rate(http_requests_total)", "http_requests_total"),
    )
    good = (
        'sum by (status) (rate(http_requests_total{handler=~"$handler"}[$__rate_interval]))',
        "topk($limit, sum by ($group) (rate(http_requests_total[${window}])))",
    )

    def check(self, seen: PromQLSyntaxError, context: Context) -> Iterator[Problem]:
        """Yield what the parser says."""
        yield Problem(str(seen), "; ".join(filter(None, (seen.help, _dialect(context)))), seen.span)


def _dialect(context: Context) -> str:
    """Return which dialect has this expression, when it is not the one that is asked."""
    if (context.query.dialect or context.world.config.dialect) != "prometheus":
        return ""
    from signalproof.promql.metricsql import parse_metricsql

    try:
        parse_metricsql(context.query.text)
    except PromQLSyntaxError:
        return ""
    return "where VictoriaMetrics answers, it is MetricsQL: --dialect metricsql"
