"""A deployer at work, scraped by a real Prometheus: every query about it returns data, by strategy."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import free_port, stop, until
from tests.deployer.engine import Engine
from tests.deployer.kubernetes.cluster import Cluster

from ai_deployer.config import instrumented
from hive.catalogue import deployer as catalogue
from hive.storage import DeploymentStatus
from signalproof.catalogue.catalogue import Catalogue
from signalproof.cli.project import load_project
from signalproof.live.table import place, reason
from signalproof.live.verify import Status, verify
from signalproof.promql.query import Query, Use

if TYPE_CHECKING:
    from tests.conftest import Prometheus, StartPrometheus
    from tests.deployer.conftest import Deployer, Host

pytestmark = pytest.mark.skipif(not instrumented(), reason="instrumentation is switched off")

ENDS = {DeploymentStatus.SUCCEEDED, DeploymentStatus.ROLLED_BACK, DeploymentStatus.FAILED}


def queries_about_the_deployer(checkout: Path) -> list[Query]:
    """Return the queries of the dashboard's panels that ask for nothing but the deployer's metrics, and the variables."""
    project = load_project(checkout / "pyproject.toml")
    own = set(Catalogue.of(catalogue).operations)
    others = set(project.catalogue.operations) - own
    return [
        query
        for query in project.queries()
        if query.use is Use.VARIABLE
        or (
            query.use is Use.PANEL
            and any(name in query.text for name in own)
            and not any(name in query.text for name in others)
        )
    ]


def ssh_spec(deployer: Deployer, host: Host, folder: Path, files: dict[str, str | bytes]) -> dict[str, Any]:
    check = {"kind": "command", "command": ["test", "-f", f"{folder}/current/health"], "attempts": 2}
    return {
        "host": "127.0.0.1",
        "port": host.port,
        "user": host.user,
        "path": str(folder),
        "source": deployer.release(files),
        "health": {**check, "interval_seconds": 0.05},
    }


def docker_spec(engine: Engine, tag: str) -> dict[str, Any]:
    return {
        "image": f"{engine.registry}/web:{tag}",
        "name": "scraped",
        "network": "none",
        "stop_seconds": 0,
        "healthy_seconds": 20,
    }


def kubernetes_spec(namespace: str, image: str) -> dict[str, Any]:
    labels = {"app": "web"}
    return {
        "namespace": namespace,
        "manifest": {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web"},
            "spec": {
                "progressDeadlineSeconds": 1,
                "selector": {"matchLabels": labels},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {"containers": [{"name": "web", "image": image}]},
                },
            },
        },
    }


def strategies_of(prometheus: Prometheus, status: str, at: float | None = None) -> set[str]:
    found = prometheus.ask(
        f'sum by (strategy) (deployment_execution_calls_total{{status="{status}"}}) > 0', at or time.time()
    )
    return {labels["strategy"] for labels, _ in found}


def test_every_query_about_a_deployer_at_work_returns_data(
    deployer: Deployer,
    host: Host,
    engine: Engine,
    checkout: Path,
    start_prometheus: StartPrometheus,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    work: dict[str, list[dict[str, Any]]] = {
        "ssh": [
            ssh_spec(deployer, host, tmp_path / "target" / "web", {"health": "ok"}),
            ssh_spec(deployer, host, tmp_path / "target" / "web", {"nothing": ""}),
        ],
        "docker": [docker_spec(engine, "1"), docker_spec(engine, "broken")],
    }
    deployer.environment |= {
        "HIVE_SSH_KNOWN_HOSTS": str(host.known),
        "HIVE_SSH_KEY": str(host.key),
        "HIVE_DOCKER_HOST": engine.address,
        "HIVE_POLL_SECONDS": "0.1",
    }
    try:
        cluster: Cluster | None = request.getfixturevalue("cluster")
    except pytest.skip.Exception:
        cluster = None
    if cluster is not None:
        deployer.environment["HIVE_KUBECONFIG"] = str(cluster.kubeconfig)
        namespace = cluster.namespace()
        work["kubernetes"] = [kubernetes_spec(namespace, "one"), kubernetes_spec(namespace, "bad")]

    port = free_port()
    prometheus = start_prometheus(
        "global: {scrape_interval: 1s}\nscrape_configs: [{job_name: ai_deployer, "
        f"static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}]\n"
    )
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ai_deployer", "run", "--metrics-port", str(port)],
            env={"PATH": os.environ["PATH"], **deployer.environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=tmp_path,
        )
    try:
        # what happens before the first scrape is not seen to happen
        prometheus.until("process_deployment_queue_calls_total > 0")
        numbers = [
            deployer.submit(strategy, f"{number}", spec, strategy).id
            for strategy, specs in work.items()
            for number, spec in enumerate(specs)
        ]
        until(
            process,
            lambda: all(deployer.queue.deployment(number).status in ENDS for number in numbers),
            "the end of the deployments",
            90,
        )
        until(
            prometheus.process,
            lambda: strategies_of(prometheus, "failure") == set(work),
            "a scrape of the failures",
        )
        end = time.time()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        found = verify(
            prometheus.url, queries_about_the_deployer(checkout), span=120, step=1, scrape_interval=1
        )
        assert [f"{place(one)}: {reason(one)}" for one in found if one.status is not Status.ALIVE] == []
        assert len(found) > 30
        assert strategies_of(prometheus, "success", end) == set(work)
        rollbacks = 'sum(deployment_rollback_calls_total{status="success"})'
        assert prometheus.number(rollbacks, end) == len(work)
        assert prometheus.number("sum(deployment_health_check_calls_total)", end) > len(work)
    finally:
        stop(process)
