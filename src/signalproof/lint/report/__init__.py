"""One module per report format, each with one function from findings to text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from signalproof.lint.finding import Finding, Report
from signalproof.lint.report.concise import concise
from signalproof.lint.report.full import full
from signalproof.lint.report.github import github
from signalproof.lint.report.gitlab import gitlab
from signalproof.lint.report.json import json
from signalproof.lint.report.junit import junit
from signalproof.lint.report.sarif import sarif
from signalproof.lint.report.summary import summary

Format: TypeAlias = Callable[[Iterable[Finding]], str]

FORMATS: Mapping[str, Format] = {
    "full": full,
    "concise": concise,
    "json": json,
    "sarif": sarif,
    "github": github,
    "gitlab": gitlab,
    "junit": junit,
}
"""Every format of findings by the name that ``--format`` takes."""

WHOLE: Mapping[str, Callable[[Report], str]] = {"json-summary": summary}
"""Formats that say what was proven, too."""

__all__ = ["FORMATS", "WHOLE", "Format"]
