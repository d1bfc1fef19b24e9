"""The rendered dashboard, read as a person who knows Grafana would read it."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signalproof.catalogue.exposition import Exposition
from signalproof.dashboard import Dashboard, Row, TimeSeries
from signalproof.dashboard.queries import queries
from signalproof.promql.query import Use
from signalproof.render import grafana
from signalproof.render.grafana import dashboard_json

Json: TypeAlias = dict[str, Any]

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
LEGACY = frozenset(
    (
        "__inputs", "__requires", "cacheTimeout", "error", "gnetId", "height", "hideControls", "intervalFactor",
        "metric", "minSpan", "nullPointMode", "op", "rows", "sharedCrosshair", "span", "step", "style", "tagsQuery",
        "tagValuesQuery", "useTags", "version", "yaxis", "yaxes", "xaxis",
    )
)  # fmt: skip


def panels_of(model: Json) -> list[Json]:
    return [one for panel in model["panels"] for one in (panel, *panel.get("panels", ()))]


def walk(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    yield path, value
    if isinstance(value, dict):
        for key, one in value.items():
            yield from walk(one, f"{path}/{key}")
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from walk(one, f"{path}/{index}")


@pytest.fixture
def model(everything: Dashboard, render: Callable[[Dashboard], Json]) -> Json:
    return render(everything)


def test_the_file_is_the_bare_model(model: Json) -> None:
    assert set(model) == {
        "annotations", "description", "editable", "graphTooltip", "links", "panels", "refresh", "schemaVersion",
        "tags", "templating", "time", "timezone", "title", "uid",
    }  # fmt: skip


def test_the_file_is_indented_sorted_and_ends_in_one_newline(
    everything: Dashboard, exposition: Exposition
) -> None:
    data = dashboard_json(everything, exposition)
    lines = data.decode().split("\n")
    assert (lines[0], lines[-2], lines[-1]) == ("{", "}", "")
    assert all(
        list(found) == sorted(found) for _, found in walk(orjson.loads(data)) if isinstance(found, dict)
    )


def test_a_short_object_that_never_grows_stands_on_one_line(
    everything: Dashboard, exposition: Exposition
) -> None:
    text = dashboard_json(everything, exposition).decode()
    assert '"datasource": {"type":"prometheus","uid":"${datasource}"},\n' in text
    assert re.search(r'"gridPos": \{"h":1,"w":24,"x":0,"y":\d+\},\n', text)


def test_the_only_nulls_are_first_threshold_steps(model: Json) -> None:
    nulls = [path for path, value in walk(model) if value is None]
    assert nulls
    assert all(path.endswith("steps/0/value") for path in nulls)


def test_every_first_threshold_step_is_null(model: Json) -> None:
    firsts = [value for path, value in walk(model) if path.endswith("steps/0/value")]
    assert set(firsts) == {None}


def test_no_legacy_key_is_left(model: Json) -> None:
    keys = {path.rpartition("/")[2] for path, _ in walk(model)}
    assert not keys & LEGACY


def test_nothing_is_called_by_a_variable_that_file_provisioning_never_resolves(
    everything: Dashboard, exposition: Exposition
) -> None:
    assert b"${DS_" not in dashboard_json(everything, exposition)


def test_every_panel_query_annotation_and_variable_asks_the_chosen_datasource(model: Json) -> None:
    asking = [panel for panel in panels_of(model) if panel["type"] not in ("row", "text")]
    asking += [target for panel in asking for target in panel["targets"]]
    asking += model["annotations"]["list"]
    asking += [one for one in model["templating"]["list"] if one["type"] == "query"]
    assert len(asking) > 40
    assert all(one["datasource"] == DATASOURCE for one in asking)


def test_ids_are_unique_numbers_of_31_bits(model: Json) -> None:
    ids = [panel["id"] for panel in panels_of(model)]
    assert len(set(ids)) == len(ids)
    assert all(1 <= one <= 2**31 - 1 for one in ids)


def test_a_new_panel_changes_no_other_id(everything: Dashboard, render: Callable[[Dashboard], Json]) -> None:
    def ids(dashboard: Dashboard) -> dict[str, int]:
        return {panel["title"]: panel["id"] for panel in panels_of(render(dashboard))}

    first, *others = everything.rows
    new = TimeSeries("New", first.panels[0].exprs[0], "why")
    more = replace(everything, rows=(replace(first, panels=(new, *first.panels)), *others))
    before, after = ids(everything), ids(more)
    assert {title: after[title] for title in before} == before


def test_a_new_panel_moves_the_panels_of_other_rows_only_as_a_whole(
    everything: Dashboard, render: Callable[[Dashboard], Json]
) -> None:
    def places(dashboard: Dashboard) -> dict[str, tuple[int, int, int]]:
        grids = {panel["title"]: panel["gridPos"] for panel in panels_of(render(dashboard))}
        return {title: (grid["x"], grid["w"], grid["h"]) for title, grid in grids.items()}

    first, *others = everything.rows
    new = TimeSeries("New", first.panels[0].exprs[0], "why")
    before = places(everything)
    after = places(replace(everything, rows=(replace(first, panels=(new, *first.panels)), *others)))
    elsewhere = {panel.title for row in others for panel in row.panels}
    assert {title: after[title] for title in elsewhere} == {title: before[title] for title in elsewhere}


def test_every_panel_says_why_it_is_there(model: Json) -> None:
    assert all(panel["description"] for panel in panels_of(model) if panel["type"] not in ("row", "text"))


def test_every_panel_says_what_no_value_means(model: Json) -> None:
    shown = [panel for panel in panels_of(model) if "fieldConfig" in panel]
    assert all(panel["fieldConfig"]["defaults"]["noValue"] for panel in shown)


def test_ref_ids_are_unique_in_each_panel(model: Json) -> None:
    for panel in panels_of(model):
        refs = [target["refId"] for target in panel.get("targets", ())]
        assert refs == sorted(set(refs))


def test_an_open_row_stands_before_its_panels(model: Json) -> None:
    types = [panel["type"] for panel in model["panels"][:3]]
    assert types == ["row", "timeseries", "timeseries"]
    assert model["panels"][0]["panels"] == []


def test_a_folded_row_holds_its_panels_at_the_places_they_open_to(model: Json) -> None:
    (folded,) = [panel for panel in model["panels"] if panel.get("collapsed")]
    assert len(folded["panels"]) == 12
    assert min(panel["gridPos"]["y"] for panel in folded["panels"]) == folded["gridPos"]["y"] + 1


def test_a_folded_row_takes_one_line(model: Json) -> None:
    (folded,) = [panel for panel in model["panels"] if panel.get("collapsed")]
    below = model["panels"][model["panels"].index(folded) + 1]
    assert (below["type"], below["gridPos"]["y"]) == ("row", folded["gridPos"]["y"] + 1)


def test_nothing_overlaps_and_nothing_leaves_the_grid(model: Json) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in model["panels"]:
        grid = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(grid["x"], grid["x"] + grid["w"])
            for y in range(grid["y"], grid["y"] + grid["h"])
        }
        assert not taken & cells
        assert all(0 <= x < 24 for x, _ in cells)
        taken |= cells


def test_two_renders_are_the_same_bytes(
    make_everything: Callable[[], Dashboard], exposition: Exposition
) -> None:
    assert dashboard_json(make_everything(), exposition) == dashboard_json(make_everything(), exposition)


def test_the_hash_seed_of_python_does_not_show() -> None:
    script = (
        "import hashlib, sys; sys.path[:0] = sys.argv[1:]\n"
        "import hive.catalogue.planner as p, hive.catalogue.deployer as d\n"
        "from dashboards.ai_apps import DASHBOARD\n"
        "from signalproof.catalogue.catalogue import Catalogue\n"
        "from signalproof.render.grafana import dashboard_json\n"
        "data = dashboard_json(DASHBOARD, Catalogue.of(p, d).exposition())\n"
        "print(hashlib.sha256(data).hexdigest())"
    )
    checkout = Path(__file__).resolve().parents[2]
    digests = {
        subprocess.run(
            [sys.executable, "-c", script, str(checkout), str(checkout / "src")],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "12345")
    }
    assert len(digests) == 1


def test_a_look_that_is_remembered_is_the_look_that_would_be_made(
    everything: Dashboard, exposition: Exposition, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembered = dashboard_json(everything, exposition)
    monkeypatch.setattr(grafana, "_look", grafana._look.__wrapped__)
    assert dashboard_json(everything, exposition) == remembered


def test_what_the_lint_reads_is_what_is_rendered(
    everything: Dashboard, exposition: Exposition, model: Json
) -> None:
    read = [
        (query.panel, query.target, query.text, query.legend, query.instant, query.panel_type)
        for query in queries(everything, exposition)
        if query.use is Use.PANEL
    ]
    rendered = [
        (
            panel["title"],
            target["refId"],
            target["expr"],
            target["legendFormat"],
            target.get("instant", False),
            panel["type"],
        )
        for panel in panels_of(model)
        for target in panel.get("targets", ())
    ]
    assert read == rendered


def test_the_kubernetes_form_is_the_same_model_under_its_name(
    everything: Dashboard, exposition: Exposition, model: Json
) -> None:
    resource = orjson.loads(dashboard_json(everything, exposition, form="k8s"))
    uid = model.pop("uid")
    assert resource == {
        "apiVersion": "dashboard.grafana.app/v1beta1",
        "kind": "Dashboard",
        "metadata": {"name": uid},
        "spec": model,
    }


def test_the_definition_is_not_changed_by_rendering(everything: Dashboard, exposition: Exposition) -> None:
    first = hashlib.sha256(dashboard_json(everything, exposition)).digest()
    dashboard_json(everything, exposition, form="k8s")
    assert hashlib.sha256(dashboard_json(everything, exposition)).digest() == first


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_choice_of_panels_in_any_order_is_a_sound_dashboard(
    data: st.DataObject, everything: Dashboard, render: Callable[[Dashboard], Json]
) -> None:
    pool = {panel.key: panel for row in everything.rows for panel in row.panels}
    linkless = [replace(panel, links=()) for panel in pool.values()]
    count = data.draw(st.integers(0, 4))
    rows = tuple(
        Row(
            f"Row {number}",
            tuple(data.draw(st.permutations(linkless))[: data.draw(st.integers(0, 8))]),
            collapsed=data.draw(st.booleans()),
        )
        for number in range(count)
    )
    model = render(replace(everything, rows=rows))
    panels = panels_of(model)
    assert (
        len({panel["id"] for panel in panels}) == len(panels) == count + sum(len(row.panels) for row in rows)
    )
    assert all(path.endswith("steps/0/value") for path, value in walk(model) if value is None)
    tops = [panel["gridPos"]["y"] for panel in model["panels"] if panel["type"] == "row"]
    assert tops == sorted(set(tops))
