"""Something goes wrong once an hour, and what happens otherwise has the declared pace."""

from __future__ import annotations

from itertools import islice

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.metric import Counter, Gauge
from signalproof.catalogue.operation import Adapter, Loop
from signalproof.catalogue.units import COUNT
from signalproof.live.chance import Lognormal
from signalproof.live.incident import NEVER, Ahead, Incident, Incidents
from signalproof.live.model import Model
from signalproof.live.truth import Profile, Truth

START = 1_700_000_000.0
HOURS = 8
TIMES = [START + 15 * step for step in range(HOURS * 240 + 1)]


class OvenError(ClosedLabel, name="error_type"):
    COLD = "OvenColdError"
    OTHER = "other"


class ShopError(ClosedLabel, name="error_type"):
    CLOSED = "ShopClosedError"
    OTHER = "other"


class Queue(ClosedLabel):
    BAKING = "baking"


BAKE = Adapter("bake", "a loaf", labels(), OvenError, owner="bakery.bake", noun="loaves", per_hour=60)
SELL = Adapter("sell", "a sale", labels(), ShopError, owner="bakery.sell", noun="sales", per_hour=600)
LOOP = Loop("bakery_loop", "one turn", labels(), OvenError, owner="bakery.run", noun="turns", per_hour=1200)
CRUMBS = Counter("read_bytes_total", "Bytes that were read.", labels(), noun="bytes", per_hour=40960)
WAITING = Gauge("queue_tasks", "Tasks that wait.", labels(Queue), COUNT, low=0, shared=True)
BAKERY = Catalogue.of_entries([BAKE, SELL, LOOP, CRUMBS, WAITING])
INCIDENTS = Incidents(("OvenError", "ShopError"), START)

Series = dict[tuple[str, ...], list[float]]


def sampled(model: Model) -> Series:
    """Return the values at `TIMES` of each series: name, instance, values of its labels."""
    found: Series = {}
    for sources in model.parts(START):
        for source in sources:
            rows = [source.sample(time) for time in TIMES]
            for place, line in enumerate(source.lines):
                found[line.name, source.process.instance, *line.labels.values()] = [
                    one[place] for one in rows
                ]
    return found


@pytest.fixture(scope="module")
def bakery() -> Series:
    """Eight hours with incidents and without restarts."""
    return sampled(Model.of(BAKERY, restart_every=0))


def gained(values: list[float], incident: Incident) -> float:
    """Return by how much *values* grew in *incident*."""
    first, last = (round((at - START) / 15) for at in (incident.start, incident.end))
    return values[last] - values[first]


def of_status(series: Series, name: str, status: str) -> list[float]:
    """Return the sum over both processes."""
    return [
        sum(at)
        for at in zip(*(v for k, v in series.items() if k[0] == name and k[-1] == status), strict=True)
    ]


def test_an_hour_has_one_incident_of_five_minutes() -> None:
    for number, incident in enumerate(islice(INCIDENTS.of(), HOURS)):
        assert START + number * 3600 < incident.start < incident.end < START + (number + 1) * 3600
        assert incident.end - incident.start == pytest.approx(300)


