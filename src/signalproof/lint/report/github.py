"""For GitHub Actions: workflow commands that become annotations.

Format: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterable

from signalproof.lint.finding import Finding, Severity
from signalproof.lint.report.full import place
from signalproof.text import shown

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def github(findings: Iterable[Finding]) -> str:
    """Return *findings* as one workflow command each."""
    return "".join(map(_command, findings))


def _command(finding: Finding) -> str:
    where = finding.where
    properties = {
        "file": shown(where.file),
        "line": str(max(where.line, 1)),
        "title": f"{finding.code} {place(finding)}",
    }
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    text = f"{shown(finding.message)}\n{shown(finding.help)}".strip()
    return f"::{_COMMANDS[finding.severity]} {listed}::{_data(text)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
