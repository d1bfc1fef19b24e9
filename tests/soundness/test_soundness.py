"""What the inference claims must hold in Prometheus' own engine tests: 0 unsound claims.

The catalogue is made from what a script loads: names, labels, label values and ranges of the samples; as it is, through a
catalogue file, and through the text of a dump, which says less. ``make soundness`` prints the figures.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from signalproof.catalogue.exposition import Exposition
from signalproof.catalogue.family import Family, Native, Site, Type, exposition_of
from signalproof.catalogue.labels import LabelDomain
from signalproof.errors import SignalproofError
from signalproof.infer.inference import infer
from signalproof.infer.value import Shape, Value
from signalproof.infer.windows import seconds_of
from signalproof.knowledge.file import CatalogueFile, read_catalogue
from signalproof.knowledge.text import families_of_text
from signalproof.knowledge.writing import write_catalogue
from signalproof.promql.ast import Node, Range, Selector, Subquery
from signalproof.promql.parser import parse
from signalproof.promql.tree import walk

if TYPE_CHECKING:
    from tests.soundness.conftest import Evaluation, Loaded

NAME = "__name__"
_LOOKBACK = 300.0
_NO_TARGETS = Site(frozenset())
_ROUNDING = 1e-9


def from_load(evaluation: Evaluation, back: float) -> Exposition:
    """Return what exists: every loaded name with its labels, their values and the range of its samples.

    Args:
        evaluation: What is asked, with what is loaded.
        back: How many seconds the query looks back.
    """
    return exposition_of(_families(evaluation, back), _NO_TARGETS)


def through_a_file(evaluation: Evaluation, back: float) -> Exposition:
    """Return the same, written to a catalogue file and read again."""
    said = CatalogueFile(families=tuple(_families(evaluation, back)), complete=True)
    read = read_catalogue(write_catalogue(said), "c.json")
    return exposition_of(read.families, _NO_TARGETS, complete=read.complete)


def through_a_dump(evaluation: Evaluation, back: float) -> Exposition:
    """Return what a dump of ``/metrics`` says that shows every loaded series with its first number."""
    lines = []
    for one in evaluation.storage:
        number = next((sample for sample in one.samples if isinstance(sample, float)), None)
        labels = ", ".join(
            f"{_quoted(name)}={_quoted(text)}" for name, text in one.labels.items() if name != NAME
        )
        if number is not None:
            lines.append(f"{{{_quoted(one.labels[NAME])}{', ' * bool(labels)}{labels}}} {number}")
    names = {one.labels[NAME] for one in evaluation.storage if "le" in one.labels}
    types = [
        f"# TYPE {_quoted(one.removesuffix('_bucket'))} histogram"
        for one in sorted(names)
        if one.endswith("_bucket")
    ]
    return exposition_of(families_of_text("\n".join([*types, *lines])), _NO_TARGETS, complete=False)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _families(evaluation: Evaluation, back: float) -> Iterator[Family]:
    by_name: dict[str, list[Loaded]] = {}
    for one in evaluation.storage:
        by_name.setdefault(one.labels[NAME], []).append(one)
    return (family_of(name, found, evaluation, back) for name, found in by_name.items())


def family_of(name: str, loaded: list[Loaded], evaluation: Evaluation, back: float) -> Family:
    """Return what is known of one name."""
    labels = sorted({label for one in loaded for label in one.labels} - {NAME})
    values = {label: frozenset(one.labels.get(label, "") for one in loaded) for label in labels}
    floats = [one for series in loaded for one in series.samples if isinstance(one, float)]
    numbers = [one for one in floats if not math.isnan(one)]
    histograms = any(one == "histogram" for series in loaded for one in series.samples)
    low, high = min(numbers, default=-math.inf), max(numbers, default=math.inf)
    if low == 0 and any(one == 0 and math.copysign(1, one) < 0 for one in numbers):
        low = -0.0
    kind = Type.GAUGE if not histograms else Type.UNKNOWN if floats else Type.HISTOGRAM
    return Family(
        name=name,
        type=kind,
        native=Native.ONLY if kind is Type.HISTOGRAM else Native.NO,
        labels={label: LabelDomain(label, values[label], len(values[label])) for label in labels},
        low=low,
        high=high,
        initialised=is_full(loaded, values, evaluation, back),
    )


WORLDS = {"load": from_load, "file": through_a_file, "dump": through_a_dump}
"""Each way to know what a script loads."""


def is_full(
    loaded: list[Loaded], values: dict[str, frozenset[str]], evaluation: Evaluation, back: float
) -> bool:
    """Whether every combination of label values is there, without a gap, for as long as the query looks back."""
    combinations = {tuple(sorted(one.labels.items())) for one in loaded}
    first, last = evaluation.start - back, evaluation.end
    return (
        len(combinations) == math.prod(map(len, values.values())) == len(loaded)
        and "" not in frozenset().union(*values.values())
        and first >= 0
        and all(one.interval <= _LOOKBACK for one in loaded)
        and all(isinstance(sample, float) for one in loaded for sample in samples_between(one, first, last))
    )


def samples_between(loaded: Loaded, first: float, last: float) -> tuple[float | str | None, ...]:
    """Return the samples of a series that are read between two times, None for each that is missing."""
    begin, end = int(first / loaded.interval), 1 + int(last / loaded.interval)
    found = loaded.samples[begin:end]
    return (*found, *[None] * (end - begin - len(found)))


def looks_back(node: Node) -> float:
    """Return how many seconds before its evaluation time a query reads, all windows and offsets added up."""
    times = [
        time
        for one in walk(node)
        if isinstance(one, Range | Subquery | Selector)
        for time in (getattr(one, "window", None), getattr(one, "offset", None))
        if time is not None
    ]
    known = [seconds_of(one) for one in times]
    return sum(math.inf if one is None else abs(one) for one in known)


def unsound(evaluation: Evaluation, value: Value) -> Iterator[str]:
    """Yield every claim of *value* that the real result contradicts."""
    if (evaluation.scalar is not None) != (value.shape is Shape.SCALAR) and value.shape is not Shape.ANY:
        scalar_series = (
            value.shape is Shape.SCALAR and evaluation.steps > 1
        )  # a range query shows it as a series
        if not scalar_series:
            yield f"shape is {value.shape}"
    if evaluation.string != (value.shape is Shape.STRING):
        yield f"shape is {value.shape}"
    samples: list[float | str | None] = [evaluation.scalar]
    for output in evaluation.outputs:
        yield from _wrong_labels(output.labels, value)
        samples.extend(output.samples)
    for sample in samples:
        if isinstance(sample, float) and not math.isnan(sample) and not _within(sample, value):
            yield f"sample {sample} outside {value.low} … {value.high}"
    if evaluation.ranges or evaluation.string or evaluation.scalar is not None:
        return
    counts = [
        sum(1 for one in evaluation.outputs if step < len(one.samples) and one.samples[step] is not None)
        for step in range(evaluation.steps)
    ]
    if not value.empty and min(counts) == 0:
        yield "it is empty although it is said never to be"
    if value.void and max(counts) > 0:
        yield f"it has samples although {value.void}"
    if value.cardinality is not None and max(counts) > value.cardinality:
        yield f"{max(counts)} series, at most {value.cardinality} were expected"


def _wrong_labels(labels: dict[str, str], value: Value) -> Iterator[str]:
    for name, text in labels.items():
        domain = value.labels.known.get(name)
        if not value.labels.can_have(name):
            yield f"label {name} cannot exist"
        elif name == NAME and domain is None:
            if value.labels.names is not None and text not in value.labels.names:
                yield f"name {text} is none of {value.labels.names}"
        elif domain is not None and domain.values is not None and text not in domain.values:
            yield f"label {name} has value {text!r}, not one of {sorted(domain.values)}"
    yield from (f"label {name} is missing" for name in value.labels.certain if name not in labels)


def _within(sample: float, value: Value) -> bool:
    rounding = _ROUNDING * max(1.0, abs(sample)) if math.isfinite(sample) else 0.0
    return value.low - rounding <= sample <= value.high + rounding


@pytest.mark.parametrize("known_by", WORLDS)
def test_every_claim_holds_in_the_engine_tests(
    known_by: str,
    scripts: list[Path],
    read_script: Callable[[Path], list[Evaluation]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    figures: Counter[str] = Counter()
    wrong: list[str] = []
    for path in scripts:
        for evaluation in read_script(path):
            figures["evaluations"] += 1
            if evaluation.fails:
                figures["expected to fail"] += 1
                continue
            try:
                node = parse(evaluation.query)
            except SignalproofError as error:
                wrong.append(f"{evaluation.place}: {evaluation.query}: does not parse: {error}")
                continue
            interval = max((one.interval for one in evaluation.storage), default=15.0)
            exposition = WORLDS[known_by](evaluation, looks_back(node))
            value = infer(node, exposition, scrape_interval=interval).root
            figures.update(_kinds_of_claim(value))
            wrong += [f"{evaluation.place}: {evaluation.query}: {one}" for one in unsound(evaluation, value)]
    with capsys.disabled():
        print(f"\nworld from the {known_by}\n" + _table(figures, len(wrong)))  # noqa: T201  # the figures that `make soundness` shows
    assert not wrong, "\n".join(wrong)
    least = 0.5 if known_by == "dump" else 0.8  # of histograms that are native a dump in text says nothing
    assert figures["closed labels"] >= least * figures["vectors"]


def _kinds_of_claim(value: Value) -> Iterator[str]:
    yield "inferred"
    if value.shape in (Shape.SCALAR, Shape.STRING):
        yield "scalars and strings"
        return
    yield "vectors"
    if not value.labels.open:
        yield "closed labels"
        if value.labels.known and all(one.values is not None for one in value.labels.known.values()):
            yield "known label values"
    if value.low > -math.inf or value.high < math.inf:
        yield "bounded range"
    if not value.empty:
        yield "never empty"
    if value.void:
        yield "always empty"
    if value.cardinality is not None:
        yield "bounded number of series"


def _table(figures: Counter[str], wrong: int) -> str:
    rows = [f"{figures['evaluations']:6} evaluations, {figures['expected to fail']} of them expected to fail"]
    rows += [f"{figures['vectors']:6} vectors, {figures['scalars and strings']} scalars and strings"]
    rows += [
        f"{figures[what]:6} {what} ({figures[what] / max(1, figures['vectors']):.1%})"
        for what in (
            "closed labels",
            "known label values",
            "bounded range",
            "bounded number of series",
            "never empty",
            "always empty",
        )
    ]
    return "\n".join([*rows, f"{wrong:6} unsound claims"])
