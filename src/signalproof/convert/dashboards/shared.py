"""Settings that several panels have alike get a name, so that one change changes all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from signalproof.convert.code import Call, Name, source

_SHARED = ("drawn", "axis", "legend", "tooltip", "thresholds", "overrides", "transformations", "raw")
"""Settings of panels that get a name where several panels have the same."""
_OFTEN = 3
"""Panels from which on a setting gets a name."""


def shared_by(rows: Iterable[Call]) -> dict[str, tuple[str, Any]]:
    """Return the settings that several panels have: what they are as source → their name, and the setting."""
    seen: dict[str, tuple[str, Any]] = {}
    counts: Counter[str] = Counter()
    for row in rows:
        for panel in row.args[1]:
            for name in _SHARED:
                if name in panel.named:
                    text = f"{name}:{source(panel.named[name])}"
                    counts[text] += 1
                    seen.setdefault(text, (name, panel.named[name]))
    numbers: Counter[str] = Counter()
    found = {}
    for text, (name, value) in seen.items():
        if counts[text] >= _OFTEN:
            numbers[name] += 1
            found[text] = (f"{name.upper()}_{numbers[name]}" if numbers[name] > 1 else name.upper(), value)
    return found


def with_names(row: Call, shared: Mapping[str, tuple[str, Any]]) -> Call:
    """Return a row whose panels name the settings that are *shared*."""

    def panel(call: Call) -> Call:
        named = {
            name: Name(shared[text][0])
            if name in _SHARED and (text := f"{name}:{source(value)}") in shared
            else value
            for name, value in call.named.items()
        }
        return replace(call, named=named)

    return replace(row, args=(row.args[0], tuple(map(panel, row.args[1]))))
