"""For programs that ask how much was proven, too: one object with the findings and the figures."""

from __future__ import annotations

from signalproof.lint.compatibility import Compatibility, Figure
from signalproof.lint.finding import Report
from signalproof.lint.report.json import as_object
from signalproof.text import as_json


def summary(report: Report) -> str:
    """Return *report* as a JSON object: ``findings`` as in the format json, ``summary``, what was ``read``, and ``dashboards`` with their panels."""
    found = report.compatibility or Compatibility()
    made: dict[str, object] = {
        "summary": {
            **{str(severity): count for severity, count in report.counts.items()},
            "suppressed": report.suppressed,
            "baselined": report.baselined,
            **_figure(found.figure),
        },
        **({"read": dict(report.reading)} if report.reading else {}),
        "dashboards": [
            {
                "file": place.file,
                "name": place.name,
                **_figure(place.figure),
                "panels": [{"panel": title, **_figure(one)} for title, one in place.panels.items()],
            }
            for place in found.places
        ],
        "findings": [as_object(one) for one in report.findings],
    }
    return as_json(made, indent=2) + "\n"


def _figure(one: Figure) -> dict[str, object]:
    return {
        "queries": one.queries,
        "proven": one.proven,
        "wrong": one.wrong,
        "chosen": one.chosen,
        "known": sorted(one.known),
        "unknown": sorted(one.unknown),
    }
