"""No dashboard is lost because another one has its file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from signalproof.catalogue.exposition import Exposition
from signalproof.cli.main import main
from signalproof.config import Config, Service
from signalproof.dashboard import Dashboard
from signalproof.errors import SignalproofError
from signalproof.render.kubernetes import kubernetes_files
from signalproof.render.places import places_of
from signalproof.rules.check import check_rules


def board(everything: Dashboard, uid: str, folder: str) -> Dashboard:
    return replace(everything, uid=uid, folder=folder)


def test_a_dashboard_lies_in_its_folder_under_its_uid_without_it(everything: Dashboard) -> None:
    boards = [board(everything, "ops-web", "ops"), board(everything, "web", "other")]
    assert list(places_of(boards)) == ["grafana/dashboards/ops/web.json", "grafana/dashboards/other/web.json"]


def test_a_dashboard_without_a_folder_lies_beside_the_folders(everything: Dashboard) -> None:
    assert list(places_of([board(everything, "web", "")])) == ["grafana/dashboards/web.json"]


@pytest.mark.parametrize(
    ("first", "second"), [(("ops-web", "ops"), ("web", "ops")), (("ops-web", "ops"), ("web", "Ops"))]
)
def test_two_dashboards_of_one_file_are_refused_by_both_names(
    everything: Dashboard, first: tuple[str, str], second: tuple[str, str]
) -> None:
    with pytest.raises(SignalproofError, match=r"'ops-web' and 'web' would both be written to") as caught:
        places_of([board(everything, *first), board(everything, *second)])
    assert caught.value.where is not None
    assert str(everything.where) in caught.value.help


def test_the_command_writes_neither_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dashboards").mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.signalproof]\ncatalogue = "hive.catalogue"\n')
    (tmp_path / "dashboards" / "a.py").write_text(
        "from signalproof.dashboard import Dashboard, Row, Text\n"
        "rows = (Row('R', (Text('T', 'x'),)),)\n"
        "one = Dashboard('hive-web', 'One', rows, folder='hive')\n"
        "two = Dashboard('web', 'Two', rows, folder='hive')\n"
    )
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["render"])
    assert ended.value.code == 2
    printed = capfd.readouterr().err
    assert "the dashboards 'hive-web' and 'web' would both be written to" in printed
    assert "dashboards/a.py:4" in printed
    assert "dashboards/a.py:3" in printed
    assert not (tmp_path / "provisioning").exists()


def test_two_jobs_of_one_name_in_kubernetes_are_refused_by_both_names(tmp_path: Path) -> None:
    services = {"a": Service("shop_web", 1), "b": Service("Shop_Web", 2)}
    rules = check_rules((), Exposition({}), scrape_interval=15.0)
    with pytest.raises(SignalproofError, match="'Shop_Web' and 'shop_web' would both be the ServiceMonitor"):
        kubernetes_files(Config(tmp_path, services=services), (), rules)
