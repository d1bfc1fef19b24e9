"""For programs: a list of objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from signalproof.lint.finding import Finding
from signalproof.text import as_json, written


def json(findings: Iterable[Finding]) -> str:
    """Return *findings* as a JSON list; ``column`` and ``end_column`` are offsets of the culprit in ``expr``."""
    return as_json([as_object(one) for one in findings], indent=2) + "\n"


def as_object(finding: Finding) -> dict[str, Any]:
    """Return the fields of one finding; a culprit outside the expression has both columns 0."""
    query, span = finding.query, finding.span
    inside = not finding.part
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "help": finding.help,
        "file": finding.where.file,
        "line": finding.where.line,
        "column": len(written(query.text[: span.start])) if inside else 0,
        "end_column": len(written(query.text[: span.end])) if inside else 0,
        "dashboard": query.dashboard,
        "panel": query.panel,
        "target": query.target,
        "expr": query.text,
        "culprit": finding.culprit,
        "fingerprint": finding.fingerprint,
    }
