"""The deployer's page says what is true: each variable with its default, each field of a spec."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from ai_deployer.config import DeployerSettings
from ai_deployer.specification import CommandCheck, HttpCheck, TcpCheck, read_specification
from ai_deployer.strategies import discover, names
from ai_deployer.strategies.docker import PublishedPort
from hive.application.config import variables
from hive.storage.deployments import DONE

README = (Path(__file__).parents[2] / "src" / "ai_deployer" / "README.md").read_text(encoding="utf-8")
ROWS = {
    name: default.strip()
    for name, default in re.findall(r"^\| `(HIVE_\w+)` \|([^|]*)\|", README, re.MULTILINE)
}
IN_WORDS = {
    "HIVE_WORKER": "host:pid",
    "HIVE_KUBERNETES_CONTEXT": "the current one",
    "HIVE_HEALTH_CA": "the system's",
    "HIVE_INSTRUMENT": "`true`",
    "HIVE_DEPLOYER_UNAPPROVED": "`false`",
}
NOT_WRITTEN = {"kept"}
"""What is written by `rollback`, and not by people."""


def test_every_variable_is_there_and_no_other() -> None:
    assert set(ROWS) == set(variables(DeployerSettings))


@pytest.mark.parametrize("variable", variables(DeployerSettings))
def test_a_variable_has_the_default_that_is_written(variable: str) -> None:
    default = DeployerSettings.model_fields[variables(DeployerSettings)[variable]].default
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    match default:
        case _ if variable in IN_WORDS:
            written = IN_WORDS[variable]
        case None:
            written = ""
        case int() | float():
            written = f"{default:g}"
        case _:
            assert default is not PydanticUndefined
            written = f"`{default}`"
    assert ROWS[variable] == written


@pytest.mark.parametrize("name", names())
def test_every_field_of_a_spec_is_explained(name: str) -> None:
    fields = set(discover(name).specification.model_fields) - NOT_WRITTEN
    assert {field for field in fields if f"`{field}`" not in README} == set()


@pytest.mark.parametrize("name", names())
def test_the_example_of_a_spec_is_understood(name: str) -> None:
    (example,) = re.findall(rf"^```json {name}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    kind = discover(name).specification
    assert isinstance(read_specification(kind, json.loads(example)), kind)


@pytest.mark.parametrize("part", [HttpCheck, TcpCheck, CommandCheck, PublishedPort])
def test_every_field_of_a_part_of_a_spec_is_named(part: type[HttpCheck]) -> None:
    assert {field for field in part.model_fields if not re.search(rf"[`\"]{field}[`\"]", README)} == set()


def test_every_status_at_the_end_is_explained() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| (?=it|in)", README, re.MULTILINE)) == {one.value for one in DONE}
