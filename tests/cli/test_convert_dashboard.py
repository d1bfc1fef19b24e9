"""``signalproof convert dashboard``: packages beside each other, and nothing half-written when something is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from signalproof.cli.main import main

Json = dict[str, Any]


def dashboard(**more: Any) -> Json:
    panel = {
        "type": "timeseries",
        "title": "Requests",
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
        "targets": [{"refId": "A", "expr": "sum(rate(x_total[5m]))", "legendFormat": "all"}],
        "fieldConfig": {"defaults": {"unit": "reqps"}, "overrides": []},
    }
    return {"title": "Shop", "uid": "shop", "schemaVersion": 39, "panels": [panel], **more}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["convert", "dashboard", *arguments])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def put(name: str, content: Json | str) -> str:
    Path(name).write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return name


def test_a_dashboard_becomes_a_package(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, put("shop.json", dashboard()))
    assert (code, err) == (0, "wrote 1 package into dashboards: 1 of 1 panels typed, nothing lost\n")
    assert out == "package  panels  typed  as they are  lost\nshop          1      1            0     0\n"
    assert Path("dashboards/shop/__init__.py").read_text() == (
        '"""Shop."""\n'
        "\n"
        "from __future__ import annotations\n"
        "\n"
        "from signalproof.dashboard import Dashboard, Row, TimeSeries\n"
        "from signalproof.promql.build import promql\n"
        "\n"
        "DASHBOARD = Dashboard(\n"
        '    "shop",\n'
        '    "Shop",\n'
        "    (\n"
        "        Row(\n"
        '            "Panels",\n'
        "            (\n"
        "                TimeSeries(\n"
        '                    "Requests",\n'
        '                    promql("sum(rate(x_total[5m]))", name="all"),\n'
        '                    unit="reqps",\n'
        "                    width=12,\n"
        "                    height=8,\n"
        "                ),\n"
        "            ),\n"
        "            header=False,\n"
        "        ),\n"
        "    ),\n"
        "    plain=True,\n"
        "    filters=(),\n"
        '    time_from="now-6h",\n'
        '    time_to="now",\n'
        '    refresh="",\n'
        ")\n"
    )


def test_what_grafana_s_api_and_a_configmap_wrap_around_it_is_taken_off(
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = {"shop.json": json.dumps(dashboard(uid="other", title="Other"))}
    wrapped = put("api.json", {"dashboard": dashboard(), "meta": {}})
    code, _, err = run(
        capsys, wrapped, put("map.json", {"kind": "ConfigMap", "apiVersion": "v1", "data": data})
    )
    assert (code, err.split(":")[0]) == (0, "wrote 2 packages into dashboards")
    assert {one.name for one in Path("dashboards").iterdir()} == {"shop", "other"}


def test_panels_without_a_type_of_ours_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    found = dashboard()
    found["panels"].append({**found["panels"][0], "type": "geomap", "title": "Map"})
    code, out, _ = run(capsys, put("shop.json", found))
    assert code == 0
    assert out.splitlines()[-1] == "as they are: 1 geomap"


WRONG: dict[str, tuple[list[Json | str], str]] = {
    "too old": (
        [dashboard(schemaVersion=16)],
        "a dashboard of schemaVersion 16, whose panels have other keys",
    ),
    "of before version 5": (
        [{"title": "Shop", "schemaVersion": 14, "rows": []}],
        "a dashboard of schemaVersion 14",
    ),
    "of schema v2": (
        [
            {
                "apiVersion": "dashboard.grafana.app/v2",
                "kind": "Dashboard",
                "spec": {"elements": {}, "layout": {"kind": "Star"}},
            }
        ],
        "a dashboard of schema v2",
    ),
    "broken JSON": (["{"], "not valid JSON"),
    "no dashboard": ([{"kind": "Service"}], "no dashboard in this file"),
    "a uid that is taken": (
        [dashboard(), dashboard(title="Other")],
        "the uid 'shop' is taken: 0.json has it, too",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_is_told_in_three_lines_and_nothing_is_written(
    mistake: str, capsys: pytest.CaptureFixture[str]
) -> None:
    contents, message = WRONG[mistake]
    files = [put(f"{place}.json", one) for place, one in enumerate(contents)]
    code, out, err = run(capsys, put("good.json", dashboard(uid="good", title="Good")), *files)
    error, where, remedy = err.splitlines()
    assert (code, out) == (2, "")
    assert message in error
    assert where.startswith(f"  --> {files[-1]}")
    assert remedy.startswith("  help: ")
    assert not Path("dashboards").exists()


def test_a_package_that_is_there_is_not_written_over_unasked(capsys: pytest.CaptureFixture[str]) -> None:
    file = put("shop.json", dashboard())
    run(capsys, file)
    Path("dashboards/shop/__init__.py").write_text("MINE = 1\n")
    code, _, err = run(capsys, file)
    assert (code, err.splitlines()[0]) == (2, "error: dashboards/shop is there already")
    assert Path("dashboards/shop/__init__.py").read_text() == "MINE = 1\n"
    assert run(capsys, file, "--force")[0] == 0
    assert "DASHBOARD" in Path("dashboards/shop/__init__.py").read_text()


def test_what_is_missing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "nowhere.json")
    assert code == 2
    assert "nowhere.json" in err


def test_a_project_without_a_catalogue_renders_what_was_converted(capsys: pytest.CaptureFixture[str]) -> None:
    target = {"refId": "A", "expr": 'sum(rate(node_cpu_seconds_total{cluster="a"}[5m]))'}
    found = dashboard()
    found["panels"][0] |= {
        "targets": [target],
        "fieldConfig": {"defaults": {"unit": "none"}, "overrides": []},
    }
    run(capsys, put("shop.json", found))
    Path("pyproject.toml").write_text('[tool.signalproof]\nout = "provisioning"\n')
    for command in ("render", "lint"):
        with pytest.raises(SystemExit) as ended:
            main([command])
        assert not ended.value.code, capsys.readouterr()
    made = json.loads(Path("provisioning/grafana/dashboards/shop.json").read_text())
    assert made["panels"][0]["targets"][0]["expr"] == target["expr"]
    assert not Path("docs").exists()


def test_a_fault_of_the_original_is_found_in_its_definition(capsys: pytest.CaptureFixture[str]) -> None:
    found = dashboard()
    found["panels"][0]["targets"] = [{"refId": "A", "expr": "sum(rate(node_filesystem_size[5m]))"}]
    run(capsys, put("shop.json", found))
    Path("pyproject.toml").write_text('[tool.signalproof]\nout = "provisioning"\n')
    with pytest.raises(SystemExit) as ended:
        main(["lint"])
    out, _ = capsys.readouterr()
    assert ended.value.code == 1
    assert "error[M001]: no metric is called 'node_filesystem_size'" in out
    assert "dashboards/shop/__init__.py:" in out


def test_what_needs_a_catalogue_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, put("shop.json", dashboard()))
    Path("pyproject.toml").write_text('[tool.signalproof]\nout = "provisioning"\n')
    with pytest.raises(SystemExit) as ended:
        main(["emit", "--openmetrics", "x.om"])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("error: no catalogue is configured")
