"""Tokens and their price: of every call, whatever came of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.messages_api.control import LocalClaude
from tests.planner.conftest import Configure, Metrics, opened, plan_all

from ai_planner.usage import PRICES, Usage, count_usage

TOKENS, COST = "claude_tokens_total", "claude_cost_dollars_total"
MODEL = "claude-sonnet-5-5"

tokens = st.integers(0, 10**6)
usages = st.builds(Usage, tokens, tokens, tokens, tokens, tokens)


@given(st.lists(usages))
def test_usage_adds_up(parts: list[Usage]) -> None:
    total = sum(parts, Usage())
    assert (total.read, total.written) == (sum(one.read for one in parts), sum(one.written for one in parts))


def test_tokens_and_price_are_counted_by_direction_and_model(metrics: Metrics) -> None:
    count_usage(Usage(fresh=1_000_000, written=500_000), MODEL)
    found = [
        metrics.value(name, direction=direction, model=MODEL)
        for name in (TOKENS, COST)
        for direction in ("input", "output")
    ]
    assert found == [1_000_000, 500_000, 2.0, 5.0]


def test_the_cache_has_prices_of_its_own(metrics: Metrics) -> None:
    count_usage(Usage(cache_read=1_000_000, cache_kept=1_000_000, cache_kept_long=1_000_000), MODEL)
    price = PRICES[MODEL]
    assert metrics.value(COST, direction="input") == pytest.approx(
        price.cache_read + price.cache_kept + price.cache_kept_long
    )


def test_a_model_without_a_known_price_has_its_tokens_counted_all_the_same(metrics: Metrics) -> None:
    count_usage(Usage(fresh=10, written=20), "claude-next")
    assert metrics.above_zero(TOKENS, "model") == {"claude-next": 20}
    assert metrics.above_zero(COST, "model") == {}


def test_nothing_is_counted_for_a_call_that_used_nothing(metrics: Metrics) -> None:
    count_usage(Usage(), "")
    assert metrics.above_zero(TOKENS, "model") == {}


def test_the_default_model_has_a_price(configure: Configure) -> None:
    assert configure().model in PRICES


def test_every_call_of_a_plan_is_counted_and_stored_with_it(
    configure: Configure, claude: LocalClaude, metrics: Metrics
) -> None:
    claude.next({"do": "cut"}, {"do": "break"})
    settings = configure()
    with opened(settings) as queue:
        number = queue.submit("Bring the service to the new cluster").id
        plan_all("sync", settings, queue)
        plan = queue.plan(number)
    assert plan is not None
    each = plan.input_tokens / 3
    assert each.is_integer()
    assert metrics.value(TOKENS, direction="input", model=MODEL) == plan.input_tokens
    assert metrics.value(TOKENS, direction="output", model=MODEL) == plan.output_tokens


def test_the_tokens_of_a_truncated_answer_are_not_lost(
    configure: Configure, claude: LocalClaude, metrics: Metrics
) -> None:
    claude.next({"tokens": 40})
    settings = configure()
    with opened(settings) as queue:
        queue.submit("Bring the service to the new cluster", max_attempts=1)
        plan_all("sync", settings, queue)
    assert metrics.value(TOKENS, direction="output", model=MODEL) == 40
