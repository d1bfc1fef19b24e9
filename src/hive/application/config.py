"""Configuration: environment variables, read once, into a typed and frozen record.

An application has one ``config.py`` with one subclass of `Settings`; each field names its variable. A secret may stand
in a file instead: ``ANTHROPIC_API_KEY_FILE`` names the file with the ``ANTHROPIC_API_KEY``.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from signalproof.errors import SignalproofError

S = TypeVar("S", bound="Settings")

_FILE = "_FILE"


class Settings(BaseModel):
    """What every application can be told.

    Attributes:
        database_url: Address of the database; with several workers on several machines, of PostgreSQL.
        database_password: Its password, where the address has none.
        metrics_address: Interface that ``/metrics`` is bound to.
        metrics_port: Port of ``/metrics``; 0 takes a free one, which the log names.
        metrics_web_config: Prometheus' web configuration for ``/metrics``: TLS, and who may ask; none where it is served
            in plain text to everybody who reaches the port.
        log_level: Least severe messages that are logged.
        log_format: JSON for machines, one line each; or text for people.
        worker: Name under which this process claims work.
        lease_seconds: Seconds after which work of a dead worker is taken over.
        poll_seconds: Seconds between two looks into an empty queue.
        drain_seconds: Seconds that work in progress is given to end after SIGTERM.
        instrument: Whether the decorators record anything; see `instrumented`.
        revision: The revision of the source that runs, as the metrics tell it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    database_url: SecretStr = Field(SecretStr("sqlite:///hive.db"), validation_alias="HIVE_DATABASE_URL")
    database_password: SecretStr | None = Field(None, validation_alias="HIVE_DATABASE_PASSWORD")
    metrics_address: str = Field("127.0.0.1", validation_alias="HIVE_METRICS_ADDRESS")
    metrics_port: int = Field(0, ge=0, le=65535, validation_alias="HIVE_METRICS_PORT")
    metrics_web_config: Path | None = Field(None, validation_alias="HIVE_METRICS_WEB_CONFIG")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", validation_alias="HIVE_LOG_LEVEL")
    log_format: Literal["json", "text"] = Field("json", validation_alias="HIVE_LOG_FORMAT")
    worker: str = Field(
        default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}",
        min_length=1,
        max_length=200,
        validation_alias="HIVE_WORKER",
    )
    lease_seconds: float = Field(60.0, gt=0, validation_alias="HIVE_LEASE_SECONDS")
    poll_seconds: float = Field(1.0, gt=0, validation_alias="HIVE_POLL_SECONDS")
    drain_seconds: float = Field(30.0, gt=0, validation_alias="HIVE_DRAIN_SECONDS")
    instrument: bool = Field(True, validation_alias="HIVE_INSTRUMENT")
    revision: str = Field("unknown", validation_alias="HIVE_REVISION")

    def database(self) -> str:
        """Return the address of the database with its password.

        Raises:
            SignalproofError: There are two passwords, or the address is none.
        """
        address = self.database_url.get_secret_value()
        if self.database_password is None:
            return address
        try:
            url = make_url(address)
        except ArgumentError:
            raise SignalproofError(
                "HIVE_DATABASE_URL is no address of a database",
                "write postgresql+psycopg://user@host:5432/name",
            ) from None
        if url.get_backend_name() == "sqlite":
            return address
        if url.password is not None:
            raise SignalproofError(
                "HIVE_DATABASE_URL has a password, and HIVE_DATABASE_PASSWORD is set",
                "leave one of the two out",
            )
        return url.set(password=self.database_password.get_secret_value()).render_as_string(
            hide_password=False
        )

    def secrets(self) -> Iterator[str]:
        """Yield every text that must never be logged or stored; of an address of a database, its password."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if not isinstance(value, SecretStr):
                continue
            if name != "database_url":
                yield value.get_secret_value()
                continue
            try:
                password = make_url(value.get_secret_value()).password
            except ArgumentError:
                yield value.get_secret_value()
            else:
                yield from () if password is None else (str(password),)


def instrumented(environment: Mapping[str, str] | None = None) -> bool:
    """Return whether an application's functions are to be instrumented.

    Decorators are applied when a module is imported, before any settings are read: an application's ``__init__`` hands
    this to `signalproof.instrument.use`. With ``HIVE_INSTRUMENT=off`` every decorated function is the one that was
    written.
    """
    given = os.environ if environment is None else environment
    return given.get("HIVE_INSTRUMENT", "").lower() not in {"off", "false", "no", "0", "f", "n"}


def variables(settings: type[Settings]) -> dict[str, str]:
    """Return the environment variables that *settings* are read from, each with the name of its field."""
    return {str(field.validation_alias): name for name, field in settings.model_fields.items()}


def load(settings: type[S], environment: Mapping[str, str] | None = None, **overrides: object) -> S:
    """Return the *settings* as the environment says; an empty variable counts as none.

    Args:
        settings: The class of an application.
        environment: Instead of the environment of the process.
        overrides: Field name → value from the command line; None leaves the field alone.

    Raises:
        SignalproofError: A value is out of bounds, a file cannot be read, or a variable is nearly the name of one.
    """
    given = {
        name: text for name, text in (os.environ if environment is None else environment).items() if text
    }
    known = variables(settings)
    _check_names(given, known)
    values: dict[str, object] = {name: given[name] for name in known if name in given}
    for name, field in known.items():
        path = given.get(name + _FILE)
        if settings.model_fields[field].annotation in {SecretStr, SecretStr | None} and path is not None:
            values[name] = _secret(name, path, already=name in given)
        if overrides.get(field) is not None:
            values[name] = overrides[field]
    try:
        return settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        name = str(first["loc"][0])
        secret = settings.model_fields[known[name]].annotation in {SecretStr, SecretStr | None}
        shown = name if secret else f"{name} = {first['input']!r}"
        raise SignalproofError(f"{shown}: {first['msg'].lower()}", f"set {name} to something else") from None


def _check_names(given: Mapping[str, str], known: Mapping[str, str]) -> None:
    for name in given:
        plain = name.removesuffix(_FILE)
        if name.startswith("HIVE_") and plain not in known:
            # another application's variables, and those of other programs called Hive, are none of our business
            close = get_close_matches(plain, known, n=1, cutoff=0.88)
            if close:
                raise SignalproofError(f"nothing reads {name}", f"did you mean {close[0]}?")


def _secret(name: str, path: str, *, already: bool) -> str:
    if already:
        raise SignalproofError(f"both {name} and {name}{_FILE} are set", "set one of them")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SignalproofError(
            f"{name}{_FILE}: cannot read {path}: {why}", "name a file that can be read"
        ) from None
