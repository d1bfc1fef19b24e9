"""A run that is ended leaves the old files or the new ones; where it was killed, the next run leaves nothing of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

KILLED = Path(__file__).with_name("killed.py")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_run_that_is_ended_at_any_step_leaves_one_tree_or_the_next_run_does(
    tmp_path: Path, figure: Callable[..., None], number: signal.Signals
) -> None:
    done = subprocess.run(
        [sys.executable, str(KILLED), str(tmp_path), str(int(number))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    figure(
        f"{number.name} at each of {found['kills'] // 2} steps, {found['kills']} runs ended: {found['seen']}"
    )
    assert found["kills"] > 40
    assert found["wrong"] == []
    assert (found["seen"]["between"] > 0) == (number is signal.SIGKILL)


PROJECT = {
    "pyproject.toml": '[tool.signalproof]\ncatalogue = "shop_{tag}"\n[tool.signalproof.services.shop]\njob = "shop"\nport = 9464\n',
    "dashboards/shop.py": (
        "from signalproof.dashboard import Dashboard, Row, Stat\n"
        "from signalproof.promql.build import value\n"
        "from shop_{tag} import ORDERS\n"
        "boards = [\n"
        '    Dashboard(f"shop-{{n}}", f"Shop {tag} {{n}}", (Row("How many?", (Stat("Orders", value(ORDERS), "Now."),)),), folder="shop")\n'
        "    for n in range({count})\n"
        "]\n"
        "globals().update({{f'board_{{n}}': one for n, one in enumerate(boards)}})\n"
    ),
    "shop_{tag}.py": (
        "from signalproof.catalogue.catalogue import Catalogue\n"
        "from signalproof.catalogue.labels import labels\n"
        "from signalproof.catalogue.metric import Gauge\n"
        "from signalproof.catalogue.units import COUNT\n"
        'ORDERS = Gauge("orders_waiting", "Orders that wait {tag}.", labels(), COUNT, low=0)\n'
        "CATALOGUE = Catalogue.of_entries([ORDERS])\n"
    ),
}


def define(root: Path, tag: str, count: int) -> None:
    for name, text in PROJECT.items():
        file = root / name.format(tag=tag)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.format(tag=tag, count=count))


def rendering(root: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "signalproof.cli.main", "render"],
        cwd=root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def written(root: Path) -> dict[str, bytes]:
    return {
        one.relative_to(root).as_posix(): one.read_bytes()
        for folder in ("provisioning", "docs")
        for one in (root / folder).rglob("*")
        if one.is_file()
    }


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_program_that_is_killed_while_it_writes_leaves_one_tree_or_the_next_run_does(
    tmp_path: Path, figure: Callable[..., None], number: signal.Signals
) -> None:
    rounds = int(os.environ.get("KILLS", "2"))
    define(tmp_path, "one", 12)
    assert rendering(tmp_path).wait() == 0
    trees = {"one": written(tmp_path)}
    define(tmp_path, "two", 20)
    assert rendering(tmp_path).wait() == 0
    trees["two"] = written(tmp_path)
    seen: list[str] = []
    now = "two"
    for turn in range(rounds):
        tag, count = ("one", 12) if now == "two" else ("two", 20)
        define(tmp_path, tag, count)
        process = rendering(tmp_path)
        while process.poll() is None and not any(tmp_path.glob("provisioning/**/.*.tmp")):
            pass  # until it writes
        end = time.perf_counter() + turn % 17 * 0.0006
        while time.perf_counter() < end:
            pass  # moments that sleeping is too coarse for
        process.send_signal(number)
        process.wait()
        after = written(tmp_path)
        seen.append(next((name for name, one in trees.items() if one == after), "between"))
        assert number is signal.SIGKILL or seen[-1] != "between"
        assert rendering(tmp_path).wait() == 0
        assert written(tmp_path) == trees[tag]
        now = tag
    figure(
        f"{number.name} to the writing program, {rounds} times: { ({one: seen.count(one) for one in set(seen)}) }"
    )
