"""The figures of the campaign, which stand in a page for people and are read from there again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).parents[2] / "docs" / "fuzzing.md"
_ROW: Final = re.compile(r"\| `?([\w.+-]+)`? \| ([\d,]+) \| ([\d.]+) \| (\d+) \| ([\d.]+) s \|")


@dataclass(frozen=True)
class Figures:
    """What was done of one target, or for one release.

    Attributes:
        inputs: How many were tried.
        hours: How long that took.
        faults: How many broke a promise or took over a second.
        slowest: Seconds of processor time that the slowest took, branches being counted meanwhile.
    """

    inputs: int = 0
    hours: float = 0.0
    faults: int = 0
    slowest: float = 0.0

    def __add__(self, other: Figures) -> Figures:
        """Return both together."""
        return Figures(
            self.inputs + other.inputs,
            self.hours + other.hours,
            self.faults + other.faults,
            max(self.slowest, other.slowest),
        )


def added(page: str, version: str, runs: Mapping[str, Figures]) -> str:
    """Return *page* with what the *runs* of the targets did for the release *version* added to its two tables."""
    by_target, by_release = (_read(part) for part in _parts(page))
    for name, one in runs.items():
        by_target[name] = by_target.get(name, Figures()) + one
        by_release[version] = by_release.get(version, Figures()) + one
    head, targets, releases = page.split("\n## ", 2)
    return "\n## ".join(
        (
            head,
            _written(targets, sorted(by_target.items())),
            _written(releases, by_release.items()),
        )
    )


def _parts(page: str) -> tuple[str, str]:
    _, targets, releases = page.split("\n## ", 2)
    return targets, releases


def _read(part: str) -> dict[str, Figures]:
    found: dict[str, Figures] = {}
    for name, inputs, hours, faults, slowest in _ROW.findall(part):
        found[name] = Figures(int(inputs.replace(",", "")), float(hours), int(faults), float(slowest))
    return found


def _written(part: str, rows: Iterable[tuple[str, Figures]]) -> str:
    head, rule, _ = part.partition("|---|---:|---:|---:|---:|\n")
    body = "".join(
        f"| `{name}` | {one.inputs:,} | {one.hours:.3f} | {one.faults} | {one.slowest:.2f} s |\n"
        for name, one in rows
    )
    return head + rule + body


def record(version: str, runs: Mapping[str, Figures], page: Path = PAGE) -> None:
    """Add *runs* to the page on disk."""
    page.write_text(added(page.read_text(encoding="utf-8"), version, runs), encoding="utf-8")
