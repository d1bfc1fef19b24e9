"""What the fuzzer begins with: a few texts of each kind, which every target reads whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from signalproof.lint.registry import all_rules
from signalproof.promql.query import Query

_EXPRESSIONS: Final = [text for rule in all_rules() for text, _ in rule.bad if isinstance(text, str)]

_FIXABLE: Final = [
    "sum(rate(jobs_total[$__interval]))",
    "histogram_quantile(95, sum by (le) (rate(job_duration_seconds_bucket[5m])))",
]

_DASHBOARD: Final = json.dumps(
    {
        "uid": "a",
        "title": "One “of” them\u2028",
        "templating": {"list": [{"type": "query", "name": "job", "query": "label_values(up, job)"}]},
        "annotations": {"list": [{"name": "deployed", "expr": "changes(up[5m]) > 0", "titleFormat": "{{job}}"}]},
        "panels": [
            {"id": number, "type": "timeseries", "title": f"Panel {number}, 100 %", "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
             "targets": [{"refId": "A", "expr": text, "legendFormat": "{{job}} $v"}]}
            for number, text in enumerate([*_FIXABLE, *_EXPRESSIONS[:3]])
        ],
    },
    indent=1,
)  # fmt: skip

_RULES: Final = """groups:
- name: a
  rules:
  - alert: A
    expr: sum by (job) (rate(jobs_total[5m])) > 1  # [5m]
    for: 5m
    labels: {severity: page}
    annotations: {summary: "{{ $labels.instance }} of {{ $value | humanize }}"}
  - record: job:b:p95
    expr: |
      histogram_quantile(
        95, sum by (le) (rate(job_duration_seconds_bucket[5m]))
      )
"""

SEEDS: Final[Mapping[str, list[str]]] = {
    "promql": [
        *_EXPRESSIONS,
        'sum by ($g) (rate({"a.b", x=~"$y"}[${w}:1m] offset -5m @ end())) / on () group_left () vector(1)',
        'label_replace(a, "b", "$1", "c", "(.*)") # comment',
        "a + fill (0) b / 0x1F % 1_000 ^ -Inf > bool NaN",
        "a$job{} + $job{} * 5$v",
    ],
    "dashboard": [
        json.dumps(
            {
                "uid": "a",
                "templating": {"list": [{"type": "query", "name": "job", "query": "label_values(up, job)"}]},
                "panels": [
                    {"id": number, "type": "timeseries", "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
                     "targets": [{"refId": "A", "expr": text, "legendFormat": "{{job}}"}]}
                    for number, text in enumerate(_EXPRESSIONS[:3])
                ],
            }
        )
    ],
    "rules": [
        "groups:\n- name: a\n  rules:\n"
        + "".join(f"  - alert: A{at}\n    expr: {json.dumps(text)}\n    for: 5m\n    labels: {{a: b}}\n"
                  for at, text in enumerate(_EXPRESSIONS[:3])),
        "kind: ConfigMap\ndata:\n  a.yaml: |\n    groups:\n    - name: a\n      rules:\n      - {record: 'a:b', expr: up}\n",
    ],
    "exposition": [
        '# TYPE a_total counter\n# HELP a_total A.\na_total{b="c\\"d",e="f"} 1 # {x="y"} 1\n# EOF\n',
        '{"status":"success","data":{"a_total":[{"type":"counter","help":"A.","unit":""}]}}',
        '{"status":"success","data":[{"__name__":"a","b":"c"}]}',
    ],
    "metricsql": [
        *_EXPRESSIONS,
        "WITH (a = {job='$job'}, f(x) = sum(rate(x)) by (job) limit 3) f(up{a or instance='b'}) default 0",
        "quantiles('phi', 0.5, 0.9, x[5i:$step] offset 1h-5m) if b ifnot 10Ki",
    ],
    "catalogue": [
        json.dumps(
            {
                "signalproof": 1, "name": "a", "version": "1.2", "complete": True, "target_labels": ["job"],
                "prefixes": {"a_": "open"},
                "families": [
                    {"name": "a_seconds", "type": "histogram", "help": "A.", "unit": "seconds", "buckets": ["0.5", "1"],
                     "labels": {"b": {"values": ["c", "d"], "optional": True}, "e": {"at_most": 3}}, "native": "perhaps"},
                    {"name": "f_total", "type": "counter", "labels": {}, "unit": {"bytes": 1, "seconds": -1, "scale": 8},
                     "low": 0, "high": "+Inf", "renamed_from": {"1.0": "g_total"}, "declared": "a.py:3", "monotonic": True},
                ],
            }
        )
    ],
    "configuration": [
        ('[project]\nname = "a"\n[tool.signalproof]\ncatalogue = "a:B"\nscrape_interval = "15s"\nretention = "15d"\n'
        'prometheus = "2.42"\ntarget_labels = ["job", "instance"]\nexternal = ["node_*"]\n'
        '[tool.signalproof.lint]\nselect = ["R", "L001"]\nignore = ["R002"]\nfail_on = "error"\n'
        '[tool.signalproof.lint.allow."a.json"]\nR001 = "reason"\n'
        '[tool.signalproof.services.planner]\njob = "a"\nport = 9464\ncommand = ["a", "b"]\ndatabase = "URL"\nenvironment = ["KEY"]\n'
        '[tool.signalproof.metrics."a_*"]\ntype = "counter"\nunit = "seconds"\nlabels = ["a", "b?"]\nvalues = { a = ["b"] }\n')
    ],
    "web_config": [
        ("tls_server_config:\n  cert_file: a.pem\n  key_file: a.key\n  client_auth_type: RequireAndVerifyClientCert\n"
        "  client_ca_file: b.pem\n  client_allowed_sans: [c]\n  min_version: TLS13\n  cipher_suites: [TLS_AES_128_GCM_SHA256]\n"
        "  prefer_server_cipher_suites: false\nhttp_server_config:\n  http2: true\n  headers:\n    X-Frame-Options: deny\n"
        f"basic_auth_users:\n  d: $2y$10${'.' * 53}\n")
    ],
    "report": [_RULES, _DASHBOARD],
    "fix": [_RULES, _DASHBOARD],
    "template": [
        *dict.fromkeys(text for rule in all_rules() for one, _ in rule.bad if isinstance(one, Query)
                       for text in one.annotations.values() if "{{" in text),
        '{{ define "a" }}{{ .Labels.b }}{{ end }}{{ range $i, $e := query "up" }}{{ template "a" $e }}{{ break }}{{ end }}',
        '{{- with $x := printf "up{job=%q}" $labels.job | query -}} {{ ($x | first).Value | printf "%.2f" }} {{- else -}} {{/* no */}} {{- end }}',
        "{{ if and (gt $value 0x1p2) (ne $labels.job `a`) }}{{ $y := 'b' }}{{ $y = 1+2i }}{{ else if true }}{{ nil | print }}{{ end }}",
    ],
}  # fmt: skip
"""Name → texts to begin with."""
