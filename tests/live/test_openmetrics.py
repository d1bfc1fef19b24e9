"""The history as OpenMetrics text."""

from __future__ import annotations

import re
import stat
import subprocess
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.parser import text_fd_to_metric_families

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.exposition import escaped
from signalproof.catalogue.labels import labels
from signalproof.catalogue.metric import Counter
from signalproof.errors import SignalproofError
from signalproof.live.emit import Model, openmetrics, scrape_times, write_openmetrics

if TYPE_CHECKING:
    from tests.live.conftest import Shop

START = 1_700_000_000.0


def text_of(model: Model, times: list[float]) -> str:
    return "".join(openmetrics(model, times))


def parsed(text: str) -> list[Metric]:
    return list(text_fd_to_metric_families(StringIO(text)))  # type: ignore[no-untyped-call]  # it carries no types


def at(text: str, time: float) -> str:
    """Return *text* with only the samples of one scrape."""
    return "".join(
        line
        for line in text.splitlines(keepends=True)
        if line.startswith("#") or line.endswith(f" {time:.0f}\n")
    )


def test_scrapes_go_from_start_to_end() -> None:
    assert scrape_times(START, START + 60, 15) == [START, START + 15, START + 30, START + 45, START + 60]


def test_scrapes_end_before_the_end_when_the_interval_does_not_fit() -> None:
    assert scrape_times(START, START + 50, 15)[-1] == START + 45


def test_every_scrape_is_valid_openmetrics(shop: Shop) -> None:
    # one scrape at a time: prometheus_client's parser takes the second one of a histogram for duplicates
    times = scrape_times(START, START + 1800, 15)
    text = text_of(Model.of(shop.catalogue), times)
    names = {family.name for family in parsed(at(text, times[-1]))}
    assert names >= {name.removesuffix("_total") for name in shop.catalogue.metrics}


def test_the_samples_of_one_label_combination_stay_together(shop: Shop) -> None:
    text = text_of(Model.of(shop.catalogue), scrape_times(START, START + 60, 15))
    seen: set[str] = set()
    last = ""
    for line in text.splitlines():
        if not line.startswith("#"):
            name, own = line.rsplit(" ", 2)[0].split("{", 1)
            key = re.sub(r"_(bucket|sum|count)$", "", name) + re.sub(r'le="[^"]*",', "", own)
            assert key == last or key not in seen, line
            seen.add(key)
            last = key


def test_time_ascends_within_a_series(shop: Shop) -> None:
    text = text_of(Model.of(shop.catalogue), scrape_times(START, START + 60, 15))
    last: dict[str, float] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            series, _, stamp = line.rsplit(" ", 2)
            assert float(stamp) > last.get(series, 0.0)
            last[series] = float(stamp)


def test_two_runs_write_the_same_bytes(shop: Shop) -> None:
    one, other = (text_of(Model.of(shop.catalogue), scrape_times(START, START + 600, 15)) for _ in range(2))
    assert one == other


def test_the_pieces_stay_small_however_long_the_history(shop: Shop) -> None:
    pieces = openmetrics(Model.of(shop.catalogue), scrape_times(START, START + 3 * 3600, 15))
    assert max(map(len, pieces)) < 2**20


def test_bounds_are_written_as_prometheus_client_does(shop: Shop) -> None:
    text = text_of(Model.of(shop.catalogue), [START])
    assert (
        'adapter_planning_duration_seconds_bucket{le="5.0",instance="planner-0:9100",job="planner"} 0.0'
        in text
    )


def test_the_text_ends_with_its_mark(shop: Shop) -> None:
    assert text_of(Model.of(shop.catalogue), [START]).endswith("\n# EOF\n")


def test_help_texts_are_escaped() -> None:
    tricky = Counter("odd_total", 'A "help" with \\ and\na second line.', labels())
    text = text_of(Model.of(Catalogue.of_entries((tricky,))), [START])
    family = parsed(text)[0]
    assert family.documentation == 'A "help" with \\ and\na second line.'


def test_label_values_are_escaped() -> None:
    assert escaped('a"b\\c\nd') == 'a\\"b\\\\c\\nd'


def test_promtool_accepts_the_file(shop: Shop, promtool: str, tmp_path: Path) -> None:
    times = scrape_times(START, START + 900, 15)
    size = write_openmetrics(Model.of(shop.catalogue), tmp_path / "history.om", times)
    done = subprocess.run(
        [promtool, "tsdb", "create-blocks-from", "openmetrics", "history.om", "data"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr, size) == (0, "", (tmp_path / "history.om").stat().st_size)


def test_a_folder_that_is_not_there_is_a_clear_error(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(SignalproofError, match=r"cannot write .*: No such file") as caught:
        write_openmetrics(Model.of(shop.catalogue), tmp_path / "nowhere" / "history.om", [START])
    assert caught.value.help


def test_a_range_without_a_scrape_is_a_clear_error(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(SignalproofError, match="no scrape"):
        write_openmetrics(Model.of(shop.catalogue), tmp_path / "history.om", [])


def test_an_interrupt_leaves_no_half_file(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("signalproof.live.openmetrics._head", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_openmetrics(Model.of(shop.catalogue), tmp_path / "history.om", [START])
    assert list(tmp_path.iterdir()) == []


def test_others_may_read_the_file(shop: Shop, tmp_path: Path) -> None:
    write_openmetrics(Model.of(shop.catalogue), tmp_path / "history.om", [START])
    assert stat.S_IMODE((tmp_path / "history.om").stat().st_mode) == 0o644
