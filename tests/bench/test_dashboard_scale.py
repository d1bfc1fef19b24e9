"""`make scale` works from end to end, on fleets that are small enough for a test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.bench import fleet
from tests.bench.dashboard_scale import main
from tests.bench.fleet import Fleet
from tests.bench.scale_report import END, START

from hive.catalogue import CATALOGUE
from signalproof.live.model import Model

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import StartPrometheus

BEGIN = 1_790_000_000.0


def test_the_page_has_a_line_for_each_panel(component: Callable[[str], str], tmp_path: Path) -> None:
    component("prometheus")
    page = tmp_path / "scale.md"
    page.write_text(f"Before.\n\n{START}\nold\n{END}\n\nAfter.\n")
    main(["--instances", "1", "3", "--hours", "0.5", "--folder", str(tmp_path), "--write", str(page)])
    text = page.read_text()
    assert text.startswith("Before.")
    assert text.endswith("After.\n")
    assert "\nold\n" not in text
    assert "| panel | kind | lines, 1 / 3 | marks | ms | ms without the rules |" in text
    (loops,) = (line for line in text.splitlines() if line.startswith("| Loops running "))
    assert loops.startswith("| Loops running | state-timeline | 3 / 9 |")
    assert list(tmp_path.iterdir()) == [page]


def test_a_block_holds_what_was_simulated_under_every_name(
    start_prometheus: StartPrometheus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "DISTINCT", 2)
    end = BEGIN + 3600
    many = Fleet(CATALOGUE, 3, BEGIN, end)
    many.simulate()
    many.write(tmp_path / "data")
    (source,) = (
        one
        for part in Model.of(CATALOGUE, instances=2).parts(BEGIN)
        for one in part
        if one.process.instance == "ai-planner-0:9100"
        and one.lines[0].name == "planner_agent_loop_duration_seconds_bucket"
    )
    *_, values = (source.sample(BEGIN + place * 15) for place in range(241))
    wanted = {(line.name, line.le, line.labels.get("status")): value for line, value in zip(source.lines, values, strict=True)}  # fmt: skip
    server = start_prometheus(data=tmp_path / "data")
    for instance in ("ai-planner-0:9100", "ai-planner-2:9100"):
        for name in ("planner_agent_loop_duration_seconds_bucket", "planner_agent_loop_calls_total"):
            found = {
                (labels["__name__"], labels.get("le", ""), labels.get("status")): value
                for labels, value in server.ask(f'{name}{{instance="{instance}"}}', end)
            }
            assert found == {key: value for key, value in wanted.items() if key[0] == name}
    assert server.number("count(up)", end) == 6
