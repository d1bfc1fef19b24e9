from __future__ import annotations

from pathlib import Path

import pytest

from signalproof.config import Config, LintConfig, Service, load_config
from signalproof.errors import SignalproofError

SERVICE = """
[tool.signalproof]
scrape_interval = "1m30s"

[tool.signalproof.services.till]
job = "shop_web"
port = 9464
command = ["python", "-m", "shop"]
database = "SHOP_DATABASE_URL"
environment = ["PAYMENT_KEY"]

[tool.signalproof.services.stock]
job = "stock"
port = 9100
"""


def load(folder: Path, text: str) -> Config:
    (folder / "pyproject.toml").write_text(text)
    return load_config(folder / "pyproject.toml")


def test_what_is_not_said_has_a_default(tmp_path: Path) -> None:
    config = load(tmp_path, '[tool.signalproof]\ncatalogue = "shop.catalogue"\n')
    assert config == Config(tmp_path, catalogue="shop.catalogue")


def test_durations_are_written_as_prometheus_writes_them(tmp_path: Path) -> None:
    assert load(tmp_path, SERVICE).scrape_interval == 90.0


def test_services_are_read_by_name(tmp_path: Path) -> None:
    assert load(tmp_path, SERVICE).services == {
        "till": Service("shop_web", 9464, ("python", "-m", "shop"), "SHOP_DATABASE_URL", ("PAYMENT_KEY",)),
        "stock": Service("stock", 9100),
    }


def test_the_lint_has_a_table_of_its_own(tmp_path: Path) -> None:
    config = load(tmp_path, '[tool.signalproof.lint]\nignore = ["R001"]\nfail-on = "error"\n')
    assert config.lint == LintConfig(ignore=("R001",), fail_on="error")


def test_the_lint_allows_findings_at_places(tmp_path: Path) -> None:
    config = load(tmp_path, '[tool.signalproof.lint.allow."nodes.json"]\nR001 = "theirs"\n')
    assert config.lint.allow == {"nodes.json": {"R001": "theirs"}}


@pytest.mark.parametrize(
    "text", ['allow = ["R001"]', 'allow = {"a.json" = "R001"}', 'allow = {"a.json" = {R001 = 1}}']
)
def test_an_allowance_needs_a_place_a_code_and_a_reason(tmp_path: Path, text: str) -> None:
    with pytest.raises(SignalproofError, match="what is allowed at") as caught:
        load(tmp_path, f"[tool.signalproof.lint]\n{text}\n")
    assert str(caught.value.where).endswith(":2")


@pytest.mark.parametrize(
    ("table", "message", "line"),
    [
        ("[tool.signalproof.services.Till]\njob = 'a'\nport = 1", "service 'Till' is no host name", 1),
        ("[tool.signalproof.services.till]\nport = 1", "service 'till' must say which job", 1),
        ("[tool.signalproof.services.till]\njob = 'a'", "service 'till' must say which job", 1),
        ("[tool.signalproof.services.till]\njob = 'a'\nport = 70000", "service 'till' must say which job", 1),
        ("[tool.signalproof.services.till]\njob = 'a'\nport = true", "port = True is of the wrong type", 3),
        ("[tool.signalproof.services.till]\njob = 'a'\nport = '1'", "port = '1' is of the wrong type", 3),
        (
            "[tool.signalproof.services.till]\njob = 'a'\nport = 1\nenvironment = ['KEY=secret']",
            "service 'till' names 'KEY=secret', which is no environment variable",
            1,
        ),
        ("[tool.signalproof.services.till]\njob = 'a'\nports = 1", "unknown key 'ports'", 3),
        ("[tool.signalproof]\nservices = ['till']", "services is of the wrong type", 2),
        ("[tool.signalproof]\nscrape_intervall = '1m'", "unknown key 'scrape_intervall'", 2),
        ("[tool.signalproof]\nretention = 'long'", "'long' is no duration", 2),
        ("[tool.signalproof]\nprometheus = 'three'", "'three' is no version", 2),
    ],
)
def test_a_mistake_is_told_with_its_line(table: str, message: str, line: int, tmp_path: Path) -> None:
    with pytest.raises(SignalproofError) as raised:
        load(tmp_path, table)
    assert message in str(raised.value)
    assert raised.value.help
    assert raised.value.where is not None
    assert raised.value.where.line == line
