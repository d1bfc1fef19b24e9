"""A deployer at work, scraped by a real Prometheus: every query about it returns data, by strategy."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import free_port, until
from tests.deployer.engine import Engine
from tests.deployer.kubernetes.cluster import Cluster

from hive.application.config import instrumented
from hive.catalogue import deployer as catalogue
from hive.storage import DeploymentStatus
from hive.storage.deployments import DONE
from signalproof.catalogue.catalogue import Catalogue
from signalproof.cli.project import load_project
from signalproof.live.table import place, reason
from signalproof.live.verify import Result, Status, verify
from signalproof.promql.query import Query, Use

if TYPE_CHECKING:
    from tests.conftest import Prometheus, StartPrometheus
    from tests.deployer.conftest import Deployer, Host

pytestmark = pytest.mark.skipif(not instrumented(), reason="instrumentation is switched off")

PATIENCE = 120.0
"""Seconds after which what has not happened never will; it takes about ten on a quiet machine."""
ROWS = {"well", "deployment_execution", "orchestration", "database", "outcome", "steps", "rollback"}
"""The rows of both dashboards that ask about the deployer; what `__init__` asks are the variables."""


def queries_about_the_deployer(checkout: Path) -> list[Query]:
    """Return the queries of the dashboards' panels that ask for nothing but the deployer's metrics, and the variables."""
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


def docker_spec(engine: Engine, tag: str, **more: str) -> dict[str, Any]:
    return {
        "image": f"{engine.registry}/web:{tag}",
        "name": "scraped",
        "network": "none",
        "stop_seconds": 0,
        "healthy_seconds": 20,
        **more,
    }


def context(deployer: Deployer, engine: Engine) -> str:
    """Return the folder of an image that is built, among the releases."""
    name = deployer.release(
        {
            "Dockerfile": 'FROM scratch\nCOPY busybox /\nCMD ["/busybox", "sleep", "1000"]\n',
            "busybox": engine.busybox,
        }
    )
    (deployer.releases / name / "busybox").chmod(0o755)
    return name


def kubernetes_spec(namespace: str, image: str, deadline: int = 60) -> dict[str, Any]:
    labels = {"app": "web"}
    return {
        "namespace": namespace,
        "manifest": {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web"},
            "spec": {
                "progressDeadlineSeconds": deadline,
                "selector": {"matchLabels": labels},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {"containers": [{"name": "web", "image": image}]},
                },
            },
        },
    }


def strategies_of(prometheus: Prometheus, status: str) -> set[str]:
    found = prometheus.ask(
        f'sum by (strategy) (deployment_execution_calls_total{{status="{status}"}}) > 0', time.time()
    )
    return {labels["strategy"] for labels, _ in found}


@pytest.fixture
def scraping(start_prometheus: StartPrometheus) -> tuple[Prometheus, int]:
    """A Prometheus that scrapes a port, and the port; it takes five seconds to begin, during which others start."""
    port = free_port()
    config = (
        "global: {scrape_interval: 1s}\nscrape_configs: [{job_name: ai_deployer, "
        f"static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}]\n"
    )
    return start_prometheus(config), port


@pytest.fixture
def work(
    scraping: tuple[Prometheus, int],
    deployer: Deployer,
    host: Host,
    engine: Engine,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> dict[str, list[dict[str, Any]]]:
    """What is deployed by each strategy, while Prometheus begins to scrape: something good, then something broken that is rolled back.

    Without a Kubernetes its one deployment fails, since there is nothing to deploy to.
    """
    deployer.environment |= {
        "HIVE_SSH_KNOWN_HOSTS": str(host.known),
        "HIVE_SSH_KEY": str(host.key),
        "HIVE_DOCKER_HOST": engine.address,
        "HIVE_KUBECONFIG": str(tmp_path / "nothing"),
    }
    site = tmp_path / "target" / "web"
    made = {
        "ssh": [
            ssh_spec(deployer, host, site, {"health": "ok"}),
            ssh_spec(deployer, host, site, {"nothing": ""}),
        ],
        "docker": [
            docker_spec(engine, "built", build=context(deployer, engine)),
            docker_spec(engine, "broken"),
        ],
        "kubernetes": [kubernetes_spec("default", "one")],
    }
    try:
        cluster: Cluster = request.getfixturevalue("cluster")
    except pytest.skip.Exception:
        return made
    deployer.environment["HIVE_KUBECONFIG"] = str(cluster.kubeconfig)
    namespace = cluster.namespace()
    made["kubernetes"] = [kubernetes_spec(namespace, "one"), kubernetes_spec(namespace, "bad", 1)]
    return made


def test_every_query_about_a_deployer_at_work_returns_data(
    deployer: Deployer,
    work: dict[str, list[dict[str, Any]]],
    checkout: Path,
    scraping: tuple[Prometheus, int],
    tmp_path: Path,
) -> None:
    prometheus, port = scraping
    asked = queries_about_the_deployer(checkout)
    numbers: list[int] = []
    found: list[Result] = []

    def ended() -> bool:
        return all(deployer.queue.deployment(number).status in DONE for number in numbers)

    with deployer.running(tmp_path / "log", "--metrics-port", str(port)) as process:
        # what happens before the first scrape is not seen to happen
        prometheus.until("process_deployment_queue_calls_total > 0")
        # a quantile has a value only in windows with two scrapes and an event between them, and a machine under load
        # leaves scrapes out: the deployer goes on working until every query has seen what it asks for
        end, dead = time.monotonic() + PATIENCE, ["nothing was asked"]
        while dead and time.monotonic() < end:
            numbers += [
                deployer.submit(strategy, f"{number}", spec, strategy).id
                for strategy, specs in work.items()
                for number, spec in enumerate(specs)
            ]
            until(process, ended, "the end of the deployments", PATIENCE)
            prometheus.until(f"sum(deployment_execution_calls_total) >= {len(numbers)}")
            found = verify(prometheus.url, asked, span=PATIENCE, step=1, scrape_interval=1)
            dead = [f"{place(one)}: {reason(one)}" for one in found if one.status is not Status.ALIVE]
        assert dead == []
        assert {Path(str(one.query.where).partition(":")[0]).stem for one in found} == ROWS | {"__init__"}
        rolled_back = {strategy for strategy, specs in work.items() if len(specs) > 1}
        assert strategies_of(prometheus, "success") == rolled_back
        assert strategies_of(prometheus, "failure") == set(work)
        ends = [deployer.queue.deployment(number).status for number in numbers]
        rollbacks = 'sum(deployment_rollback_calls_total{status="success"})'
        assert prometheus.number(rollbacks, time.time()) == ends.count(DeploymentStatus.ROLLED_BACK)
        idle = [
            name
            for name in Catalogue.of(catalogue).operations
            if prometheus.number(f"sum({name}_calls_total)", time.time()) == 0
        ]
        assert idle == []
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
