"""A dashboard in a real browser: what is seen of it at several widths, and pictures of its rows."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

_SCRIPT = (Path(__file__).parent / "panels.js").read_text()
_FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
_SHUT = """() => {
  const shut = [...document.querySelectorAll('[data-testid^="data-testid dashboard-row-title-"]')]
    .map((one) => one.closest("[aria-expanded]") || one.querySelector("[aria-expanded]"))
    .filter((one) => one && one.getAttribute("aria-expanded") === "false");
  if (shut.length) shut[shut.length - 1].click();
  return shut.length;
}"""
_ANYTHING = '[data-testid^="data-testid Panel header"], [data-testid^="data-testid dashboard-row-title-"]'
_LOADING = "document.querySelectorAll('[aria-label=\"Panel loading bar\"]').length"
_HIGHEST = 15_000
"""Pixels; Chromium takes no higher picture."""
_QUIET = 2.0
_DEADLINE = 180.0


@dataclass(frozen=True)
class Panel:
    """What is seen of a panel.

    Attributes:
        title: Its title.
        row: The title of its row.
        top: Where it begins, in pixels from the top of the page.
        bottom: Where it ends.
        height: Pixels.
        plot: Height of the plot in pixels; 0 of what is no graph with a legend.
        lines: How many series its legend lists.
        cut: How many of them cannot be read without scrolling.
        title_cut: Whether the title ends in dots.
        marks: How many annotations lie over it.
        error: Whether it bears the sign of an error.
        empty: Whether it says that there are no data.
    """

    title: str
    row: str
    top: float
    bottom: float
    height: float
    plot: float
    lines: int
    cut: int
    title_cut: bool
    marks: int
    error: bool
    empty: bool

    @property
    def share(self) -> float:
        """The plot's part of the height, 0 to 1."""
        return self.plot / self.height


@dataclass
class Seen:
    """What is seen of a dashboard.

    Attributes:
        uid: Its uid.
        panels: Width of the window → its panels, all rows open.
        requests: How many times the data source was asked until it stood there.
        seconds: How long that took.
        errors: What the browser's console said.
        pictures: The files with its rows.
    """

    uid: str
    panels: dict[int, list[Panel]] = field(default_factory=dict)
    requests: int = 0
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)
    pictures: list[Path] = field(default_factory=list)


@contextmanager
def browser(program: str) -> Iterator[Any]:
    """Run Chromium."""
    with import_module("playwright.sync_api").sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        try:
            yield running
        finally:
            running.close()


class _Page:
    """A page, and when the data source was asked last."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.open = self.asked = 0
        self.last = time.monotonic()
        self.errors: list[str] = []
        page.on("request", self._began)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._ended)
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _began(self, request: Any) -> None:
        if "/api/ds/query" in request.url:
            self.open += 1
            self.asked += 1

    def _ended(self, request: Any) -> None:
        if "/api/ds/query" in request.url:
            self.open -= 1
            self.last = time.monotonic()

    def settle(self) -> None:
        """Return when nothing has been asked for a while, and nothing is loading."""
        end = time.monotonic() + _DEADLINE
        while time.monotonic() < end:
            self.page.wait_for_timeout(200)
            if not self.open and time.monotonic() - self.last > _QUIET and not self.page.evaluate(_LOADING):
                return
        self.errors.append(f"still loading after {_DEADLINE:g} s")

    def look(self, width: int) -> list[Panel]:
        """Return every panel, in a window of that width that is as high as all of them."""
        height = 0
        while (needed := min(int(self.page.evaluate(_SCRIPT)["end"]) + 60, _HIGHEST)) != height:
            height = needed
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.wait_for_timeout(1000)
        self.settle()
        return [Panel(**one) for one in self.page.evaluate(_SCRIPT)["panels"]]


def look(
    running: Any,
    url: str,
    uid: str,
    widths: Sequence[int],
    pictured: Sequence[int],
    folder: Path,
    **context: Any,
) -> Seen:
    """Open a dashboard, all of its rows, and return what is seen of it.

    Args:
        running: The browser.
        url: Where Grafana listens.
        uid: The dashboard.
        widths: Widths of the window to measure at.
        pictured: Widths to take pictures of each row at.
        folder: Where the pictures go.
        context: More for the browser's context, headers for instance.
    """
    seen = Seen(uid)
    for width in dict.fromkeys((*widths, *pictured)):
        # anew: a legend beside a graph keeps the width that it had in a narrower window
        own = running.new_context(viewport={"width": width, "height": 1100}, **context)
        page = _Page(own.new_page())
        start = time.monotonic()
        page.page.goto(
            f"{url}/d/{uid}?from=now-6h&to=now&refresh=", wait_until="domcontentloaded", timeout=120_000
        )
        page.page.wait_for_selector(_ANYTHING, timeout=120_000)
        page.settle()
        if width == widths[0]:
            seen.requests, seen.seconds = page.asked, page.last - start
        while page.page.evaluate(_SHUT):
            page.page.wait_for_timeout(300)
        panels = page.look(width)
        if width in widths:
            seen.panels[width] = panels
        if width in pictured:
            seen.pictures += _pictures(page.page, uid, panels, width, folder)
        seen.errors += page.errors
        own.close()
    return seen


def _pictures(page: Any, uid: str, panels: Sequence[Panel], width: int, folder: Path) -> Iterator[Path]:
    rows = list(dict.fromkeys(one.row for one in sorted(panels, key=lambda one: one.top)))
    # above the first panel of a row stands its title
    tops = [min(one.top for one in panels if one.row == row) - 45 for row in rows]
    ends = [*tops[1:], max(one.bottom for one in panels) + 10]
    for at, (row, (top, end)) in enumerate(zip(rows, zip(tops, ends, strict=True), strict=True)):
        name = re.sub(r"\W+", "-", row.lower()).strip("-")[:50]
        file = folder / f"{uid}-{at:02}-{name}-{width}.png"
        clip = {"x": 0, "y": max(top, 0), "width": width, "height": end - max(top, 0)}
        page.screenshot(path=str(file), clip=clip, timeout=120_000)
        yield file
