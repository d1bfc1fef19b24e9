"""Everything that Grafana, Prometheus, compose and Kubernetes read besides the dashboards: from data and templates."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

from signalproof.config import Config
from signalproof.dashboard.model import Dashboard
from signalproof.promql.printer import duration_text
from signalproof.render.alert_panels import with_panels
from signalproof.render.kubernetes import jobs, kubernetes_files
from signalproof.render.prometheus import rule_files, unit_test_files
from signalproof.rules.check import CheckedRules

DATASOURCE_UID = "prometheus"
"""The uid of the provisioned data source: pinned, so that links and exports stay valid on every installation."""

_TEMPLATES = {
    "grafana/provisioning/datasources/prometheus.yaml": "datasource.yaml.j2",
    "grafana/provisioning/dashboards/{project}.yaml": "dashboards.yaml.j2",
    "grafana/provisioning/alerting/none.yaml": "nothing.yaml.j2",
    "grafana/provisioning/plugins/none.yaml": "nothing.yaml.j2",
    "prometheus/prometheus.yml": "prometheus.yml.j2",
    "compose.yaml": "compose.yaml.j2",
}


def provisioning_files(
    config: Config, dashboards: Sequence[Dashboard], rules: CheckedRules
) -> dict[str, bytes]:
    """Return every file of the output folder but the dashboards, by path.

    Args:
        config: Scrape interval, retention, scraped services.
        dashboards: For the ConfigMaps; alerts lead to their panels.
        rules: Recording rules and alerts.

    Raises:
        SignalproofError: A dashboard does not fit into a ConfigMap.
    """
    rules = with_panels(rules, dashboards)
    return {
        **_from_templates(config),
        **rule_files(rules, config.root),
        **unit_test_files(rules, config.root),
        **kubernetes_files(config, dashboards, rules),
    }


def _from_templates(config: Config) -> dict[str, bytes]:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("signalproof.render"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  # YAML is written, not HTML: escaping is the yaml filter's, for every value
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["yaml"] = _scalar
    project = config.catalogue.partition(".")[0] or "signalproof"
    return {
        path.format(project=project): environment.get_template(template)
        .render(
            template=template,
            config=config,
            project=project,
            jobs=jobs(config),
            databases=[name for name, one in sorted(config.services.items()) if one.database],
            datasource_uid=DATASOURCE_UID,
            scrape_interval=duration_text(config.scrape_interval),
            retention=duration_text(config.retention),
            context=os.path.relpath(config.root, config.root / config.out),
            dockerfile=(config.root / "Dockerfile").is_file(),
        )
        .encode()
        for path, template in _TEMPLATES.items()
    }


def _scalar(value: Any) -> str:
    """Return *value* as JSON, which every YAML reader reads as the same value."""
    return json.dumps(value, ensure_ascii=False)
