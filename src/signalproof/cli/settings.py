"""The reference of the configuration, from the docstrings and defaults of its classes."""

from __future__ import annotations

import inspect
import re
from dataclasses import MISSING, Field, fields
from typing import Final

from signalproof.config import Config, LintConfig, MetricConfig, Service

_TABLES: Final = (
    ("tool.signalproof", Config, {"root", "services", "metrics", "lint", "said"}),
    ("tool.signalproof.services.NAME", Service, frozenset[str]()),
    ('tool.signalproof.metrics."NAME"', MetricConfig, frozenset[str]()),
    ("tool.signalproof.lint", LintConfig, {"allow"}),
)
_ATTRIBUTE: Final = re.compile(r"^(\w+): (.*)$")
_SECONDS: Final = ((86400.0, "d"), (3600.0, "h"), (60.0, "m"), (1.0, "s"))


def configuration_reference() -> str:
    """Return what can be configured, in Markdown: a table for each TOML table."""
    parts = [
        (
            "\n## Configuration\n\n"
            "In `pyproject.toml`, the nearest one upwards or that of `--config`. Nothing has to be there; an unknown key is an "
            "error.\n"
        )
    ]
    for table, shape, hidden in _TABLES:
        described = _described(shape)
        parts.append(f"\n### `[{table}]`\n\n| key | default | |\n|---|---|---|\n")
        parts += [
            f"| `{one.name}` | {_default(one)} | {described[one.name]} |\n"
            for one in fields(shape)
            if one.name not in hidden
        ]
    parts.append(f"\n### `[tool.signalproof.lint.allow.PLACE]`\n\n{_described(LintConfig)['allow']}\n")
    return "".join(parts)


def _described(shape: type[Config | LintConfig | MetricConfig | Service]) -> dict[str, str]:
    """Return the description of each attribute in the docstring of *shape*."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in (inspect.getdoc(shape) or "").partition("Attributes:\n")[2].splitlines():
        begun = _ATTRIBUTE.match(line.removeprefix("    "))
        if begun is not None:
            name = begun[1]
        found.setdefault(name, []).append(begun[2] if begun is not None else line.strip())
    return {key: " ".join(lines).replace("``", "`") for key, lines in found.items()}


def _default(one: Field[object]) -> str:
    value = one.default_factory() if one.default_factory is not MISSING else one.default
    if value is MISSING or value in ("", 0, ()) or value == {}:
        return ""
    if isinstance(value, float):
        return next(f'`"{value / size:g}{letter}"`' for size, letter in _SECONDS if value % size == 0)
    if isinstance(value, tuple):
        return f"`{list(value)!r}`".replace("'", '"')
    return f'`"{value}"`'
