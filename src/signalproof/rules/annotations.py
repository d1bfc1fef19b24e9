"""From the words of an alert to Prometheus templates, and what those templates say of a given value.

The formats are those of Prometheus' own template functions (prometheus/prometheus, ``template/template.go``); the unit
that inference derives chooses among them, so that nobody reads 0.0034 where 0.34 % is meant.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping

from signalproof.catalogue.units import ONE, SECOND, Dimension
from signalproof.errors import SignalproofError, did_you_mean
from signalproof.infer.value import Value
from signalproof.rules.alert import Alert

_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_BYTE = Dimension.of({"byte": 1})


def alert_annotations(alert: Alert, value: Value) -> dict[str, str]:
    """Return the annotations of *alert* as Prometheus templates.

    Args:
        alert: The alert.
        value: What is known of its expression.

    Raises:
        SignalproofError: A placeholder names a label that no series of the expression can have.
    """
    runbook = "runbook_url" if "://" in alert.runbook else "runbook"
    humanize = f"{{{{ $value | {value_format(value)} }}}}"

    def template(name: str) -> str:
        return humanize if name == "value" else f"{{{{ $labels.{name} }}}}"

    return {
        "summary": _filled(alert, alert.summary, value, template),
        "description": _filled(alert, alert.description, value, template),
        runbook: alert.runbook,
    }


def expected_annotations(
    alert: Alert, value: Value, number: float, labels: Mapping[str, str]
) -> dict[str, str]:
    """Return what the annotations of *alert* say when it fires with that *number* for a series with *labels*."""
    runbook = "runbook_url" if "://" in alert.runbook else "runbook"
    shown = _FORMATS[value_format(value)](number)

    def text(name: str) -> str:
        return shown if name == "value" else labels.get(name, "")

    return {
        "summary": _filled(alert, alert.summary, value, text),
        "description": _filled(alert, alert.description, value, text),
        runbook: alert.runbook,
    }


def value_format(value: Value) -> str:
    """Return the template function that reads best for a value of this unit."""
    if value.unit == SECOND:
        return "humanizeDuration"
    if value.unit == ONE and value.ratio:
        return "humanizePercentage"
    return "humanize1024" if value.unit == _BYTE else "humanize"


def _filled(alert: Alert, words: str, value: Value, fill: Callable[[str], str]) -> str:
    def one(found: re.Match[str]) -> str:
        name = found[1]
        if name != "value" and not value.labels.can_have(name):
            known = sorted(value.labels.known)
            listed = f"it has {', '.join(known)}" if known else "it has no labels"
            raise SignalproofError(
                f"the words of alert {alert.name} name the label {name!r}, which its expression does not have",
                did_you_mean(name, known, f"{listed}, and {{value}}"),
                where=alert.where,
            )
        return fill(name)

    if "{{" in words or "}}" in words:
        raise SignalproofError(
            f"the words of alert {alert.name} hold a template",
            "write {value} for the value and {job} for a label; the format follows from the unit",
            where=alert.where,
        )
    return _PLACEHOLDER.sub(one, words)


def humanize(number: float) -> str:
    """Return *number* with a metric prefix and four digits: ``1.234k``."""
    if number == 0 or not math.isfinite(number):
        return _four_digits(number)
    if abs(number) >= 1:
        return _reduced(number, 1000.0, "kMGTPEZY")
    prefix = ""
    for prefix in "munpfazy":  # noqa: B007  # the last one looked at is the answer
        number *= 1000
        if abs(number) >= 1:
            break
    return f"{_four_digits(number)}{prefix}"


def humanize_1024(number: float) -> str:
    """Return *number* with a binary prefix and four digits: ``1.5ki``."""
    if not math.isfinite(number):
        return _four_digits(number)
    return _reduced(number, 1024.0, ("ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"))


def humanize_duration(number: float) -> str:
    """Return that many seconds as days, hours, minutes and seconds: ``1h 2m 3s``."""
    if not math.isfinite(number):
        return _four_digits(number)
    if abs(number) < 1:
        return "0s" if number == 0 else f"{humanize(number)}s"
    sign, whole = "-" if number < 0 else "", int(abs(number))
    days, hours, minutes, seconds = whole // 86400, whole // 3600 % 24, whole // 60 % 60, whole % 60
    if days:
        return f"{sign}{days}d {hours}h {minutes}m {seconds}s"
    if hours:
        return f"{sign}{hours}h {minutes}m {seconds}s"
    return f"{sign}{minutes}m {seconds}s" if minutes else f"{sign}{_four_digits(abs(number))}s"


def humanize_percentage(number: float) -> str:
    """Return a share of 1 in percent: ``0.125`` is ``12.5%``."""
    return f"{_four_digits(number * 100)}%"


_FORMATS: Mapping[str, Callable[[float], str]] = {
    "humanize": humanize,
    "humanize1024": humanize_1024,
    "humanizeDuration": humanize_duration,
    "humanizePercentage": humanize_percentage,
}


def _reduced(number: float, step: float, prefixes: Iterable[str]) -> str:
    prefix = ""
    for larger in prefixes:
        if abs(number) < step:
            break
        prefix, number = larger, number / step
    return f"{_four_digits(number)}{prefix}"


def _four_digits(number: float) -> str:
    if math.isnan(number):
        return "NaN"
    return f"{number:.4g}" if math.isfinite(number) else "+Inf" if number > 0 else "-Inf"
