"""Configuration from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import Field, SecretStr

from hive.application.config import Settings, instrumented, load, variables
from signalproof.errors import SignalproofError


class Example(Settings):
    """Settings of an application."""

    token: SecretStr | None = Field(None, validation_alias="EXAMPLE_TOKEN")
    places: int = Field(3, ge=1, validation_alias="HIVE_EXAMPLE_PLACES")


def test_a_variable_sets_its_field() -> None:
    assert load(Example, {"HIVE_EXAMPLE_PLACES": "5"}).places == 5


def test_an_empty_variable_counts_as_none() -> None:
    assert load(Example, {"HIVE_EXAMPLE_PLACES": ""}).places == 3


def test_the_command_line_overrides_the_environment_unless_it_is_silent() -> None:
    given = {"HIVE_METRICS_PORT": "9000", "HIVE_EXAMPLE_PLACES": "5"}
    found = load(Example, given, metrics_port=9001, places=None)
    assert (found.metrics_port, found.places) == (9001, 5)


@pytest.mark.parametrize(("text", "said"), [("0", "greater than or equal to 1"), ("many", "valid integer")])
def test_a_value_out_of_bounds_is_named_with_its_variable(text: str, said: str) -> None:
    with pytest.raises(SignalproofError, match=rf"HIVE_EXAMPLE_PLACES = '{text}': .*{said}"):
        load(Example, {"HIVE_EXAMPLE_PLACES": text})


def test_a_variable_that_is_nearly_right_is_no_silent_default() -> None:
    with pytest.raises(SignalproofError, match="nothing reads HIVE_DATABSE_URL") as refused:
        load(Example, {"HIVE_DATABSE_URL": "postgresql://db/hive"})
    assert refused.value.help == "did you mean HIVE_DATABASE_URL?"


def test_variables_of_other_programs_are_none_of_our_business() -> None:
    assert load(Example, {"HIVE_HOME": "/usr/lib/hive", "HIVE_PLANNER_MODEL": "claude-x"}).places == 3


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hunter2\n")
    found = load(Example, {"EXAMPLE_TOKEN_FILE": str(tmp_path / "token")})
    assert found.token is not None
    assert found.token.get_secret_value() == "hunter2"


def test_a_secret_that_is_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SignalproofError, match="both EXAMPLE_TOKEN and EXAMPLE_TOKEN_FILE"):
        load(Example, {"EXAMPLE_TOKEN": "a", "EXAMPLE_TOKEN_FILE": str(tmp_path)})


def test_a_secret_file_that_cannot_be_read_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(SignalproofError, match=r"cannot read .*No such file"):
        load(Example, {"EXAMPLE_TOKEN_FILE": str(tmp_path / "none")})


def test_settings_do_not_show_their_secrets() -> None:
    found = load(
        Example, {"EXAMPLE_TOKEN": "hunter2", "HIVE_DATABASE_URL": "postgresql://ann:hunter2@db/hive"}
    )
    assert "hunter2" not in repr(found)


def test_the_secrets_of_settings_are_known_for_redaction() -> None:
    found = load(
        Example, {"EXAMPLE_TOKEN": "hunter2", "HIVE_DATABASE_URL": "postgresql://ann:pass%2Fword@db/hive"}
    )
    assert set(found.secrets()) == {"hunter2", "pass/word"}


def test_an_address_that_is_none_is_secret_as_a_whole() -> None:
    assert set(load(Example, {"HIVE_DATABASE_URL": "ann:hunter2"}).secrets()) == {"ann:hunter2"}


def test_the_password_of_a_database_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("p@ss/word\n")
    found = load(
        Example,
        {
            "HIVE_DATABASE_URL": "postgresql+psycopg://hive@db:5432/hive",
            "HIVE_DATABASE_PASSWORD_FILE": str(tmp_path / "password"),
        },
    )
    assert found.database() == "postgresql+psycopg://hive:p%40ss%2Fword@db:5432/hive"


def test_two_passwords_of_a_database_are_refused() -> None:
    given = {"HIVE_DATABASE_URL": "postgresql://hive:one@db/hive", "HIVE_DATABASE_PASSWORD": "two"}
    with pytest.raises(SignalproofError, match="HIVE_DATABASE_URL has a password"):
        load(Example, given).database()


def test_a_file_of_sqlite_has_no_password() -> None:
    assert load(Example, {"HIVE_DATABASE_PASSWORD": "one"}).database() == "sqlite:///hive.db"


def test_an_address_that_is_none_is_refused_where_it_is_given_a_password() -> None:
    with pytest.raises(SignalproofError, match="no address of a database"):
        load(Example, {"HIVE_DATABASE_URL": "hive", "HIVE_DATABASE_PASSWORD": "one"}).database()


def test_the_password_of_a_database_is_known_for_redaction() -> None:
    assert "hunter2" in set(load(Example, {"HIVE_DATABASE_PASSWORD": "hunter2"}).secrets())


def test_metrics_are_for_this_machine_only_unless_told_otherwise() -> None:
    assert load(Example, {}).metrics_address == "127.0.0.1"


def test_every_field_has_a_variable() -> None:
    assert set(variables(Example).values()) == set(Example.model_fields)


@pytest.mark.parametrize("text", ["off", "OFF", "false", "0", "no"])
def test_instrumentation_is_switched_off_by_the_same_words_for_decorators_and_settings(text: str) -> None:
    given = {"HIVE_INSTRUMENT": text}
    assert (instrumented(given), load(Example, given).instrument) == (False, False)


@pytest.mark.parametrize("given", [{}, {"HIVE_INSTRUMENT": ""}, {"HIVE_INSTRUMENT": "on"}])
def test_instrumentation_is_on_unless_it_is_switched_off(given: dict[str, str]) -> None:
    assert (instrumented(given), load(Example, given).instrument) == (True, True)
