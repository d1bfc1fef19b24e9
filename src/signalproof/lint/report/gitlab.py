"""For GitLab: a code quality report.

Format: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from signalproof.lint.finding import Finding, Severity
from signalproof.lint.report.sarif import relative, unique
from signalproof.text import as_json, shown

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def gitlab(findings: Iterable[Finding]) -> str:
    """Return *findings* as a JSON list of issues."""
    listed = list(findings)
    prints = unique(listed)
    issues = [_issue(one, name) for one, name in zip(listed, prints, strict=True)]
    return as_json(issues, indent=2) + "\n"


def _issue(finding: Finding, fingerprint: str) -> dict[str, Any]:
    return {
        "description": shown(f"{finding.message} ({finding.help})" if finding.help else finding.message),
        "check_name": finding.code,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": relative(finding.where.file), "lines": {"begin": max(finding.where.line, 1)}},
    }
