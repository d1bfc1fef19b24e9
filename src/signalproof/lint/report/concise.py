"""One line per finding: ``file:line: CODE message (help)``."""

from __future__ import annotations

from collections.abc import Iterable

from signalproof.lint.finding import Finding
from signalproof.lint.report.full import place
from signalproof.text import shown


def concise(findings: Iterable[Finding]) -> str:
    """Return *findings* as one line each."""
    return "".join(shown(" ".join(_words(one).split())) + "\n" for one in findings)


def _words(finding: Finding) -> str:
    text = f"{finding.message} ({finding.help})" if finding.help else finding.message
    return f"{finding.where}: {finding.severity} {finding.code} {text} [{place(finding)}]"
