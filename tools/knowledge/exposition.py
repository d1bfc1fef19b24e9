"""Reads types and labels off a page of metrics, such as the expected output that an exporter's own tests compare with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tools.knowledge.versions import Family

_TYPE = re.compile(r"^# TYPE (\S+) (\w+)", re.MULTILINE)
_SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_ENDS = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("", "_sum", "_count")}


def families(pages: Iterable[str], prefix: str) -> dict[str, Family]:
    """The families whose name begins with a prefix: type, and labels, optional where a series lacks one or has it empty."""
    out: dict[str, Family] = {}
    for page in pages:
        owner: dict[str, str] = {}
        series: dict[str, list[dict[str, str]]] = {}
        for name, kind in _TYPE.findall(page):
            if name.startswith(prefix):
                out.setdefault(name, {"name": name, "type": "unknown" if kind == "untyped" else kind})
                owner.update({name + end: name for end in _ENDS.get(kind, ("",))})
        for sample, text in _SAMPLE.findall(page):
            if sample in owner:
                pairs = dict(_LABEL.findall(text))
                pairs.pop("le", None)
                pairs.pop("quantile", None)
                series.setdefault(owner[sample], []).append(pairs)
        for name, rows in series.items():
            known: dict[str, dict[str, Any]] = out[name].setdefault("labels", {})
            for label in {label for row in rows for label in row}:
                empty = any(not row.get(label) for row in rows)
                known[label] = {"optional": True} if empty or known.get(label) else {}
    return out
