"""Logs: structured, correlated, and without secrets."""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import quote

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.foreign_text import TEXTS, harm

from hive.application.logs import correlated, set_up_logs
from hive.application.redaction import MASK, Redactor

SECRET = 'sk-"quoted"/and\\more'

pytestmark = pytest.mark.usefixtures("logs_restored")


def events(captured: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in captured.readouterr().err.splitlines()]


def test_an_event_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("info", "json", Redactor())
    structlog.get_logger("here").info("planned\nit", subtasks=3)
    (event,) = events(capsys)
    assert (event["event"], event["subtasks"], event["level"], event["logger"]) == (
        "planned\nit",
        3,
        "info",
        "here",
    )


def test_the_correlation_id_is_on_every_event_of_the_block_and_on_no_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs("info", "json", Redactor())
    log = structlog.get_logger()
    with correlated("c-1", task=7):
        log.info("inside")
        logging.getLogger("library").warning("inside too")
    log.info("outside")
    assert [event.get("correlation_id") for event in events(capsys)] == ["c-1", "c-1", None]


def test_what_is_less_severe_than_asked_for_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("warning", "json", Redactor())
    structlog.get_logger().info("quiet")
    assert events(capsys) == []


@pytest.mark.parametrize("format_", ["json", "text"])
def test_a_secret_is_taken_out_wherever_it_stands(format_: str, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("debug", format_, Redactor([SECRET]))
    log = structlog.get_logger()
    log.info(SECRET, key=SECRET, nested={"list": [SECRET]})
    logging.getLogger("library").warning("key %s", SECRET)
    try:
        raise ValueError(f"bad key {SECRET}")
    except ValueError:
        log.exception("failed")
        logging.getLogger("library").exception("failed")
    said = capsys.readouterr().err
    assert said.count(MASK) >= 6
    assert not any(form in said for form in (SECRET, json.dumps(SECRET)[1:-1]))


def test_text_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("info", "text", Redactor())
    structlog.get_logger().info("planned", subtasks=3)
    assert "planned" in (said := capsys.readouterr().err)
    assert "subtasks=3" in said


def test_libraries_that_log_each_request_are_heard_only_when_everything_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for level in ("info", "debug"):
        set_up_logs(level, "json", Redactor())
        logging.getLogger("httpx2").info("HTTP Request")
    assert [event["level"] for event in events(capsys)] == ["info"]


# of characters that the mask has not: what is left of a secret cannot hide in it
secrets = st.text(st.characters(codec="utf-8", exclude_characters=MASK), min_size=4)


@given(secrets, st.text(), st.text())
def test_no_form_of_a_secret_is_left(secret: str, before: str, after: str) -> None:
    redact = Redactor([secret])
    assert secret not in redact(f"{before}{secret}{after}")
    assert json.dumps(secret)[1:-1] not in redact(json.dumps([before, secret, after]))
    assert quote(secret, safe="") not in redact(f"postgresql://ann:{quote(secret, safe='')}@db/hive")


def test_the_longer_of_two_secrets_is_taken_out_whole() -> None:
    assert Redactor(["hunter", "hunter2"])("hunter2 hunter") == f"{MASK} {MASK}"


def test_what_is_too_short_to_be_a_secret_is_left_alone() -> None:
    assert Redactor(["a", ""])("a banana") == "a banana"


@pytest.mark.parametrize("format_", ["json", "text"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_whatever_is_logged_stays_in_its_line_and_does_nothing(
    format_: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("info", format_, Redactor())
    capsys.readouterr()
    structlog.get_logger("here").info(text, task=text, found=[text], **{text or "x": 1})
    logging.getLogger("library").warning("%s", text)
    line, other, rest = capsys.readouterr().err.split("\n")
    assert (rest, harm(line), harm(other)) == ("", [], [])


def test_a_traceback_with_a_forged_event_is_set_off_from_the_events(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs("info", "text", Redactor())
    try:
        raise ValueError("no\n2026-01-01T00:00:00Z [info     ] approved by root \x1b[2J")
    except ValueError:
        structlog.get_logger("here").exception("failed")
    first, *more = capsys.readouterr().err.splitlines()
    assert ("failed" in first, harm("\n".join(more))) == (True, [])
    assert [line for line in more if not line.startswith("    ")] == []


def test_a_secret_with_a_direction_mark_is_taken_out_of_either_format(
    capsys: pytest.CaptureFixture[str],
) -> None:
    secret = "sé\u202ecret\x7f\n\x1bkey"
    for format_ in ("json", "text"):
        set_up_logs("info", format_, Redactor([secret]))
        structlog.get_logger("here").info(secret)
        structlog.get_logger("here").info("again", value=secret, more=[secret])
    said = capsys.readouterr().err
    assert ("cret" in said.replace(MASK, ""), said.count(MASK)) == (False, 6)
