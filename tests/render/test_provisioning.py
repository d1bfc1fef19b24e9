from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.conftest import fetched, missing

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import Job, labels
from signalproof.catalogue.metric import Counter
from signalproof.config import Config, Service
from signalproof.dashboard import Dashboard, Row, TimeSeries
from signalproof.errors import SignalproofError
from signalproof.promql.build import rate
from signalproof.render import kubernetes
from signalproof.render.provisioning import DATASOURCE_UID, provisioning_files
from signalproof.rules.check import CheckedRules, check_rules
from signalproof.rules.duty import Duty
from signalproof.rules.group import RuleGroup
from signalproof.rules.jobs import job_group
from signalproof.rules.recording import RecordingRule

ORDERS: Counter[Any] = Counter("shop_orders_total", "Orders taken.", labels())
SERVICES = {
    "till": Service("shop_web", 9464, ("python", "-m", "shop", "run"), "SHOP_DATABASE_URL", ("PAYMENT_KEY",)),
    "till-two": Service("shop_web", 9465),
    "stock": Service("stock", 9100),
}
DASHBOARD = Dashboard(
    "shop-orders",
    "Orders",
    (Row("Do orders come in?", (TimeSeries("Orders", rate(ORDERS, by=Job), "How many."),)),),
    folder="shop",
)


def config(root: Path, **changed: Any) -> Config:
    return Config(root, **{"catalogue": "shop.catalogue", "services": SERVICES, **changed})


@pytest.fixture(scope="module")
def rules() -> CheckedRules:
    duty = Duty(Job("shop_web"), owner="shop", runbook="docs/runbook.md", file="shop")
    recording = RecordingRule(
        "job:shop_orders:rate5m", rate(ORDERS, by=Job, window="5m"), "Orders per second."
    )
    return check_rules(
        [RuleGroup("orders", (recording,)), job_group(duty)], Catalogue.of_entries([ORDERS]).exposition()
    )


@pytest.fixture
def files(tmp_path: Path, rules: CheckedRules) -> dict[str, bytes]:
    return provisioning_files(config(tmp_path), (DASHBOARD,), rules)


def load(files: Mapping[str, bytes], path: str) -> Any:
    return yaml.safe_load(files[path])


def write(files: Mapping[str, bytes], folder: Path) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text)


def test_every_file_that_grafana_prometheus_compose_and_kubernetes_read_is_written(
    files: dict[str, bytes],
) -> None:
    assert sorted(files) == [
        "compose.yaml",
        "grafana/provisioning/alerting/none.yaml",
        "grafana/provisioning/dashboards/shop.yaml",
        "grafana/provisioning/datasources/prometheus.yaml",
        "grafana/provisioning/plugins/none.yaml",
        "kubernetes/dashboards.yaml",
        "kubernetes/prometheus-rules.yaml",
        "kubernetes/service-monitors.yaml",
        "prometheus/prometheus.yml",
        "prometheus/rules/orders.yml",
        "prometheus/rules/shop.yml",
        "prometheus/tests/shop.yml",
    ]


def test_every_file_is_yaml_and_says_that_it_is_written(files: dict[str, bytes]) -> None:
    for path, text in files.items():
        assert text.startswith(b"# Written by `make dashboards` from "), path
        assert text.endswith(b"\n"), path
        assert all(isinstance(one, dict) for one in yaml.safe_load_all(text)), path


def test_no_file_names_a_folder_of_this_machine(files: dict[str, bytes], tmp_path: Path) -> None:
    assert not [path for path, text in files.items() if str(tmp_path).encode() in text]


def test_the_same_project_gives_the_same_bytes(tmp_path: Path, rules: CheckedRules) -> None:
    one = provisioning_files(config(tmp_path), (DASHBOARD,), rules)
    assert one == provisioning_files(config(tmp_path), (DASHBOARD,), rules)


def test_the_data_source_scrapes_as_often_as_prometheus(files: dict[str, bytes]) -> None:
    (source,) = load(files, "grafana/provisioning/datasources/prometheus.yaml")["datasources"]
    assert source["uid"] == DATASOURCE_UID
    assert source["jsonData"] == {
        "timeInterval": "15s",
        "httpMethod": "POST",
        "manageAlerts": True,
        "prometheusType": "Prometheus",
        "prometheusVersion": "2.42.0",
    }
    assert load(files, "prometheus/prometheus.yml")["global"]["scrape_interval"] == "15s"


def test_the_address_of_the_data_source_comes_from_grafanas_environment(files: dict[str, bytes]) -> None:
    (source,) = load(files, "grafana/provisioning/datasources/prometheus.yaml")["datasources"]
    assert source["url"] == "$PROMETHEUS_URL"
    assert load(files, "compose.yaml")["services"]["grafana"]["environment"]["PROMETHEUS_URL"]


