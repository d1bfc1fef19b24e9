"""The pytest helpers say what was recorded, and what is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import prometheus_client
import pytest
from prometheus_client.registry import CollectorRegistry

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, labels
from signalproof.catalogue.metric import Counter, Gauge
from signalproof.catalogue.operation import Request, Status
from signalproof.catalogue.units import COUNT
from signalproof.instrument import count, track_request
from signalproof.testing import (
    assert_emits,
    assert_exposition_matches,
    assert_registry_matches,
    record,
)


class Failure(ClosedLabel, name="error_type"):
    VALUE = "ValueError"
    OTHER = "other"


class Model(BoundedLabel, at_most=2):
    pass


WORK = Request("work", "a piece of work", labels(), Failure, owner="app.work")
TOKENS = Counter("tokens_total", "Tokens.", labels(Model))
CATALOGUE = Catalogue.of_entries([WORK, TOKENS])


@track_request(WORK)
def work() -> None: ...


def test_a_block_that_emits_passes() -> None:
    with record(CATALOGUE), assert_emits(WORK.calls, Status.SUCCESS), assert_emits(WORK.duration, by=1):
        work()


def test_a_block_that_emits_nothing_fails_and_says_so() -> None:
    with pytest.raises(AssertionError) as caught, record(CATALOGUE), assert_emits(WORK.calls, Status.SUCCESS):
        pass
    assert str(caught.value).splitlines() == [
        'work_calls_total{status="success"} moved by 0, not by 1; what moved was:',
        "  nothing",
    ]


def test_a_block_that_emits_something_else_fails_and_says_what() -> None:
    emits = assert_emits(WORK.failures, Failure.VALUE, by=2)
    with pytest.raises(AssertionError) as caught, record(CATALOGUE), emits:
        work()
    assert '  work_calls_total{status="success"} by 1' in str(caught.value).splitlines()


def test_emitting_nothing_can_be_asserted() -> None:
    with record(CATALOGUE), assert_emits(WORK.failures, Failure.VALUE, by=0):
        work()


def test_what_is_not_installed_cannot_be_asserted() -> None:
    emits = assert_emits(WORK.calls, Status.SUCCESS)
    with pytest.raises(AssertionError, match="work_calls_total is not installed"), emits:
        pass


def test_the_value_of_a_series_that_is_not_there_names_those_that_are() -> None:
    with record(CATALOGUE) as recorded:
        count(TOKENS, Model("a"))
        with pytest.raises(AssertionError, match=r"there are: .*'model': 'a'"):
            recorded.value(TOKENS, Model("b"))


def test_a_registry_that_matches_passes() -> None:
    with record(CATALOGUE):
        count(TOKENS, Model("a"))
        assert_registry_matches(CATALOGUE)


def test_a_value_that_overflowed_into_other_matches() -> None:
    with record(CATALOGUE):
        for name in "abc":
            count(TOKENS, Model(name))
        assert_registry_matches(CATALOGUE)


def _page(**replace: str) -> str:
    with record(CATALOGUE) as recorded:
        count(TOKENS, Model("a"))
        page = recorded.text()
    for name, text in replace.items():
        found, put = {
            "missing": ('work_calls_total{status="failure"} 0.0\n', text),
            "value": ('work_calls_total{status="failure"}', text),
            "label": ('tokens_total{model="a"}', text),
            "kind": ("# TYPE tokens_total counter", text),
            "bound": ('work_duration_seconds_bucket{le="30.0"}', text),
            "more": ("# HELP work_duration_seconds ", text),
        }[name]
        assert found in page
        page = page.replace(found, put)
    return page


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"missing": ""}, "work_calls_total{'status': 'failure'} is not initialised"),
        ({"value": 'work_calls_total{status="odd"}'}, "label 'status' has the undeclared value 'odd'"),
        ({"label": 'tokens_total{mode="a"}'}, "tokens_total has labels ['mode'], declared are ['model']"),
        ({"kind": "# TYPE tokens_total gauge"}, "tokens_total is a gauge, declared as a counter"),
        ({"bound": 'work_duration_seconds_bucket{le="31.0"}'}, "label 'le' has the undeclared value '31.0'"),
        (
            {
                "more": "# HELP odd_total x\n# TYPE odd_total counter\nodd_total 1\n# HELP work_duration_seconds "
            },
            "odd_total is in no catalogue",
        ),
        (
            {"label": 'tokens_total{model="b"} 1\ntokens_total{model="c"} 1\ntokens_total{model="a"}'},
            "label 'model' has 3 values, at most 2 are promised",
        ),
    ],
)
def test_a_page_that_does_not_match_is_told_why(broken: dict[str, str], message: str) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_exposition_matches(CATALOGUE, _page(**broken))
    assert message in str(caught.value)


def test_what_others_put_into_the_registry_can_be_allowed() -> None:
    registry = CollectorRegistry()
    prometheus_client.Gauge("process_threads", "Threads.", registry=registry)
    with pytest.raises(AssertionError, match="process_threads is in no catalogue"):
        assert_registry_matches(Catalogue.of_entries([]), registry, external=["signalproof_*"])
    queue = Gauge("queue_length", "Tasks.", labels(), COUNT)
    with record(Catalogue.of_entries([queue])) as recorded:
        prometheus_client.Gauge("process_threads", "Threads.", registry=recorded.registry)
        assert_registry_matches(recorded.catalogue, external=["process_*"])


PROJECT = {
    "pyproject.toml": '[tool.signalproof]\ncatalogue = "bakery"\n',
    "bakery.py": """
from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.operation import Request

class Failure(ClosedLabel, name="error_type"):
    OTHER = "other"

BAKE = Request("bake", "a loaf", labels(), Failure, owner="bakery.bake")
CATALOGUE = Catalogue.of_entries([BAKE])
""",
    "conftest.py": 'pytest_plugins = ["signalproof.testing"]\n',
    "test_bakery.py": """
from bakery import BAKE
from signalproof.catalogue.operation import Status
from signalproof.instrument import track_request
from signalproof.testing import assert_emits, assert_registry_matches

def test_baking_is_counted(recorded):
    with assert_emits(BAKE.calls, Status.SUCCESS):
        track_request(BAKE)(lambda: 1)()
    assert_registry_matches(recorded.catalogue, recorded.registry)

def test_every_test_starts_at_zero(recorded):
    assert recorded.value(BAKE.calls, Status.SUCCESS) == 0
""",
}


def test_the_fixture_installs_the_catalogue_of_the_project(tmp_path: Path) -> None:
    for name, text in PROJECT.items():
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "2 passed" in done.stdout, done.stdout + done.stderr
