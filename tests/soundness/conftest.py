"""Reads the test scripts of Prometheus' own engine: what is loaded, what is asked, and what must come out.

The language: https://github.com/prometheus/prometheus/blob/main/promql/promqltest/README.md.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import pytest

Sample: TypeAlias = float | str | None
"""A number, ``"histogram"``, ``"stale"``, or None where there is none."""

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
_EVAL = re.compile(
    r"eval(?:_(?P<flag>fail|warn|info|ordered))?\s+"
    r"(?:instant\s+(?:at\s+(?P<at>\S+)\s+)?|range\s+from\s+(?P<start>\S+)\s+to\s+(?P<end>\S+)\s+step\s+(?P<step>\S+)\s+)"
    r"(?P<query>.+)"
)
_SERIES = re.compile(
    r"(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)?\s*(?:\{(?P<labels>(?:[^\"'`{}]|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`)*)\})?(?P<st>@st)?"
)
_LABEL = re.compile(
    r"\s*(?P<quoted>\")?(?P<name>(?:(?(quoted)[^\"]+|[a-zA-Z_][a-zA-Z0-9_.]*)))(?(quoted)\")\s*(?:=\s*(?P<value>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`))?\s*,?"
)
_VALUE = re.compile(
    r"\s*(?:(?P<missing>_)|(?P<stale>stale)|(?P<histogram>\{\{.*?\}\}(?:[+-]\{\{.*?\}\})?)|(?P<number>[+-]?(?:inf|nan|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?:(?P<by>[+-](?:inf|nan|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?))(?=x))?))(?:x(?P<times>\d+))?(?=\s|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Loaded:
    """A series in the storage.

    Attributes:
        labels: Its labels, the name as ``__name__`` among them.
        interval: Seconds between two samples.
        samples: From time 0.
    """

    labels: dict[str, str]
    interval: float
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class Output:
    """A series of a result: its labels, and a sample per step."""

    labels: dict[str, str]
    samples: tuple[Sample, ...]


@dataclass
class Evaluation:
    """A query, the storage it is asked of, and what it must give.

    Attributes:
        place: File and line.
        query: The expression.
        start: First evaluation time in seconds.
        end: Last evaluation time.
        steps: How many evaluation times there are.
        storage: Everything that is loaded.
        fails: Whether an error must come out.
        ranges: Whether a range vector comes out, of which each series has several samples per step.
        scalar: The number that comes out, if it is a scalar.
        string: Whether a string comes out.
        outputs: The series that come out.
    """

    place: str
    query: str
    start: float
    end: float
    steps: int
    storage: tuple[Loaded, ...]
    fails: bool = False
    ranges: bool = False
    scalar: Sample = None
    string: bool = False
    outputs: list[Output] = field(default_factory=list)


def seconds(text: str) -> float:
    """Return the seconds of a duration, or of a plain number."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|[smhdwy])", text)
    return sum(float(count) * _UNITS[unit] for count, unit in parts) if parts else float(text)


def samples_of(text: str) -> tuple[Sample, ...]:
    """Return the samples that a description such as ``0+10x5 _ stale {{count:1}}`` stands for."""
    found: list[Sample] = []
    at = 0
    text = text.strip()
    while at < len(text):
        match = _VALUE.match(text, at)
        if match is None:
            raise ValueError(f"no sample: {text[at:]!r}")
        at = match.end()
        more = int(match["times"] or 0)
        if match["missing"]:
            found += [None] * max(1, more)
        elif match["histogram"]:
            found += ["histogram"] * (1 + more)
        elif match["stale"]:
            found += ["stale"] * (1 + more)
        else:
            base = match["number"].removesuffix(match["by"] or "") if match["by"] else match["number"]
            first, by = float(base), float(match["by"] or "0")
            found += [first + by * index if index else first for index in range(1 + more)]
    return tuple(found)


def _unquoted(text: str) -> str:
    inner = text[1:-1]
    if text[0] == "`":
        return inner
    return re.sub(r"\\(.)", lambda one: {"n": "\n", "t": "\t"}.get(one[1], one[1]), inner)


