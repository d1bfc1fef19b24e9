"""The published dashboards and rules of kube-prometheus, linted with no configuration: what is known, and what is wrong.

``make knowledge`` prints the figures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from signalproof.config import Config
from signalproof.knowledge.bundled import exporter, exporters_of, names
from signalproof.knowledge.site import site_of
from signalproof.knowledge.told import Told
from signalproof.knowledge.world import Knowledge
from signalproof.lint.finding import Finding, Report, Severity
from signalproof.lint.project import lint
from signalproof.lint.sources import read

WRONG = {
    ("M001", "windows_os_visible_memory_bytes"),
    ("M001", "windows_system_boot_time_timestamp_seconds"),
    ("M001", "kubelet_node_config_error"),
    ("M001", "storage_operation_errors_total"),
    ("M001", "scheduler_volume_scheduling_duration_seconds_bucket"),
    ("M001", "scheduler_volume_scheduling_duration_seconds_count"),
    ("T001", "workqueue_depth"),  # rate() of a gauge
    ("T004", "grafana_alerting_result_total"),  # a raw counter as "firing alerts"
}
"""Every error, by code and metric; each was looked up in the source of its exporter."""


@pytest.fixture(scope="module")
def report(shared: Path) -> Report:
    corpus = shared / "corpus" / "kube-prometheus"
    if not corpus.is_dir():
        pytest.skip("the corpus of published dashboards is not beside the checkout")
    config = Config(Path())
    knowledge = Knowledge(site_of(config, foreign=True), Told(config))
    sources = read([corpus])
    return lint(
        sources.queries,
        knowledge.exposition(()),
        config=config,
        dashboards=sources.dashboards,
        knowledge=knowledge,
    )


def errors(report: Report) -> list[Finding]:
    return [one for one in report.findings if one.severity is Severity.ERROR]


def test_at_least_95_of_100_names_are_known(report: Report, figure: Callable[..., None]) -> None:
    assert report.compatibility is not None
    found = report.compatibility.figure
    total = len(found.known) + len(found.unknown)
    families = {name: len(exporter(name).catalogue().families) for name in names()}
    figure(
        f"bundled: {len(families)} programs, {sum(families.values())} families of their newest versions",
        f"kube-prometheus, no configuration: {len(found.known)} of {total} names known "
        f"({len(found.known) / total:.1%}); {found.proven} of {found.queries} queries proven, {found.wrong} wrong",
    )
    assert len(found.known) >= 0.95 * total


def test_every_error_is_a_fault(report: Report) -> None:
    assert {(one.code, _metric(one)) for one in errors(report)} == WRONG


def test_every_dead_name_has_its_place_in_the_source_of_its_exporter(
    report: Report, figure: Callable[..., None]
) -> None:
    places: dict[str, set[str]] = defaultdict(set)
    for one in errors(report):
        if one.code == "M001":
            places[one.culprit.strip('"')].add(str(one.where))
    assert {"windows_os_visible_memory_bytes", "windows_system_boot_time_timestamp_seconds"} <= places.keys()
    lines = []
    for name, where in sorted(places.items()):
        (found,) = (exporter(one) for one in exporters_of(name) if exporter(one).gone(name))
        gone, proof = found.gone(name), found.proof(name)
        assert gone is not None
        assert ":" in proof
        lines.append(
            f"  dead: {name} ({len(where)} places): {gone.said}; {found.name} declared it in {proof}"
        )
    figure(*lines)


def _metric(finding: Finding) -> str:
    return next(name for _, name in WRONG if name in finding.query.text)
