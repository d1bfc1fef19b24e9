"""How the Prometheus of a project stores what it scrapes, by the configuration."""

from __future__ import annotations

from signalproof.catalogue.family import Site
from signalproof.config import Config
from signalproof.versions import key_of

WELL_KNOWN = frozenset(
    {
        "app", "application", "availability_zone", "az", "cluster", "cluster_id", "cluster_name", "component", "container", "datacenter",
        "dc", "deployment", "endpoint", "env", "environment", "host", "hostname", "instance_type", "kubernetes_name",
        "kubernetes_namespace", "kubernetes_node", "kubernetes_pod_name", "location", "metrics_path", "monitor", "namespace", "node",
        "nodename", "pod", "project", "prometheus", "prometheus_replica", "region", "replica", "role", "service", "site", "stage",
        "team", "tenant", "zone",
        # labels of Kubernetes' own nodes and pods, as a relabelling of all of them stores them
        "app_kubernetes_io_component", "app_kubernetes_io_instance", "app_kubernetes_io_name", "app_kubernetes_io_part_of",
        "app_kubernetes_io_version", "beta_kubernetes_io_arch", "beta_kubernetes_io_instance_type", "beta_kubernetes_io_os",
        "failure_domain_beta_kubernetes_io_region", "failure_domain_beta_kubernetes_io_zone", "kubernetes_io_arch",
        "kubernetes_io_hostname", "kubernetes_io_os", "kubernetes_io_role", "node_kubernetes_io_instance_type",
        "topology_kubernetes_io_region", "topology_kubernetes_io_zone",
    }
)  # fmt: skip
"""Labels that scrapes often add: where nobody said which they add, any of these may be there."""


def first_word(name: str) -> str:
    """Return the beginning of a metric's name that says whose it is: ``node`` of ``node_load1``."""
    return name.replace(":", "_").partition("_")[0]


def site_of(config: Config, *, foreign: bool = False, honored_jobs: frozenset[str] = frozenset()) -> Site:
    """Return how Prometheus stores what it scrapes, by the configuration.

    Args:
        config: The configuration.
        foreign: Whether files of others are looked at, whose target labels nobody told us.
        honored_jobs: The jobs that are scraped with ``honor_labels``.
    """
    assumed = (
        WELL_KNOWN - frozenset(config.target_labels)
        if foreign and "target_labels" not in config.said
        else frozenset[str]()
    )
    if config.possible_labels:
        assumed = frozenset(config.possible_labels) - frozenset(config.target_labels)
    version = key_of(config.prometheus)[0] if "prometheus" in config.said else 0
    return Site(frozenset(config.target_labels), assumed, config.honor_labels, version, honored_jobs)
