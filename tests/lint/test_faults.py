"""Faults that real projects shipped and later mended: how many the lint finds offline, given what a catalogue knows.

Run with ``pytest -s`` to see the figures. ``faults.yaml`` holds the faults as queries, with the metrics they are about.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from signalproof.catalogue.exposition import SCRAPE_SERIES, Exposition, Role, Series
from signalproof.catalogue.labels import LabelDomain
from signalproof.catalogue.units import EVENT, Dimension, unit
from signalproof.config import Config, LintConfig
from signalproof.dashboard.foreign import ForeignDashboard, dashboards
from signalproof.documents import read_json
from signalproof.errors import Location
from signalproof.lint.finding import Finding
from signalproof.lint.project import lint
from signalproof.lint.report.full import full
from signalproof.promql.query import Query, Use

CASES = yaml.safe_load((Path(__file__).parent / "faults.yaml").read_text(encoding="utf-8"))
TRANSCRIPTS = Path(__file__).parent / "transcripts"
"""The full output for ten of the faults, one file each, named by the number of the fault."""
CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "faults.jsonl"
FROM_A_CATALOGUE = (
    "catalogue",
    "metric catalogue",
    "recording rules in the same tree",
    "label sets of both sides",
)
"""Beginnings of the knowledge that a catalogue holds: names, labels, values, types, units, who exports what, recorded names."""


def _series(name: str, metric: Mapping[str, Any], recorded: tuple[str, ...]) -> Iterator[Series]:
    labels = {
        key.rstrip("?"): LabelDomain(
            key.rstrip("?"),
            None if values is None else frozenset(values),
            None if values is None else len(values),
            optional=key.endswith("?"),
        )
        for key, values in metric["labels"].items()
    } | {label: LabelDomain(label) for label in recorded if ":" in name}
    kind = metric["type"]
    counts = kind in ("counter", "histogram")
    dimension = unit(metric["unit"]).dimension if "unit" in metric else EVENT if counts else None
    if dimension is not None and "scale" in metric:
        dimension = Dimension(dimension.exponents, metric["scale"])
    if kind == "histogram":
        yield Series(
            f"{name}_bucket", name, Role.BUCKET, labels | {"le": LabelDomain("le")}, EVENT, monotonic=True
        )
        yield Series(f"{name}_sum", name, Role.SUM, labels, dimension, monotonic=True)
        yield Series(f"{name}_count", name, Role.COUNT, labels, EVENT, low=0.0, monotonic=True)
        return
    if kind == "summary":
        labels = labels | {"quantile": LabelDomain("quantile")}
    role = {"counter": Role.COUNTER, "summary": Role.SUMMARY}.get(kind, Role.GAUGE)
    role = Role.RECORDED if ":" in name else role
    totals = frozenset(label for label, domain in labels.items() if domain.optional)
    yield Series(
        name, name, role, labels, dimension,
        low=0.0 if counts else float("-inf"), monotonic=counts, zero="zero" in metric, totals=totals,
    )  # fmt: skip


def _world(case: Mapping[str, Any]) -> Exposition:
    recorded = tuple(case.get("recorded", ()))
    series = {
        one.name: one for name, metric in CASES["metrics"].items() for one in _series(name, metric, recorded)
    }
    targets = frozenset(case.get("target_labels", CASES["target_labels"]))
    return Exposition({**SCRAPE_SERIES, **series}, targets)


def _side(case: Mapping[str, Any], key: str, at: int) -> Any:
    value = case.get(key, "")
    return value[at] if isinstance(value, list) else value


def _query(case: Mapping[str, Any], at: int) -> Query | None:
    text = case["before"] if at == 0 or case["after"] == "same" else case["after"]
    if not text:
        return None
    annotation = _side(case, "annotation", at)
    annotations = {"owner": "x", **({"summary": annotation} if annotation else {})}
    use = (
        Use.ALERT if annotation or case.get("alert") else
        Use.VARIABLE if "label" in case else
        Use.PANEL if "siblings" in case else Use.EXPRESSION
    )  # fmt: skip
    return Query(
        text, Location("fault"), use,
        panel_type=case.get("panel_type", ""), legend=_side(case, "legend", at),
        unit=_side(case, "unit", at), label=_side(case, "label", at), annotations=annotations,
    )  # fmt: skip


def _dashboards(case: Mapping[str, Any], at: int) -> list[ForeignDashboard]:
    source = _side(case, "datasource", at)
    return [
        one
        for number, uid in enumerate(case["dashboards"][at] if not source else ["x"])
        for one in dashboards(
            [read_json(json.dumps(_dashboard(uid, f"{uid} {number}", source)), f"{number}.json")],
            f"{number}.json",
        )
    ]


def _dashboard(uid: str, title: str, source: str) -> dict[str, Any]:
    choice = {"type": "datasource", "name": "datasource", "query": "prometheus"}
    panel = {"title": "p", "datasource": source or "$datasource", "targets": [{"refId": "A", "expr": "up"}]}
    return {"uid": uid, "title": title, "templating": {"list": [choice]}, "panels": [panel]}


def _findings(number: int, at: int) -> tuple[Finding, ...]:
    """Return what is found before (0) or after (1) a fault was mended."""
    case = CASES["faults"][number]
    if "dashboards" in case:
        return lint([], _world(case), dashboards=_dashboards(case, at)).findings
    query = _query(case, at)
    if query is None:
        return ()
    demanded = LintConfig(
        required_matchers=tuple(case.get("required", ())), kept_labels=tuple(case.get("kept", ()))
    )
    siblings = [replace(query, text=one, panel=one) for one in case.get("siblings", ())]
    found = lint(
        [query, *siblings], _world(case), ignore=case.get("ignore", ()), config=Config(Path(), lint=demanded)
    )
    return found.findings


def test_the_figures_of_the_historical_faults(figure: Callable[..., None]) -> None:
    if not CORPUS.is_file():
        pytest.skip("the corpus of faults is not beside the checkout")
    faults = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    caught = {at for at in range(len(faults)) if at in CASES["faults"] and _findings(at, 0)}
    classes = Counter(one["class"] for one in faults)
    hits = Counter(faults[at]["class"] for at in caught)
    known = [at for at, one in enumerate(faults) if one["needs"].startswith(FROM_A_CATALOGUE)]
    demanded = [at for at in caught if {"required", "kept"} & CASES["faults"][at].keys()]
    share = len(caught & set(known)) / len(known)
    lines = [f"historical faults: {len(caught)} of {len(faults)} found"]
    lines += [f"  {hits[name]:3} of {count:3}  {name}" for name, count in classes.most_common()]
    lines += [
        f"where the knowledge is a catalogue: {len(caught & set(known))} of {len(known)}, {share:.0%}",
        f"  {len(demanded)} of these by what the project demands of its queries (required_matchers, kept_labels)",
        "  not found:",
    ]
    lines += [
        f"    {at}: {faults[at]['needs'][:45]}: {faults[at]['before'][:90]}"
        for at in range(len(faults))
        if at not in caught
    ]
    figure(*lines)
    assert share >= 0.7


@pytest.mark.parametrize("number", CASES["faults"])
def test_the_mended_form_is_silent(number: int) -> None:
    assert [(one.code, one.message) for one in _findings(number, 1)] == []


@pytest.mark.parametrize("file", sorted(TRANSCRIPTS.iterdir()), ids=lambda file: str(file.stem))
def test_the_output_for_a_fault_is_the_transcript(file: Path) -> None:
    assert full(_findings(int(file.stem), 0)) == file.read_text(encoding="utf-8")
