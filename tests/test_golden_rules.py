"""The Hive's golden rules, as checks. Each is shown to fail on a bad example before it is asked of the tree.

That the library never imports an application is a contract of import-linter: see `make architecture`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "dashboards").rglob("*.py")])
TESTS = sorted((ROOT / "tests").rglob("*.py"))
APPLICATIONS = sorted(folder for folder in (ROOT / "src").glob("ai_*") if folder.is_dir())

ENVIRONMENT_READERS = {
    "src/signalproof/instrument/known.py": "which variable holds the revision is said by the declared BuildInfo",
    "src/signalproof/instrument/multiprocess.py": "PROMETHEUS_MULTIPROC_DIR is prometheus_client's own switch",
}
"""Modules that read the environment although they are no config.py → why."""
FIXED_ADDRESSES = {
    "src/signalproof/knowledge/schema.py": "JSON Schema names its own version by an address",
    "src/signalproof/lint/report/sarif.py": "the address of its schema is part of the SARIF format",
}
"""Modules that name an address although it is no loopback one → why."""


def sys_path_changes(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that change where Python looks for modules."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Attribute(value=ast.Name(id="sys"), attr="path"))):
                yield node.lineno  # sys.path.insert(…): reading it is no change, calling anything on it may be
            case ast.Attribute(value=ast.Name(id="sys"), attr="path", ctx=ast.Store() | ast.Del()):
                yield node.lineno
            case ast.Subscript(
                value=ast.Attribute(value=ast.Name(id="sys"), attr="path"), ctx=ast.Store() | ast.Del()
            ):
                yield node.lineno
            case ast.Attribute(attr="addsitedir") | ast.Constant(value="PYTHONPATH"):
                yield node.lineno
            case ast.ImportFrom(module="sys", names=names) if any(one.name == "path" for one in names):
                yield node.lineno


def environment_reads(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that read the process environment."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}:
            yield node.lineno


def hard_coded_values(tree: ast.AST) -> Iterator[int]:
    """Yield the lines with a string that is true on one machine only: a host, an address, an absolute path."""
    documentation = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    machine = re.compile(
        r"https?://(?!127\.0\.0\.1|localhost|\[::1\]|[^/\s]*\{)[\w.-]+\.\w+"  # a host, but no loopback and no pattern
        r"|\b(?!127\.|0\.0\.0\.0)(?:\d{1,3}\.){3}\d{1,3}\b"  # an IPv4 address
        r"|(?:^|[\s=:])/(?:home|root|Users|opt|mnt|srv)/"  # a path of somebody's machine
    )
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in documentation and machine.search(text):
                yield node.lineno


def contract_breaches(application: Path) -> Iterator[str]:
    """Yield what an application package lacks of the contract that all keep: CLI, /metrics, configuration, shutdown."""
    modules = {file.stem: ast.parse(file.read_text()) for file in application.glob("*.py")}
    if "__main__" not in modules:
        yield "no __main__.py: it is not started by `python -m`"
    if "config" not in modules:
        yield "no config.py: its configuration has no one source"
    commands = {
        node.name.rstrip("_").replace("_", "-")
        for tree in modules.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any("command" in ast.unparse(decorator) for decorator in node.decorator_list)
    }
    for command in sorted({"run", "submit", "show"} - commands):
        yield f"no command {command!r}"
    text = "\n".join(ast.unparse(tree) for tree in modules.values())
    if "signalproof.instrument" not in text:
        yield "it serves no /metrics"
    if "SIGTERM" not in text:
        yield "it does not drain on SIGTERM"


def _places(files: list[Path], check: Callable[[ast.AST], Iterator[int]]) -> list[str]:
    return [
        f"{file.relative_to(ROOT).as_posix()}:{line}"
        for file in files
        for line in check(ast.parse(file.read_text(encoding="utf-8")))
    ]


@pytest.mark.parametrize(
    "bad",
    [
        "import sys\nsys.path.insert(0, 'x')",
        "import sys\nsys.path += ['x']",
        "import sys\nsys.path[:0] = ['x']",
        "from sys import path",
        "env = {'PYTHONPATH': 'src'}",
    ],
)
def test_a_change_of_the_module_path_is_seen(bad: str) -> None:
    assert list(sys_path_changes(ast.parse(bad)))


def test_nothing_changes_the_module_path() -> None:
    here = Path(__file__)
    assert _places([*SOURCES, *(file for file in TESTS if file != here)], sys_path_changes) == []


@pytest.mark.parametrize("bad", ["import os\nos.environ['X']", "import os\nos.getenv('X')"])
def test_a_read_of_the_environment_is_seen(bad: str) -> None:
    assert list(environment_reads(ast.parse(bad)))


def test_configuration_has_one_source_in_each_package() -> None:
    places = _places([file for file in SOURCES if file.name != "config.py"], environment_reads)
    assert [place for place in places if place.rpartition(":")[0] not in ENVIRONMENT_READERS] == []


@pytest.mark.parametrize(
    "bad", ["x = 'http://prometheus.prod.corp/'", "x = '10.1.2.3:9090'", "x = '/home/ann/key'"]
)
def test_a_value_of_one_environment_is_seen(bad: str) -> None:
    assert list(hard_coded_values(ast.parse(bad)))


@pytest.mark.parametrize(
    "good", ["x = '127.0.0.1'", "x = f'http://{host}/'", "'see https://prometheus.io/docs'"]
)
def test_loopback_patterns_and_documentation_are_no_values_of_one_environment(good: str) -> None:
    assert list(hard_coded_values(ast.parse(good))) == []


def test_no_value_of_one_environment_is_hard_coded() -> None:
    places = _places(SOURCES, hard_coded_values)
    assert [place for place in places if place.rpartition(":")[0] not in FIXED_ADDRESSES] == []


def test_an_application_that_keeps_no_contract_is_seen(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_text("")
    assert len(list(contract_breaches(tmp_path))) == 7


def test_an_application_that_keeps_the_contract_passes(tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text("")
    (tmp_path / "__main__.py").write_text(
        "import signal\nfrom signalproof.instrument import serve\n"
        "@app.command()\ndef run(): signal.signal(signal.SIGTERM, stop)\n"
        "@app.command()\ndef submit(): ...\n@app.command()\ndef show(): ...\n"
    )
    assert list(contract_breaches(tmp_path)) == []


def test_every_application_keeps_the_same_contract() -> None:
    assert {folder.name: list(contract_breaches(folder)) for folder in APPLICATIONS} == {
        folder.name: [] for folder in APPLICATIONS
    }


def test_no_module_is_longer_than_three_hundred_lines() -> None:
    long = {
        file.relative_to(ROOT).as_posix(): count
        for file in SOURCES
        if (count := file.read_text().count("\n")) > 300
    }
    assert long == {}


def test_every_exception_from_a_rule_is_still_needed() -> None:
    known = {file.relative_to(ROOT).as_posix(): ast.parse(file.read_text()) for file in SOURCES}
    unused = [
        file for file in ENVIRONMENT_READERS if file not in known or not any(environment_reads(known[file]))
    ]
    unused += [
        file for file in FIXED_ADDRESSES if file not in known or not any(hard_coded_values(known[file]))
    ]
    assert unused == []
