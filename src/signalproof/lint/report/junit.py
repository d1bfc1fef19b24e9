"""For test dashboards: JUnit XML, one failed case per finding."""

from __future__ import annotations

from collections.abc import Iterable

from signalproof.lint.finding import Finding, Severity
from signalproof.lint.report.full import full, place
from signalproof.text import shown


def junit(findings: Iterable[Finding]) -> str:
    """Return *findings* as one test suite; without any it holds one case that passed."""
    listed = list(findings)
    errors = sum(one.severity is Severity.ERROR for one in listed)
    cases = "".join(map(_case, listed)) or '  <testcase classname="signalproof" name="lint"/>\n'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuite name="signalproof lint" tests="{max(len(listed), 1)}" failures="{len(listed)}" errors="0">\n'
        f'  <properties><property name="error findings" value="{errors}"/></properties>\n'
        f"{cases}</testsuite>\n"
    )


def _case(finding: Finding) -> str:
    from xml.sax.saxutils import escape  # which brings urllib, and that brings TLS

    where = finding.where
    name = f"{finding.code} {place(finding)}"
    return (
        f"  <testcase classname={_attribute(where.file)} name={_attribute(name)}"
        f" file={_attribute(where.file)} line={_attribute(str(where.line))}>\n"
        f"    <failure type={_attribute(finding.code)} message={_attribute(finding.message)}>"
        f"{escape(full([finding]))}</failure>\n"
        "  </testcase>\n"
    )


def _attribute(text: str) -> str:
    from xml.sax.saxutils import quoteattr

    return quoteattr(shown(" ".join(text.split())))
