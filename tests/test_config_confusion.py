"""Whatever stands in a configuration, it is read, or refused in three short lines: never a traceback."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signalproof.cli.main import main
from signalproof.config import load_config
from signalproof.errors import SignalproofError

VALID: dict[str, Any] = {
    "tool": {
        "signalproof": {
            "catalogue": "c", "dashboards": "d", "rules": "r", "out": "o", "docs": "docs", "scrape_interval": "15s",
            "retention": "15d", "prometheus": "2.42", "dialect": "prometheus", "target_labels": ["job"],
            "possible_labels": ["a"], "honor_labels": ["x"], "external": ["e_*"],
            "metrics": {
                "shop_total": {
                    "type": "counter", "unit": "seconds", "labels": ["a"], "totals": ["a"], "values": {"a": ["x"]},
                    "buckets": ["0.5"], "job": "x", "monotonic": True, "low": 0.0, "high": 1.0,
                }
            },
            "services": {
                "till": {"job": "shop", "port": 9464, "command": ["a"], "database": "A", "environment": ["B"]}
            },
            "lint": {
                "select": ["R"], "ignore": ["M001"], "fail_on": "warning", "allow": {"a.json": {"R001": "why"}},
                "required_matchers": ["job"], "kept_labels": ["cluster"], "exclude": ["x"],
            },
        }
    }
}  # fmt: skip
OTHERS: list[Any] = [
    "", "x", "x" * 100_000, "9" * 5000, "9" * 5000 + "s", "\0", "\x1b[31m", "\n", "../..", "/", "kubernetes", "*[", "0s",
    True, False, 0, -1, 10**30, 1.5, float("nan"), float("inf"), [], ["x"], [1], [[]], ["kubernetes"], ["x"] * 20_000,
    {}, {"x": "y"}, {"x": 1}, {"x": {}}, {"x": [1]}, {"": ""}, {"y" * 2000: ["z" * 2000]}, [{}], ["x" * 2000], ["\0"], ["*["],
]  # fmt: skip
Place = tuple[str | int, ...]


def toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key)} = {toml(one)}' for key, one in value.items())}}}"
    return str(value)


def document(tree: dict[str, Any]) -> str:
    return "".join(f"{key} = {toml(value)}\n" for key, value in tree.items())


def places(tree: Any, path: Place = ()) -> Iterator[Place]:
    yield from [path] if path else ()
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in pairs:
        yield from places(value, (*path, key))


def confused(path: Place, value: Any) -> dict[str, Any]:
    whole: dict[str, Any] = copy.deepcopy(VALID)
    holder: Any = whole
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return whole


def wrong_with_reading(folder: Path, text: str) -> list[str]:
    """Return what a person could not do with the mistake in a configuration; nothing where it has none."""
    file = folder / "pyproject.toml"
    file.write_text(text)
    try:
        load_config(file)
    except SignalproofError as error:
        said = str(error)
        checks = {
            "too long": len(said) < 400 and len(error.help) < 400,
            "not printable": said.isprintable(),
            "no help": bool(error.help),
            "no place": error.where is not None and error.where.file == str(file),
        }
        return [what for what, well in checks.items() if not well]
    return []


def test_the_sample_is_read(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(document(VALID))
    assert load_config(tmp_path / "pyproject.toml").scrape_interval == 15.0


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(list(places(VALID))), st.sampled_from(OTHERS))
def test_any_value_may_be_of_any_type(tmp_path: Path, path: Place, value: Any) -> None:
    assert wrong_with_reading(tmp_path, document(confused(path, value))) == []


@pytest.mark.parametrize(
    "text",
    {
        "tool is a text": "tool = 'x'",
        "tool is a list of tables": "[[tool]]\nsignalproof = 1",
        "the table is a text": "[tool]\nsignalproof = 'x'",
        "the table is a list of tables": "[[tool.signalproof]]\nout = 'x'",
        "the lint is a text": "[tool.signalproof]\nlint = 'x'",
        "the lint is a list of tables": "[[tool.signalproof.lint]]\nselect = []",
        "services are a list of tables": "[[tool.signalproof.services]]\njob = 'x'",
        "a metric is a text": "[tool.signalproof.metrics]\nx = 'counter'",
        "nested without end": "x = " + "[" * 100_000,
        "a key of many parts": "a" + ".a" * 50_000 + " = 1",
        "a number of many digits": "[tool.signalproof]\nout = " + "9" * 5000,
        "a number of many hexadecimal digits": "[tool.signalproof]\nout = 0x" + "f" * 9000,
        "a name of many characters": "[tool.signalproof.services." + "a" * 50_000 + "]\njob = 'x'",
        "many keys": "[tool.signalproof]\n" + "".join(f"a{n} = 1\n" for n in range(20_000)),
        "a key with a hyphen and without": "[tool.signalproof]\nscrape-interval = '1s'\nscrape_interval = '2s'",
        "a version of many digits": f"[tool.signalproof]\nprometheus = '{'9' * 900}'",
    }.items(),
    ids=lambda case: case[0],
)
def test_a_hostile_configuration_is_a_mistake(tmp_path: Path, text: tuple[str, str]) -> None:
    assert wrong_with_reading(tmp_path, text[1]) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("lint = 'x'", "lint is of the wrong type"),
        ("scrape_interval = '0s'", "scrape_interval is no time at all"),
        ("dialect = 'promql'", "dialect = 'promql' is none"),
        ("lint.fail-on = 'never'", "fail_on = 'never' is none"),
        ("out = 'a\\u001b'", "has a character that cannot be printed"),
    ],
)
def test_a_mistake_says_what_is_wrong_and_where(
    tmp_path: Path, line: str, said: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    text = line.replace("'", '"')
    (tmp_path / "pyproject.toml").write_text(f"[tool.signalproof]\n{text}\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["lint"])
    assert ended.value.code == 2
    error, place, remedy = capfd.readouterr().err.splitlines()
    assert said in error
    assert "pyproject.toml" in place
    assert remedy.startswith("  help: ")
