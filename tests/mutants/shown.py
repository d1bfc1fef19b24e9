"""Faults around the expression: units, legends, annotations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tests.mutants.kinds import promises
from tests.mutants.subject import Subject, slip

from signalproof.lint.templates import legend_labels, template_labels
from signalproof.promql.query import Query, Use

_OFF = {
    "s": "ms", "ms": "s", "percentunit": "percent", "percent": "percentunit", "bytes": "kbytes", "decbytes": "bits",
    "Bps": "bps", "binBps": "binbps", "bps": "Bps", "binbps": "binBps", "reqps": "s", "ops": "opm", "cps": "cpm",
    "pps": "Bps",
}  # fmt: skip
"""Grafana unit → one in which the same number means something else."""


def panel_unit_off(subject: Subject) -> Iterator[Query]:
    """The panel shows the number in a unit that is off by 8, 60, 100 or 1000."""
    if promises(subject) and subject.query.unit in _OFF:
        yield replace(subject.query, unit=_OFF[subject.query.unit])


def legend_label_misspelt(subject: Subject) -> Iterator[Query]:
    """The legend shows a label that the result does not have."""
    for label, span in legend_labels(subject.query.legend):
        text = subject.query.legend
        inside = text[span.start : span.end].replace(label, slip(label))
        yield replace(subject.query, legend=text[: span.start] + inside + text[span.end :])


def legend_label_summed_away(subject: Subject) -> Iterator[Query]:
    """The legend shows a label of the metric that the result no longer has."""
    root = subject.inference.root
    lost = {name for one in root.sources for name in one.labels} - root.labels.known.keys() - {"le"}
    shown = list(legend_labels(subject.query.legend))
    if shown and lost and not root.labels.open:
        label, span = shown[0]
        text = subject.query.legend
        inside = text[span.start : span.end].replace(label, min(lost))
        yield replace(subject.query, legend=text[: span.start] + inside + text[span.end :])


def annotation_label_misspelt(subject: Subject) -> Iterator[Query]:
    """An annotation of an alert shows a label that the alert does not have."""
    query = subject.query
    if query.use is not Use.ALERT:
        return
    for key, template in query.annotations.items():
        for label in dict.fromkeys(name for name, _ in template_labels(template)):
            text = re.sub(rf"\b{re.escape(label)}\b", slip(label), template)
            yield replace(query, annotations={**query.annotations, key: text})