def described(line: str) -> tuple[dict[str, str], str, bool] | None:
    """Return labels and samples of a line that describes a series, and whether it gives start timestamps only."""
    text = line.strip()
    match = _SERIES.match(text)
    if match is None or match.end() == 0:
        return None
    labels: dict[str, str] = {"__name__": match["name"]} if match["name"] else {}
    for one in _LABEL.finditer(match["labels"] or ""):
        if one["value"] is None:
            labels["__name__"] = one["name"]
        else:
            labels[one["name"]] = _unquoted(one["value"])
    return {name: value for name, value in labels.items() if value}, text[match.end() :], bool(match["st"])


def _with_native(series: list[Loaded]) -> Iterator[Loaded]:
    """Yield *series* and, of every classic histogram among them, its native twin."""
    yield from series
    seen: set[frozenset[tuple[str, str]]] = set()
    for one in series:
        stem = re.sub(r"_(bucket|count|sum)$", "", one.labels["__name__"])
        labels = {name: value for name, value in one.labels.items() if name != "le"} | {"__name__": stem}
        if stem != one.labels["__name__"] and frozenset(labels.items()) not in seen:
            seen.add(frozenset(labels.items()))
            yield Loaded(labels, one.interval, ("histogram",) * len(one.samples))


def evaluations(path: Path) -> Iterator[Evaluation]:
    """Yield everything that the script *path* evaluates."""
    lines = [
        "" if line.strip().startswith("#") else line.rstrip("\n")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    storage: list[Loaded] = []
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        at += 1
        block: list[str] = []
        if line and line != "clear":
            while at < len(lines) and lines[at].strip():
                block.append(lines[at])
                at += 1
        if line == "clear":
            storage = []
        elif line.startswith("load"):
            storage = [*storage, *_loaded(line, block)]
        elif line.startswith("eval"):
            yield _evaluation(f"{path.name}:{at - len(block)}", line, block, tuple(storage))
        elif line:
            raise ValueError(f"{path.name}:{at}: no command: {line}")


def _loaded(line: str, block: list[str]) -> list[Loaded]:
    command, interval = line.split()
    found: list[Loaded] = []
    for text in block:
        series = described(text)
        if series is None:
            raise ValueError(f"no series: {text}")
        labels, samples, starts_only = series
        if not starts_only:
            found.append(Loaded(labels, seconds(interval), samples_of(samples)))
    return list(_with_native(found)) if command == "load_with_nhcb" else found


def _evaluation(place: str, line: str, block: list[str], storage: tuple[Loaded, ...]) -> Evaluation:
    match = _EVAL.fullmatch(line)
    if match is None:
        raise ValueError(f"{place}: no evaluation: {line}")
    start = seconds(match["start"] or match["at"] or "0")
    end = seconds(match["end"]) if match["end"] else start
    steps = 1 + math.floor((end - start) / seconds(match["step"]) + 1e-9) if match["step"] else 1
    found = Evaluation(place, match["query"], start, end, steps, storage, fails=match["flag"] == "fail")
    for text in map(str.strip, block):
        if text.startswith("expect "):
            words = text.split()
            found.fails |= words[1] == "fail"
            found.ranges |= words[1:3] == ["range", "vector"]
            found.string |= words[1] == "string"
            continue
        if re.fullmatch(r"[+-]?[\d.eE+-]+|[+-]?(inf|nan)", text, re.IGNORECASE):
            found.scalar = float(text)
            continue
        series = described(text)
        if series is None:
            raise ValueError(f"{place}: no result: {text}")
        found.outputs.append(Output(series[0], samples_of(series[1])))
    return found


@pytest.fixture(scope="session")
def read_script() -> Callable[[Path], list[Evaluation]]:
    """Reads one script into its evaluations."""
    return lambda path: list(evaluations(path))


@pytest.fixture(scope="session")
def scripts(shared: Path) -> list[Path]:
    """The engine's test scripts."""
    found = sorted((shared / "corpus" / "promqltest").glob("*.test"))
    if not found:
        pytest.skip("no engine tests beside the checkout")
    return found