def test_every_kind_has_its_turn() -> None:
    kinds = [incident.kind for incident in islice(INCIDENTS.of(), HOURS)]
    assert sorted(kinds) == ["OvenError"] * (HOURS // 2) + ["ShopError"] * (HOURS // 2)


def test_the_incidents_of_a_kind_are_those_that_hit_it() -> None:
    every = [incident for incident in islice(INCIDENTS.of(), HOURS) if incident.kind == "OvenError"]
    assert list(islice(INCIDENTS.of("OvenError"), HOURS // 2)) == every


def test_nothing_hits_what_nothing_fails_like() -> None:
    assert list(INCIDENTS.of("LightError")) == [NEVER]


def test_without_incidents_there_is_none() -> None:
    assert Ahead(Incidents(("OvenError",), START, every=0).of()).at(START + 1e9) is None


def test_in_an_incident_many_calls_fail_and_before_few_did(bakery: Series) -> None:
    failed, succeeded = (of_status(bakery, "adapter_sell_calls_total", one) for one in ("failure", "success"))
    hits = list(islice(INCIDENTS.of("ShopError"), HOURS // 2))
    ill = sum(gained(failed, one) for one in hits)
    assert 0.25 < ill / (ill + sum(gained(succeeded, one) for one in hits)) < 0.5
    assert (failed[-1] - ill) / (failed[-1] + succeeded[-1]) < 0.015


def test_an_incident_leaves_alone_what_fails_in_other_ways(bakery: Series) -> None:
    failed = of_status(bakery, "adapter_sell_calls_total", "failure")
    assert sum(gained(failed, one) for one in islice(INCIDENTS.of("OvenError"), HOURS // 2)) <= 4


def test_in_an_incident_all_fail_alike(bakery: Series) -> None:
    for incident in islice(INCIDENTS.of("ShopError"), HOURS // 2):
        moved = [
            error
            for error in ("ShopClosedError", "other")
            if gained(of_status(bakery, "adapter_sell_errors_total", error), incident) > 4
        ]
        assert len(moved) == 1


def test_in_an_incident_the_queue_grows(bakery: Series) -> None:
    waiting = bakery["queue_tasks", "bakery-0:9100", "baking"]
    for incident in islice(INCIDENTS.of(), HOURS):
        assert gained(waiting, Incident(incident.start, incident.end - 15)) >= 4


def stopped(series: Series, instance: str) -> set[float]:
    """Return when the loop of *instance* did not run."""
    return {
        at for at, value in zip(TIMES, series["bakery_loop_running", instance], strict=True) if value == 0
    }


def test_a_loop_stands_still_in_some_incidents_and_says_so(bakery: Series) -> None:
    hits = [one for one in islice(INCIDENTS.of("OvenError"), HOURS // 2) if one.stops_a_loop]
    assert 0 < len(hits) < HOURS // 2
    assert stopped(bakery, "bakery-0:9100") == {
        at for at in TIMES if any(h.start <= at < h.end for h in hits)
    }


def test_a_loop_that_stands_still_begins_no_turn(bakery: Series) -> None:
    turns = bakery["bakery_loop_duration_seconds_count", "bakery-0:9100"]
    hit = next(one for one in INCIDENTS.of("OvenError") if one.stops_a_loop)
    assert gained(turns, Incident(hit.start + 30, hit.end - 15)) == 0


def test_the_other_processes_go_on(bakery: Series) -> None:
    assert stopped(bakery, "bakery-1:9100") == set()


@pytest.mark.parametrize("instances", [1, 2])
def test_all_processes_together_have_the_declared_pace(instances: int) -> None:
    assert Truth.of(BAKERY, instances=instances).rate(BAKE) * 3600 == pytest.approx(60)


def test_a_fleet_grows_with_its_load() -> None:
    assert Truth.of(BAKERY, instances=10).rate(BAKE) * 3600 == pytest.approx(300)


def test_a_busy_model_forgets_the_pace() -> None:
    assert Truth.of(BAKERY, busy=True).rate(BAKE) * 3600 > 120


def test_a_counter_has_the_declared_pace(bakery: Series) -> None:
    read = sum(bakery["read_bytes_total", f"bakery-{place}:9100"][-1] for place in (0, 1))
    assert read / HOURS == pytest.approx(40960, rel=0.1)


def test_a_loop_rests_for_half_of_its_time() -> None:
    assert Truth.of(BAKERY, instances=1).in_progress(LOOP) <= 0.5 + 1e-9


def test_calls_in_an_incident_take_longer() -> None:
    profile = Profile(0.2, Lognormal(1.0), failure=0.0, cancelled=0.0)
    series = sampled(Model.of(BAKERY, instances=1, profiles={"adapter_sell": profile}, restart_every=0))
    count, seconds = (
        series[f"adapter_sell_duration_seconds_{one}", "bakery-0:9100"] for one in ("count", "sum")
    )
    (hit, other) = (next(INCIDENTS.of(kind)) for kind in ("ShopError", "OvenError"))
    assert gained(seconds, hit) / gained(count, hit) > 2 * gained(seconds, other) / gained(count, other)
