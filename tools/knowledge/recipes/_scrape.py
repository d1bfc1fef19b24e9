"""Read a page of the Prometheus text format into facts: types, label names and values, bucket bounds, quantiles.

Nothing is folded or renamed as richer parsers do: a name is what stands on its `# TYPE` line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Facts = dict[str, Any]
"""What is known of one family: the keys of the catalogue file."""

_TYPE = re.compile(r"# TYPE (\S+) (\w+)")
_SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)")
_PAIR = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
_PARTS = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("", "_sum", "_count")}


@dataclass
class Scraped:
    """One family of a scraped page."""

    name: str
    type: str
    series: list[dict[str, str]] = field(default_factory=list)
    values: list[str] = field(default_factory=list)

    def labels(self) -> dict[str, set[str]]:
        """Return the own labels with the values seen; what every histogram and summary has is left out."""
        seen: dict[str, set[str]] = {}
        for one in self.series:
            for name, value in one.items():
                seen.setdefault(name, set()).add(value)
        for name, owner in (("le", "histogram"), ("quantile", "summary")):
            if self.type == owner:
                seen.pop(name, None)
        return seen

    def optional(self) -> set[str]:
        """Return the labels that some series lack or have empty."""
        own = [{k for k, v in one.items() if v} for one in self.series]
        return {name for name in self.labels() if any(name not in names for names in own)}

    def bounds(self, label: str) -> list[str]:
        """Return the finite values of `le` or `quantile` in numeric order, as written."""
        seen = {one[label] for one in self.series if label in one}
        return sorted((value for value in seen if value != "+Inf"), key=float)

    def facts(self) -> Facts:
        """Return the family's facts as the catalogue file writes them, with open label values."""
        result: Facts = {"name": self.name, "type": self.type}
        if self.series:
            optional = self.optional()
            result["labels"] = {
                name: {"optional": True} if name in optional else {} for name in sorted(self.labels())
            }
        if self.type == "histogram" and self.bounds("le"):
            result["buckets"] = self.bounds("le")
        if self.type == "summary":
            result["quantiles"] = self.bounds("quantile")
        return result


def pages(text: str) -> Iterator[Scraped]:
    """Yield the families of *text*; `_created` gauges, which belong to counters and histograms, are left out."""
    families: dict[str, Scraped] = {}
    owner: dict[str, str] = {}
    for line in text.splitlines():
        if (found := _TYPE.match(line)) is not None:
            name, kind = found[1], found[2]
            families.setdefault(name, Scraped(name, "unknown" if kind == "untyped" else kind))
            for ending in _PARTS.get(kind, ("",)):
                owner[name + ending] = name
        elif (sample := _SAMPLE.match(line)) is not None and sample[1] in owner:
            family = families[owner[sample[1]]]
            series: dict[str, str] = dict(_PAIR.findall(sample[2] or ""))
            if family.type in _PARTS and sample[1] == family.name + "_sum":
                continue  # says no more than _count does
            family.series.append(series)
            family.values.append(sample[3])
    for family in families.values():
        owner_name = family.name.removesuffix("_created")
        if owner_name == family.name or not {owner_name, owner_name + "_total"} & set(families):
            yield family


def scraped(text: str) -> Mapping[str, Scraped]:
    """Return the families of *text* by name."""
    return {family.name: family for family in pages(text)}
