"""What the synthetic series are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.operation import Loop, Objective, Request
from signalproof.errors import SignalproofError
from signalproof.live.chance import Lognormal
from signalproof.live.truth import Profile, Truth, combinations, jobs

if TYPE_CHECKING:
    from tests.live.conftest import Shop


class Failure(ClosedLabel, name="error_type"):
    OTHER = "other"


def test_a_latency_objective_is_kept(shop: Shop) -> None:
    assert Truth.of(shop.catalogue).quantile(shop.planning, 0.95) < 60


def test_a_success_objective_is_kept(shop: Shop) -> None:
    assert Truth.of(shop.catalogue).success_ratio(shop.planning) > 0.95


def test_cancelled_calls_are_left_out_of_the_success_ratio(shop: Shop) -> None:
    profile = Profile(1.0, Lognormal(1.0), failure=0.1, cancelled=0.5)
    truth = Truth.of(shop.catalogue, profiles={"adapter_planning": profile})
    assert truth.success_ratio(shop.planning) == pytest.approx(0.8)


def test_durations_lie_within_the_buckets(shop: Shop) -> None:
    truth = Truth.of(shop.catalogue)
    for operation in (shop.planning, shop.deployment, shop.loop):
        bounds = operation.duration.buckets.bounds
        assert bounds[0] < truth.quantile(operation, 0.5) < truth.quantile(operation, 0.99) < bounds[-1]


def test_an_async_operation_is_twice_as_fast_as_its_sync_pair(shop: Shop) -> None:
    truth = Truth.of(shop.catalogue)
    assert truth.mean(shop.planning) / truth.mean(shop.async_planning) == pytest.approx(2)


def test_a_loop_turns_less_often_than_a_turn_takes(shop: Shop) -> None:
    assert Truth.of(shop.catalogue, instances=1).in_progress(shop.loop) < 0.5


def test_an_in_flight_gauge_can_show_all_calls_in_progress(shop: Shop) -> None:
    truth = Truth.of(shop.catalogue, instances=1)
    assert truth.in_progress(shop.deployment) < shop.in_progress.high


def test_the_quantile_of_one_label_value_is_its_own(shop: Shop) -> None:
    truth = Truth.of(shop.catalogue)
    ssh, both, docker = (
        truth.quantile(shop.deployment, 0.95, strategy="ssh"),
        truth.quantile(shop.deployment, 0.95),
        truth.quantile(shop.deployment, 0.95, strategy="docker"),
    )
    assert ssh < both < docker


def test_the_rates_of_all_label_values_sum_up_to_the_rate(shop: Shop) -> None:
    truth = Truth.of(shop.catalogue)
    parts = [truth.rate(shop.deployment, strategy=one) for one in ("ssh", "docker")]
    assert sum(parts) == pytest.approx(truth.rate(shop.deployment))


def test_a_plain_histogram_has_a_truth(shop: Shop) -> None:
    assert Truth.of(shop.catalogue).quantile(shop.payload, 0.95) > 0


def test_another_seed_is_another_truth(shop: Shop) -> None:
    one, other = (Truth.of(shop.catalogue, seed=seed).mean(shop.planning) for seed in (1, 2))
    assert one != other


def test_a_profile_for_nothing_names_the_closest_operation(shop: Shop) -> None:
    with pytest.raises(SignalproofError) as caught:
        Truth.of(shop.catalogue, profiles={"adapter_planing": Profile(1.0, Lognormal(1.0))})
    assert caught.value.help == "did you mean 'adapter_planning'?"


def test_labels_that_no_series_has_are_refused(shop: Shop) -> None:
    with pytest.raises(SignalproofError, match="no series with"):
        Truth.of(shop.catalogue).mean(shop.deployment, strategy="ftp")


def test_every_combination_of_closed_labels_has_a_share(shop: Shop) -> None:
    found = [(one, share > 0) for one, share, _ in combinations(shop.deployment.labels)]
    assert found == [({"strategy": "ssh"}, True), ({"strategy": "docker"}, True)]


def test_the_job_of_an_operation_is_the_package_of_its_owner(shop: Shop) -> None:
    assert jobs(shop.catalogue)["deployment_calls_total"] == "deployer"


def test_a_plain_metric_has_the_job_of_most_operations_in_its_file(shop: Shop) -> None:
    assert jobs(shop.catalogue)["read_tokens_total"] == "planner"


def test_a_plain_metric_can_be_given_a_job(shop: Shop) -> None:
    assert jobs(shop.catalogue, "store")["read_tokens_total"] == "store"


def test_a_rollback_is_rarer_than_what_it_rolls_back() -> None:
    release, rollback = (
        Request(name, "a release", labels(), Failure, owner="app.run", objective=Objective(latency=1.0))
        for name in ("release", "release_rollback")
    )
    truth = Truth.of(Catalogue.of_entries((release, rollback)))
    assert truth.rate(rollback) < 0.5 * truth.rate(release)


def test_a_loop_is_never_cancelled() -> None:
    loop = Loop("turning_loop", "one turn", labels(), Failure, owner="app.run")
    assert Truth.of(Catalogue.of_entries((loop,))).profile(loop).cancelled == 0
