"""The same rules, scrape jobs and dashboards as Kubernetes objects: for the Prometheus Operator and Grafana's sidecar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from signalproof.config import Config
from signalproof.dashboard.keys import resource_name
from signalproof.dashboard.model import Dashboard
from signalproof.errors import Location, SignalproofError
from signalproof.promql.printer import duration_text
from signalproof.render.prometheus import group_data, header
from signalproof.render.yaml_text import Block, to_yaml
from signalproof.rules.check import CheckedGroup, CheckedRules

_MOST_BYTES = 1024 * 1024
"""What etcd takes as one object by default; a ConfigMap's data must stay below."""

_SELECTED = (
    "The labels are those that kube-prometheus selects by; a Prometheus with another ruleSelector or",
    "serviceMonitorSelector needs its own added, which an overlay (kustomize, Helm) does without editing this file.",
)


def kubernetes_files(
    config: Config, dashboards: Sequence[Dashboard], rules: CheckedRules
) -> dict[str, bytes]:
    """Return the Kubernetes objects by their path below the output folder.

    Args:
        config: Names the scrape jobs.
        dashboards: What ConfigMap objects are made of.
        rules: What PrometheusRule objects are made of.

    Raises:
        SignalproofError: A dashboard does not fit into a ConfigMap.
    """
    files = {}
    if rules.groups:
        places = [one.group.where for one in rules.groups]
        files["kubernetes/prometheus-rules.yaml"] = to_yaml(
            _prometheus_rules(rules), [*header(config.root, places), *_SELECTED]
        )
    if config.services:
        files["kubernetes/service-monitors.yaml"] = to_yaml(
            _service_monitors(config),
            ["Written by `make dashboards` from pyproject.toml; edit there.", *_SELECTED],
        )
    if dashboards:
        source = config.dashboards
        files["kubernetes/dashboards.yaml"] = to_yaml(
            [_dashboard(one, config, rules) for one in sorted(dashboards, key=lambda one: one.uid)],
            [
                f"Written by `make dashboards` from {source}; edit there.",
                "The label is the one that the dashboard sidecar of Grafana's Helm chart looks for.",
            ],
        )
    return files


def _prometheus_rules(rules: CheckedRules) -> Iterable[dict[str, Any]]:
    files: dict[str, list[CheckedGroup]] = {}
    for one in rules.groups:
        files.setdefault(one.group.file_name, []).append(one)
    taken: dict[str, str] = {}
    for name, groups in sorted(files.items()):
        if taken.setdefault(name.replace("_", "-"), name) != name:
            raise SignalproofError(
                f"the rule files {taken[name.replace('_', '-')]!r} and {name!r} would both be one PrometheusRule",
                "give one of them another name: an underscore becomes a hyphen there",
                where=groups[0].group.where,
            )
        yield {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": {
                "name": f"{name.replace('_', '-')}-rules",
                "labels": {"prometheus": "k8s", "role": "alert-rules"},
            },
            "spec": {"groups": [group_data(one) for one in groups]},
        }


def _service_monitors(config: Config) -> Iterable[dict[str, Any]]:
    taken: dict[str, str] = {}
    for job, names in jobs(config).items():
        name = job.replace("_", "-").lower()
        if taken.setdefault(name, job) != job:
            raise SignalproofError(
                f"the jobs {taken[name]!r} and {job!r} would both be the ServiceMonitor {name!r}",
                "give one of them another name: capital letters and underscores are none of Kubernetes' names",
                where=Location(str(config.root / "pyproject.toml")),
            )
        yield {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "ServiceMonitor",
            "metadata": {
                "name": name,
                "labels": {"app.kubernetes.io/name": name},
            },
            "spec": {
                "selector": {
                    "matchExpressions": [
                        {"key": "app.kubernetes.io/name", "operator": "In", "values": list(names)}
                    ]
                },
                "endpoints": [
                    {
                        "port": "metrics",
                        "interval": duration_text(config.scrape_interval),
                        # the operator names the job after the Service; queries and rules know it by its own name
                        "relabelings": [{"targetLabel": "job", "replacement": job}],
                    }
                ],
            },
        }


def jobs(config: Config) -> dict[str, Sequence[str]]:
    """Return job → names of its services, both sorted."""
    found: dict[str, list[str]] = {}
    for name, service in sorted(config.services.items()):
        found.setdefault(service.job, []).append(name)
    return dict(sorted(found.items()))


def _dashboard(dashboard: Dashboard, config: Config, rules: CheckedRules) -> dict[str, Any]:
    from signalproof.render.grafana import dashboard_json

    text = dashboard_json(dashboard, rules.exposition, scrape_interval=config.scrape_interval)
    if len(text) >= _MOST_BYTES:
        raise SignalproofError(
            f"dashboard {dashboard.uid} has {len(text)} bytes, and a ConfigMap holds less than {_MOST_BYTES}",
            "split it: some of its rows make a dashboard of their own",
            where=dashboard.where,
        )
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": f"dashboard-{resource_name(dashboard.uid)}",
            "labels": {"grafana_dashboard": "1"},
            **({"annotations": {"grafana_folder": dashboard.folder}} if dashboard.folder else {}),
        },
        "data": {f"{dashboard.uid}.json": Block(text.decode())},
    }