def test_dashboards_are_provided_read_only_one_folder_each(files: dict[str, bytes]) -> None:
    (provider,) = load(files, "grafana/provisioning/dashboards/shop.yaml")["providers"]
    assert provider["folder"] == ""
    assert provider["allowUiUpdates"] is False
    assert provider["disableDeletion"] is False
    assert provider["updateIntervalSeconds"] > 10
    assert provider["options"]["foldersFromFilesStructure"] is True
    mounts = load(files, "compose.yaml")["services"]["grafana"]["volumes"]
    assert f"./grafana/dashboards:{provider['options']['path']}:ro" in mounts


def test_each_job_is_scraped_at_its_services(files: dict[str, bytes]) -> None:
    found = load(files, "prometheus/prometheus.yml")["scrape_configs"]
    assert [(one["job_name"], one["static_configs"][0]["targets"]) for one in found] == [
        ("shop_web", ["till:9464", "till-two:9465"]),
        ("stock", ["stock:9100"]),
    ]


def test_prometheus_accepts_configuration_rules_and_unit_tests(
    files: dict[str, bytes], promtool: str, tmp_path: Path
) -> None:
    write(files, tmp_path)
    for arguments in (
        ["check", "config", "prometheus/prometheus.yml"],
        ["check", "rules", "prometheus/rules/shop.yml", "prometheus/rules/orders.yml"],
        ["test", "rules", "prometheus/tests/shop.yml"],
    ):
        done = subprocess.run(
            [promtool, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_project_without_services_is_accepted_too(
    tmp_path: Path, rules: CheckedRules, promtool: str
) -> None:
    files = provisioning_files(config(tmp_path, services={}), (), rules)
    assert "kubernetes/service-monitors.yaml" not in files
    assert set(load(files, "compose.yaml")["services"]) == {"grafana", "prometheus"}
    write(files, tmp_path)
    done = subprocess.run(
        [promtool, "check", "config", "prometheus/prometheus.yml"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_compose_pins_every_image_and_checks_the_health_of_every_service(files: dict[str, bytes]) -> None:
    for name, service in load(files, "compose.yaml")["services"].items():
        built_here = service["image"] == "shop:local"
        pinned = re.fullmatch(r"[a-z/]+:v?[0-9][\w.-]+@sha256:[0-9a-f]{64}", service["image"])
        assert built_here or pinned, name
        assert service["healthcheck"]["test"][0] == "CMD", name


def test_compose_opens_its_ports_on_the_loopback_alone(files: dict[str, bytes]) -> None:
    ports = [
        port for one in load(files, "compose.yaml")["services"].values() for port in one.get("ports", ())
    ]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_compose_holds_no_secret(files: dict[str, bytes]) -> None:
    for service in load(files, "compose.yaml")["services"].values():
        for name, value in service.get("environment", {}).items():
            assert "PASSWORD" not in name or value == "/run/secrets/postgres_password"
            assert value is None or "KEY" not in name
            user, at, _ = str(value).partition("://")[2].partition("@")
            assert not at or ":" not in user


def test_compose_hands_named_variables_through_without_a_value(files: dict[str, bytes]) -> None:
    environment = load(files, "compose.yaml")["services"]["till"]["environment"]
    assert environment == {
        "SHOP_DATABASE_URL": "postgresql+psycopg://shop@postgres:5432/shop",
        "SHOP_DATABASE_PASSWORD_FILE": "/run/secrets/postgres_password",
        "PAYMENT_KEY": None,
    }


def test_the_database_wants_a_password_that_stands_in_a_file(files: dict[str, bytes]) -> None:
    compose = load(files, "compose.yaml")
    postgres = compose["services"]["postgres"]
    assert postgres["environment"]["POSTGRES_PASSWORD_FILE"] == "/run/secrets/postgres_password"
    assert "POSTGRES_HOST_AUTH_METHOD" not in postgres["environment"]
    assert compose["secrets"]["postgres_password"]["file"].endswith("secrets/postgres_password}")


def test_the_password_is_handed_to_the_database_and_to_who_asks_it_alone(files: dict[str, bytes]) -> None:
    services = load(files, "compose.yaml")["services"]
    assert [name for name, one in services.items() if "postgres_password" in one.get("secrets", ())] == [
        "postgres",
        "till",
    ]


def test_without_a_database_there_is_no_secret(tmp_path: Path, rules: CheckedRules) -> None:
    files = provisioning_files(config(tmp_path, services={}), (), rules)
    assert "secrets" not in load(files, "compose.yaml")


def test_the_database_is_reached_by_the_services_that_asked_for_it_alone(files: dict[str, bytes]) -> None:
    compose = load(files, "compose.yaml")
    on_data = [name for name, one in compose["services"].items() if "data" in one.get("networks", ())]
    assert on_data == ["postgres", "till"]
    assert compose["networks"]["data"] == {"internal": True}
    assert "ports" not in compose["services"]["postgres"]


def test_every_volume_and_every_dependency_of_compose_exists(files: dict[str, bytes]) -> None:
    compose = load(files, "compose.yaml")
    services = compose["services"]
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source.startswith("./") or source in compose["volumes"]


def test_applications_wait_behind_a_profile_while_there_is_no_dockerfile(files: dict[str, bytes]) -> None:
    services = load(files, "compose.yaml")["services"]
    assert {name for name, one in services.items() if "profiles" in one} == {
        "till",
        "till-two",
        "stock",
        "postgres",
    }
    assert not any("build" in one for one in services.values())
    assert b"no Dockerfile yet" in files["compose.yaml"]


def test_applications_are_built_from_the_dockerfile_once_there_is_one(
    tmp_path: Path, rules: CheckedRules
) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    files = provisioning_files(config(tmp_path), (), rules)
    services = load(files, "compose.yaml")["services"]
    assert services["till"]["build"] == {"context": ".."}
    assert not any("profiles" in one for one in services.values())
    assert b"no Dockerfile yet" not in files["compose.yaml"]


@pytest.fixture(scope="module")
def compose() -> tuple[str, ...]:
    """The command of docker-compose 2: the system's, or the one that tests/compose.sh has fetched."""
    ours = str(fetched("docker-compose-2") / "docker-compose")
    for command in (("docker-compose",), ("docker", "compose"), (ours,)):
        if shutil.which(command[0]) is not None:
            said = subprocess.run([*command, "version"], capture_output=True, text=True, check=False).stdout
            if said.startswith("Docker Compose version"):  # version 1 says docker-compose version
                return command
    return missing("docker-compose 2", "sh tests/compose.sh")


@pytest.mark.parametrize("dockerfile", [False, True])
def test_docker_compose_accepts_the_file(
    dockerfile: bool, tmp_path: Path, rules: CheckedRules, compose: tuple[str, ...]
) -> None:
    if dockerfile:
        (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    write(provisioning_files(config(tmp_path), (), rules), tmp_path / "provisioning")
    done = subprocess.run(
        [*compose, "-f", "provisioning/compose.yaml", "--profile", "apps", "config", "-q"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_kubernetes_gets_the_same_rules(files: dict[str, bytes]) -> None:
    objects = list(yaml.safe_load_all(files["kubernetes/prometheus-rules.yaml"]))
    assert [(one["kind"], one["metadata"]["name"]) for one in objects] == [
        ("PrometheusRule", "orders-rules"),
        ("PrometheusRule", "shop-rules"),
    ]
    assert objects[1]["spec"]["groups"] == load(files, "prometheus/rules/shop.yml")["groups"]


def test_a_service_monitor_names_the_job_as_the_rules_know_it(files: dict[str, bytes]) -> None:
    web, stock = yaml.safe_load_all(files["kubernetes/service-monitors.yaml"])
    assert web["kind"] == "ServiceMonitor"
    assert web["spec"]["selector"]["matchExpressions"][0]["values"] == ["till", "till-two"]
    (endpoint,) = web["spec"]["endpoints"]
    assert endpoint["interval"] == "15s"
    assert endpoint["relabelings"] == [{"targetLabel": "job", "replacement": "shop_web"}]
    assert stock["metadata"]["name"] == "stock"


def test_a_dashboard_is_carried_by_a_config_map_that_the_sidecar_finds(files: dict[str, bytes]) -> None:
    (one,) = yaml.safe_load_all(files["kubernetes/dashboards.yaml"])
    assert one["metadata"]["labels"] == {"grafana_dashboard": "1"}
    assert one["metadata"]["annotations"] == {"grafana_folder": "shop"}
    assert json.loads(one["data"]["shop-orders.json"])["uid"] == "shop-orders"


def test_a_dashboard_that_no_config_map_can_hold_is_refused(
    tmp_path: Path, rules: CheckedRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kubernetes, "_MOST_BYTES", 1000)
    with pytest.raises(SignalproofError, match=r"dashboard shop-orders has .* bytes") as raised:
        provisioning_files(config(tmp_path), (DASHBOARD,), rules)
    assert raised.value.where == DASHBOARD.where
