"""All sources together: who is asked about a name, and what is said of one that nobody has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from signalproof.catalogue.exposition import Exposition, Role
from signalproof.catalogue.family import Site
from signalproof.config import Config, Service
from signalproof.infer.inference import infer
from signalproof.knowledge.bundled import Exporter
from signalproof.knowledge.merge import Rank, Source
from signalproof.knowledge.site import WELL_KNOWN, site_of
from signalproof.knowledge.text import families_of_text
from signalproof.knowledge.told import Told
from signalproof.knowledge.world import Knowledge
from signalproof.promql.parser import parse


def knowledge(*versions: Exporter, config: Config | None = None, bundled: bool = True) -> Knowledge:
    config = config or Config(Path())
    return Knowledge(site_of(config, foreign=True), Told(config), bundled, versions)


def known(*names: str, of: Knowledge | None = None, dump: str = "") -> Exposition:
    """Return what is known of *names* beside a dump."""
    asked = of or knowledge()
    seen = Source("dump", Rank.SEEN, families_of_text(dump, "dump"))
    return asked.extended(asked.exposition([seen] if dump else []), names)


def test_an_exporter_is_asked_only_of_the_names_that_are_read() -> None:
    exposition = known("node_load1")
    assert exposition.series["node_load1"].role is Role.GAUGE
    assert "node_load5" not in exposition.series


def test_a_name_that_another_exporter_has_is_not_gone() -> None:
    # the kubelet exposes it, below a beginning of which node_exporter lists everything
    exposition = known("node_cpu_usage_seconds_total")
    assert "node_cpu_usage_seconds_total" in exposition.series
    assert exposition.gone == {}


def test_a_name_below_a_beginning_that_is_all_listed_is_gone() -> None:
    exposition = known("node_cpu_second_total")
    assert "no such metric" in exposition.gone["node_cpu_second_total"].said
    assert exposition.gone["node_cpu_second_total"].instead == "did you mean 'node_cpu_seconds_total'?"


def test_of_a_library_what_its_newest_version_has_no_more_may_still_be_there() -> None:
    assert "go_memstats_lookups_total" in known("go_memstats_lookups_total").series


def test_a_version_that_was_named_counts() -> None:
    old = knowledge(Exporter("windows_exporter", "0.30"))
    name = "windows_os_visible_memory_bytes"
    assert name in known(name, of=old).series
    assert name in known(name).gone


def test_without_bundled_knowledge_nothing_is_known_and_nothing_gone() -> None:
    exposition = known("node_load1", "node_cpu", of=knowledge(bundled=False))
    assert "node_load1" not in exposition.series
    assert exposition.gone == {}


def test_a_file_that_a_person_gives_is_asked_like_a_bundled_one(tmp_path: Path) -> None:
    file = tmp_path / "shop.json"
    families = [
        {"name": "shop_orders_total", "type": "counter", "labels": {}},
        {"name": "cart", "type": "gauge"},
    ]
    said = {"signalproof": 1, "name": "shop", "prefixes": {"shop_": "complete"}, "families": families}
    file.write_text(json.dumps(said))
    exposition = known(
        "shop_orders_total", "shop_order_total", "cart", of=knowledge(Exporter("shop", "", file))
    )
    assert {"shop_orders_total", "cart"} <= exposition.series.keys()
    assert set(exposition.gone) == {"shop_order_total"}


def test_what_was_seen_and_what_is_bundled_is_one_family() -> None:
    dump = '# TYPE node_cpu_seconds_total counter\nnode_cpu_seconds_total{cpu="0",mode="idle",rack="r"} 1\n'
    series = known("node_cpu_seconds_total", dump=dump).series["node_cpu_seconds_total"]
    assert set(series.labels) == {"cpu", "mode", "rack"}
    assert series.labels["mode"].values is not None


def test_a_dump_proves_no_absence_and_says_whose_metrics_it_shows() -> None:
    exposition = known(dump="shop_carts 1\n")
    assert (exposition.complete, exposition.glimpsed) == (False, frozenset({"shop"}))


def test_the_jobs_of_the_declared_services_close_the_label() -> None:
    from signalproof.catalogue.catalogue import Catalogue
    from signalproof.catalogue.labels import labels
    from signalproof.catalogue.metric import Counter
    from signalproof.cli.references import own_source

    services = {"web": Service(job="shop", port=1), "queue": Service(job="queue", port=2)}
    catalogue = Catalogue.of_entries([Counter("jobs_total", "Jobs.", labels())])
    source = own_source(catalogue, "shop", Config(Path(), services=services))
    exposition = knowledge().exposition([source])
    assert exposition.series["jobs_total"].labels["job"].values == frozenset({"shop", "queue"})
    assert infer(parse('jobs_total{job="shp"}'), exposition).root.void
    assert not infer(parse('up{job="node"}'), exposition).root.void


@pytest.mark.parametrize(
    ("config", "foreign", "assumed", "version"),
    [
        (Config(Path()), True, WELL_KNOWN, 0),
        (Config(Path()), False, frozenset(), 0),
        (
            Config(Path(), target_labels=("job", "instance"), said=frozenset({"target_labels"})),
            True,
            frozenset(),
            0,
        ),
        (Config(Path(), prometheus="3.5", said=frozenset({"prometheus"})), False, frozenset(), 3),
    ],
)
def test_labels_are_assumed_only_where_nobody_said_which_there_are(
    config: Config, foreign: bool, assumed: frozenset[str], version: int
) -> None:
    found = site_of(config, foreign=foreign)
    assert (found.assumed, found.version) == (assumed, version)


def test_an_assumed_label_may_be_there_and_proves_nothing() -> None:
    exposition = known("node_load1")
    value = infer(parse("sum by (cluster) (node_load1)"), exposition).root
    assert not value.labels.known["cluster"].values
    assert value.labels.known["cluster"].optional
    assert not infer(parse("node_load1 * on (cluster) group_left () up"), exposition).root.void
    assert Site().assumed == frozenset()


def test_the_bare_name_of_a_summary_without_quantiles_is_left_to_the_rule_about_series() -> None:
    name = "prometheus_tsdb_head_gc_duration_seconds"
    exposition = known(name)
    assert name not in exposition.gone
    assert f"{name}_sum" in exposition.series
