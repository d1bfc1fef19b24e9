"""What a deployment's ``spec`` may say, common to all strategies; each strategy adds what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from ai_deployer.errors import InvalidDeploymentError

LONGEST_SECONDS = 1200.0
"""Longest a deployment may take, its health check included: with a rollback it stays within the buckets' 30 minutes."""


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("a NUL character cannot be passed on")
    return text


Text = Annotated[str, Field(min_length=1, max_length=4096), AfterValidator(_without_nul)]
Argument = Annotated[str, Field(max_length=4096), AfterValidator(_without_nul)]
Command = Annotated[tuple[Argument, ...], Field(max_length=100)]
"""A program and its arguments, never a line for a shell."""
Port = Annotated[int, Field(ge=1, le=65535)]


class Part(BaseModel):
    """Part of a specification: nothing unknown, nothing that changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)


class _Check(Part):
    """How patient a health check is.

    Attributes:
        attempts: Most tries.
        interval_seconds: Seconds between two tries.
        timeout_seconds: Seconds that one try may take.
        deadline_seconds: Seconds that all of them may take.
    """

    attempts: int = Field(60, ge=1, le=10_000)
    interval_seconds: float = Field(1.0, gt=0, le=60)
    timeout_seconds: float = Field(5.0, gt=0, le=60)
    deadline_seconds: float = Field(60.0, gt=0, le=600)


class HttpCheck(_Check):
    """Healthy when a GET of the URL is answered as expected; redirects are not followed.

    Attributes:
        url: ``http`` or ``https``; certificates are verified.
        status: The statuses of a healthy release.
        contains: What the first 64 KiB of the answer must contain.
    """

    kind: Literal["http"]
    url: Text
    status: tuple[int, ...] = Field((200,), min_length=1)
    contains: str = ""

    @field_validator("url")
    @classmethod
    def _is_url(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
            raise ValueError("write http://host:port/path or https://host:port/path, without a user")
        if parts.port == 0 or any(character <= " " or character == "\x7f" for character in url):
            raise ValueError("there is no such port, or a character that no URL has")
        return url


class TcpCheck(_Check):
    """Healthy when the port accepts a connection."""

    kind: Literal["tcp"]
    host: Text
    port: Port


class CommandCheck(_Check):
    """Healthy when the command exits with 0; it runs where the release is: over SSH, in the container."""

    kind: Literal["command"]
    command: Command = Field(min_length=1)


HealthCheck = Annotated[HttpCheck | TcpCheck | CommandCheck, Field(discriminator="kind")]


class Specification(Part):
    """What every strategy understands.

    Attributes:
        health: How a fresh release is verified, besides what the strategy itself waits for.
        timeout_seconds: Seconds from the start of the deployment to a healthy release; then it is rolled back.
        keep: How many good releases stay on the target, the new one included.
        adopt: Whether to take over what is there without the mark of any target; see `ai_deployer.ownership`.
        kept: What an earlier deployment stored as its result: that release, still on the target, is deployed again.
    """

    health: HealthCheck | None = None
    timeout_seconds: float = Field(600.0, gt=0, le=LONGEST_SECONDS)
    keep: int = Field(3, ge=2, le=50)
    adopt: bool = False
    kept: Mapping[str, Any] | None = None


S = TypeVar("S", bound=Specification)


def read_specification(kind: type[S], spec: Mapping[str, Any]) -> S:
    """Return *spec* as the strategy understands it.

    Raises:
        InvalidDeploymentError: With the first field that it does not understand, and why; never with a value.
    """
    try:
        return kind.model_validate(spec)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidDeploymentError(f"spec{'.' if where else ''}{where}: {first['msg'].lower()}") from None
