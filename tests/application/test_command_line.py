"""What a command line says when something is wrong, and how it exits."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import typer
from sqlalchemy.exc import OperationalError, ProgrammingError

from hive.application.command_line import application, one_line, run
from hive.application.redaction import Redactor
from hive.storage import UnstorableError
from signalproof.errors import Location, SignalproofError


def outcome(action: Callable[[], object], *arguments: str) -> int:
    """Return the exit code of a command line whose only commands are *action* and another."""
    app = application("example", "An example.")

    @app.command()
    def act() -> None:
        action()

    @app.command()
    def other() -> None:
        """Do nothing."""

    with pytest.raises(SystemExit) as end:
        run(app, arguments or ("act",))
    code = end.value.code
    assert isinstance(code, int)
    return code


def raises(error: BaseException) -> Callable[[], object]:
    def action() -> object:
        raise error

    return action


def test_a_command_that_returns_is_done() -> None:
    assert outcome(lambda: None) == 0


def test_a_mistake_costs_three_lines(capsys: pytest.CaptureFixture[str]) -> None:
    code = outcome(raises(SignalproofError("no such task", "look at the queue", where=Location("a.json", 3))))
    said = capsys.readouterr().err.splitlines()
    assert (code, said) == (2, ["error: no such task", "  --> a.json:3", "  help: look at the queue"])


def test_a_command_that_there_is_not_is_answered_with_help(capsys: pytest.CaptureFixture[str]) -> None:
    code = outcome(lambda: None, "ac")
    said = capsys.readouterr().err
    assert (code, "no such command 'ac'" in said, "python -m example --help" in said) == (2, True, True)


def test_a_database_that_is_away_is_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    code = outcome(raises(OperationalError("SELECT 1", None, Exception("connection refused\nmore"))))
    assert (code, "connection refused" in capsys.readouterr().err) == (2, True)


def test_a_bug_of_ours_keeps_its_traceback() -> None:
    app = application("example", "An example.")
    app.command()(raises(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        run(app, [])


def test_an_interrupt_says_so() -> None:
    assert outcome(raises(KeyboardInterrupt())) == 130


def test_a_command_chooses_its_exit_code() -> None:
    assert outcome(raises(typer.Exit(1))) == 1


def test_an_error_is_one_line_without_secrets_and_not_too_long() -> None:
    said = one_line(ValueError("key hunter2\n" + "x" * 900), Redactor(["hunter2"]))
    assert (said[:14], len(said), said[-1]) == ("key [secret] x", 500, "…")


def test_an_error_that_says_nothing_is_named() -> None:
    assert one_line(TimeoutError()) == "TimeoutError"


def test_a_database_that_refuses_something_is_not_said_to_be_away(capsys: pytest.CaptureFixture[str]) -> None:
    code = outcome(raises(ProgrammingError("SELECT 1", None, Exception("permission denied for table x"))))
    said = capsys.readouterr().err
    assert (code, "refuses what was asked of it" in said, "the database is up" in said) == (2, True, True)


def test_a_value_that_the_database_cannot_hold_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    code = outcome(raises(UnstorableError("the key has 201 characters", "shorten it")))
    assert (code, capsys.readouterr().err) == (2, "error: the key has 201 characters\n  help: shorten it\n")
