"""For code scanning: SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from signalproof.lint.finding import Finding, Severity
from signalproof.lint.registry import all_rules
from signalproof.lint.report.full import place
from signalproof.lint.rule import Rule
from signalproof.text import as_json, shown

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(findings: Iterable[Finding]) -> str:
    """Return *findings* as a SARIF log of one run; fingerprints stay when lines move."""
    listed = list(findings)
    rules = list(all_rules())
    index = {rule.code: at for at, rule in enumerate(rules)}
    results = [_result(one, name, index[one.code]) for one, name in zip(listed, unique(listed), strict=True)]
    driver = {
        "name": "signalproof",
        "version": version("signalproof"),
        "rules": [_rule(rule) for rule in rules],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return as_json(log, indent=2) + "\n"


def unique(findings: Sequence[Finding]) -> list[str]:
    """Return a fingerprint for each of *findings*; those that are the same fault twice are numbered."""
    seen: Counter[str] = Counter()
    names = []
    for finding in findings:
        count = seen[finding.fingerprint]
        names.append(f"{finding.fingerprint}:{count}" if count else finding.fingerprint)
        seen[finding.fingerprint] += 1
    return names


def relative(file: str) -> str:
    """Return *file* relative to the working directory when it lies below it, with forward slashes."""
    path = Path(file)
    inside = path.is_absolute() and path.is_relative_to(Path.cwd())
    return (path.relative_to(Path.cwd()) if inside else path).as_posix()


def _uri(path: str) -> str:
    """Return *path* as part of a URI, which can hold any byte of a file's name."""
    try:
        return quote(os.fsencode(path))
    except UnicodeEncodeError:  # no file has this name
        return quote(shown(path))


def _rule(rule: Rule[Any]) -> dict[str, Any]:
    title, _, rest = (type(rule).__doc__ or "").partition("\n")
    return {
        "id": rule.code,
        "name": rule.slug,
        "shortDescription": {"text": title.strip()},
        "fullDescription": {"text": " ".join(rest.split()) or title.strip()},
        "defaultConfiguration": {"level": _LEVELS[Severity(rule.severity)]},
    }


def _result(finding: Finding, fingerprint: str, index: int) -> dict[str, Any]:
    where = finding.where
    parts = [shown(finding.message), place(finding), shown(finding.help)]
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": "\n".join(one for one in parts if one)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(relative(where.file))},
                    "region": {"startLine": max(where.line, 1)},
                }
            }
        ],
        "partialFingerprints": {"signalproof/v1": fingerprint},
    }
