"""From a failed deployment to its steps and back: the second dashboard, and the links between both."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from ai_deployer import agent, deployer
from hive.application import logs
from signalproof.dashboard.addresses import passed_to, target_of

Json: TypeAlias = dict[str, Any]


def panels(dashboard: Json) -> Iterator[Json]:
    for one in dashboard["panels"]:
        yield from (one, *one.get("panels", ()))


@pytest.fixture
def overview(checkout: Path) -> Json:
    found: Json = json.loads((checkout / "provisioning/grafana/dashboards/hive/ai-apps.json").read_bytes())
    return found


@pytest.fixture
def deeper(checkout: Path) -> Json:
    found: Json = json.loads(
        (checkout / "provisioning/grafana/dashboards/hive/one-deployment.json").read_bytes()
    )
    return found


@pytest.fixture
def drilldown(overview: Json) -> str:
    (table,) = (one for one in panels(overview) if one["title"] == "Last deployments")
    (link,) = table["fieldConfig"]["defaults"]["links"]
    url: str = link["url"]
    return url


def test_a_line_of_the_table_leads_to_the_other_dashboard(drilldown: str, deeper: Json) -> None:
    assert target_of(drilldown) == deeper["uid"]


def test_the_way_there_keeps_time_and_variables(drilldown: str, overview: Json) -> None:
    assert "${__url_time_range}" in drilldown
    for one in overview["templating"]["list"]:
        assert f"${{{one['name']}:queryparam}}" in drilldown


def test_the_way_there_chooses_the_strategy_of_the_line(drilldown: str, deeper: Json) -> None:
    ((name, _),) = passed_to(drilldown)
    assert name == "strategy"
    assert name in [one["name"] for one in deeper["templating"]["list"]]
    assert drilldown.endswith("=${__data.fields.strategy}")


def test_each_has_a_menu_that_leads_to_the_other_with_time_and_variables(
    overview: Json, deeper: Json
) -> None:
    for here, there in ((overview, deeper), (deeper, overview)):
        (menu,) = here["links"]
        assert set(menu["tags"]) <= set(there["tags"])
        assert menu["keepTime"]
        assert menu["includeVars"]


def test_every_query_about_what_has_a_strategy_is_about_the_chosen_one(deeper: Json) -> None:
    found = 0
    for panel in panels(deeper):
        for target in panel.get("targets", ()):
            for selector in re.findall(r"(\w+)\{([^}]*)\}", target["expr"]):
                if re.match("deployment_execution|ssh_|docker_|kubernetes_", selector[0]):
                    assert 'strategy=~"$strategy"' in selector[1], target["expr"]
                    found += 1
    assert found > 20


def test_every_field_of_the_log_that_it_names_is_logged(deeper: Json) -> None:
    (fields,) = (one["options"]["content"] for one in panels(deeper) if one["title"] == "Fields of the log")
    named = {name for line in fields.splitlines()[2:] for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    written = "".join(Path(str(one.__file__)).read_text() for one in (agent, deployer, logs))
    added = {"level", "event"}  # by structlog, to every line
    assert {name for name in named - added if not re.search(rf"\b{name}\b", written)} == set()
    assert {"correlation_id", "deployment", "strategy", "target", "error_type"} <= named


def test_the_ways_a_deployment_ends_are_those_that_the_log_can_say(deeper: Json) -> None:
    (fields,) = (one["options"]["content"] for one in panels(deeper) if one["title"] == "Fields of the log")
    (line,) = (one for one in fields.splitlines() if one.startswith("| `status`"))
    from hive.storage.deployments import DONE

    assert set(re.findall(r"`(\w+)`", line.split("|")[2])) == {str(one) for one in DONE}
