"""The planner's configuration: the one place that knows its environment variables."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from hive.application.config import Settings


class PlannerSettings(Settings):
    """What the planner can be told, besides what every application can.

    Attributes:
        metrics_port: Port of ``/metrics``; 0 takes a free one, which the log names.
        api_key: Claude's key; without one every plan is a fallback.
        base_url: Address of the Messages API, when it is not Anthropic's own.
        model: The Claude model that plans.
        max_tokens: Most tokens of an answer, thinking included; doubled for each attempt that was cut short by it.
        effort: How hard the model thinks; its own default when left out.
        plan_seconds: Seconds within which Claude must have answered, retries included.
        retries: How often a call is repeated that failed in a way that passes.
        breaker_failures: Calls in a row that must fail before Claude is left alone.
        breaker_seconds: For how long it is left alone.
        fallback: Whether a plan is made without Claude when it cannot be reached; otherwise the task waits.
        concurrency: Most plans at the same time, of the async planner.
        requests_per_minute: Most requests in a minute, repeated ones included, of the async planner; 0 sets no limit.
        retry_seconds: Seconds until a failed task is tried again, doubled with each attempt.
    """

    metrics_port: int = Field(9464, ge=0, le=65535, validation_alias="HIVE_METRICS_PORT")
    api_key: SecretStr | None = Field(None, validation_alias="ANTHROPIC_API_KEY")
    base_url: str | None = Field(None, validation_alias="ANTHROPIC_BASE_URL")
    model: str = Field("claude-sonnet-5-5", min_length=1, validation_alias="HIVE_PLANNER_MODEL")
    max_tokens: int = Field(16_000, ge=1, le=128_000, validation_alias="HIVE_PLANNER_MAX_TOKENS")
    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = Field(
        None, validation_alias="HIVE_PLANNER_EFFORT"
    )
    plan_seconds: float = Field(120.0, gt=0, le=600, validation_alias="HIVE_PLANNER_PLAN_SECONDS")
    retries: int = Field(2, ge=0, le=10, validation_alias="HIVE_PLANNER_RETRIES")
    breaker_failures: int = Field(5, ge=1, validation_alias="HIVE_PLANNER_BREAKER_FAILURES")
    breaker_seconds: float = Field(30.0, gt=0, validation_alias="HIVE_PLANNER_BREAKER_SECONDS")
    fallback: bool = Field(True, validation_alias="HIVE_PLANNER_FALLBACK")
    concurrency: int = Field(8, ge=1, le=256, validation_alias="HIVE_PLANNER_CONCURRENCY")
    requests_per_minute: float = Field(0.0, ge=0, validation_alias="HIVE_PLANNER_REQUESTS_PER_MINUTE")
    retry_seconds: float = Field(5.0, gt=0, validation_alias="HIVE_PLANNER_RETRY_SECONDS")
