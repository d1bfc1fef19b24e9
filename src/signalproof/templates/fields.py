"""Fields of values: ``.Labels``, ``$labels.job``, ``.Value`` of a sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from signalproof.promql.ast import Span
from signalproof.templates.calls import Calls
from signalproof.templates.functions import Kind
from signalproof.templates.values import Value, mixed

FIELDS: Final = {
    "Labels": Value(Kind.LABELS, of_alert=True),
    "ExternalLabels": Value(Kind.LABELS),
    "ExternalURL": Value(Kind.STRING),
    "Value": Value(Kind.FLOAT, of_alert=True),
}
_ALERTMANAGER: Final = frozenset(
    {
        "Receiver", "Status", "Alerts", "GroupLabels", "CommonLabels", "CommonAnnotations", "Annotations", "StartsAt", "EndsAt",
        "GeneratorURL", "Fingerprint",
    }
)  # fmt: skip
_HELM: Final = frozenset({"Values", "Release", "Chart", "Capabilities", "Template"})


class Fields(Calls):
    """Calls functions and asks for fields, and keeps what is learnt by that."""

    def used(self, value: Value, span: Span) -> Value:
        """Return *value*, after keeping that the number of the alert is used there."""
        if value.kind is Kind.FLOAT and value.of_alert:
            self.meaning.values.append(span)
        return value

    def fields(self, value: Value, names: Sequence[str], base: Span, span: Span) -> Value:
        """Return what the fields *names* of *value* hold."""
        for name in names:
            value = self.field(value, name, span)
        return self.used(value, span)

    def field(self, value: Value, name: str, span: Span) -> Value:
        """Return what the field *name* of *value* holds."""
        kind = value.kind
        if kind is Kind.LABELS:
            return self.label(value, name, span)
        if kind is Kind.DATA:
            found = FIELDS.get(name)
            if found is not None:
                return found
            return self.fail(f"the data of an alert has no field .{name}", _remedy(name), span)
        if kind is Kind.SAMPLE:
            if name == "Value":
                return replace(value, kind=Kind.FLOAT)
            if name == "Labels":
                return replace(value, kind=Kind.LABELS, sampled=True)
            message = f"a sample of a query has no field .{name}"
            return self.fail(message, f"it has .Value and .Labels; a label: .Labels.{name}", span)
        if kind is Kind.RESULT:
            remedy = "go through it, {{ range … }}, or take its first sample: … | first"
            return self.fail(f"the result of a query is a list, which has no field .{name}", remedy, span)
        if kind is Kind.ANY or (kind is Kind.FLOAT and name[:1].isupper()):
            return mixed(Kind.ANY, (value,))  # the number of a native histogram has fields
        remedy = "a label is text, and a value a number: neither has fields"
        return self.fail(f"{kind.value} has no field .{name}", remedy, span)


def _remedy(name: str) -> str:
    near = next((one for one in FIELDS if one.lower() == name.lower()), "")
    if near:
        return f"write .{near}"
    if name in _ALERTMANAGER:
        return (
            f".{name} belongs to the templates of Alertmanager, which writes notifications of what it is sent"
        )
    if name in _HELM:
        return f".{name} belongs to Helm: render the file, or escape what is Prometheus' in it"
    return f"it has {', '.join(f'.{one}' for one in FIELDS)}; a label: $labels.{name}"
