"""The steps that Grafana takes between the queries of a panel and its picture: which fields each names, and which it makes.

As in Grafana 12.4: a field that is renamed or left out is still found under its old name by an override.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from signalproof.documents import Table, Text, is_number
from signalproof.errors import did_you_mean
from signalproof.lint.fields import ANY, Fields

_REDUCERS: Final[Mapping[str, str]] = {
    "lastNotNull": "Last *", "last": "Last", "firstNotNull": "First *", "first": "First", "min": "Min", "max": "Max",
    "mean": "Mean", "median": "Median", "variance": "Variance", "stdDev": "StdDev", "sum": "Total", "total": "Total",
    "count": "Count", "countAll": "Count all", "range": "Range", "delta": "Delta", "step": "Step", "diff": "Difference",
    "logmin": "Min (above zero)", "changeCount": "Change Count", "distinctCount": "Distinct Count",
    "diffperc": "Difference percent", "allValues": "All values", "uniqueValues": "All unique values",
}  # fmt: skip
"""Calculation → the field in which its result stands."""

Naming = Callable[[Table], Iterator[Text]]
Making = Callable[[Table, Fields], Fields]


def missing(step: Table, fields: Fields) -> Iterator[Text]:
    """Yield the fields that *step* cannot do without, and that are not among *fields*."""
    find = _NAMED.get(str(step.get("id")))
    for one in find(step.table("options")) if find is not None and "filter" not in step else ():
        absent = one and "$" not in one and "[[" not in one and not fields.may_have(one)
        if absent and (step.get("id") not in ("organize", "groupBy") or _is_seen(one, step, fields)):
            yield one


def _is_seen(name: str, step: Table, fields: Fields) -> bool:
    """Whether it shows that a step does not find *name*: most that it does not were left there with a query that is gone.

    Rows are not grouped where none of the fields to group by is there; of a rename, a column keeps its own name.
    """
    if step.get("id") == "groupBy":
        wanted = step.table("options").table("fields")
        grouped = [
            one for one, how in wanted.items() if isinstance(how, Table) and how.get("operation") == "groupby"
        ]
        return name in grouped and not any(map(fields.may_have, grouped))
    renamed = step.table("options").table("renameByName").keys()
    left = fields.names - renamed
    if name.startswith("Value #"):
        return "Value" in left and not any(one.startswith("Value #") for one in fields.names)
    return bool(did_you_mean(name, left))


def made_by(step: Table, before: Fields) -> Fields:
    """Return the fields that are there after *step*."""
    after = _MADE.get(str(step.get("id")), _anything)(step.table("options"), before)
    return before | after if "filter" in step else after


def after_all(panel: Table, fields: Fields) -> Fields:
    """Return the fields that an override sees, after every step of *panel*."""
    for step in panel.tables("transformations"):
        if step.get("disabled") is not True:
            fields = made_by(step, fields)
    return fields


def _renamed(options: Table) -> Iterator[Text]:
    for old, new in options.table("renameByName").items():
        if isinstance(old, Text) and new and new != old:
            yield old


def _sorted(options: Table) -> Iterator[Text]:
    return (one.text("field") for one in options.tables("sort"))


def _grouped(options: Table) -> Iterator[Text]:
    for name, wanted in options.table("fields").items():
        if isinstance(name, Text) and isinstance(wanted, Table) and wanted.get("operation"):
            yield name


def _joined(options: Table) -> Iterator[Text]:
    yield options.text("byField")


def _calculated(options: Table) -> Iterator[Text]:
    mode = options.get("mode")
    if mode == "binary":
        for key in ("left", "right"):
            side: Any = options.table("binary").get(key)
            if isinstance(side, Table):
                matcher = side.table("matcher")
                side = matcher.get("options") if matcher.get("id") == "byName" else ""
            if isinstance(side, Text) and not is_number(side):
                yield side
    elif mode == "unary":
        yield options.table("unary").text("fieldName")
    elif mode in ("windowFunctions", "cumulativeFunctions"):
        yield options.table("window" if mode == "windowFunctions" else "cumulative").text("field")
    elif mode == "reduceRow":
        yield from _texts(options.table("reduce").get("include"))


def _kept(options: Table) -> Iterator[Text]:
    if not options.table("include").get("pattern") and options.get("byVariable") is not True:
        yield from _texts(options.table("include").get("names"))


def _filtered(options: Table) -> Iterator[Text]:
    return (one.text("fieldName") for one in options.tables("filters"))


def _converted(options: Table) -> Iterator[Text]:
    return (one.text("targetField") for one in options.tables("conversions"))


def _crossed(options: Table) -> Iterator[Text]:
    return (options.text(key) for key in ("columnField", "rowField", "valueField"))


def _texts(names: Any) -> Iterator[Text]:
    return (one for one in names if isinstance(one, Text)) if isinstance(names, list) else iter(())


_NAMED: Final[Mapping[str, Naming]] = {
    "organize": _renamed,
    "sortBy": _sorted,
    "groupBy": _grouped,
    "joinByField": _joined,
    "seriesToColumns": _joined,
    "calculateField": _calculated,
    "filterFieldsByName": _kept,
    "filterByValue": _filtered,
    "convertFieldType": _converted,
    "groupingToMatrix": _crossed,
}


def _anything(options: Table, before: Fields) -> Fields:
    return replace(ANY, labels=before.labels)


def _the_same(options: Table, before: Fields) -> Fields:
    return before


def _with_new_names(options: Table, before: Fields) -> Fields:
    return before.having(*(str(one) for one in options.table("renameByName").values() if one))


def _numbered(options: Table, before: Fields) -> Fields:
    """Of a join: what two tables call alike gets a number."""
    names = "|".join(re.escape(one) for one in sorted(before.names))
    return replace(before, patterns=(*before.patterns, re.compile(rf"(?:{names}) \d+")))


def _with_result(options: Table, before: Fields) -> Fields:
    alias = options.text("alias")
    return before.having(alias) if alias and "$" not in alias else _anything(options, before)


def _of_groups(options: Table, before: Fields) -> Fields:
    names: set[str] = set()
    for name, wanted in options.table("fields").items():
        if isinstance(wanted, Table) and wanted.get("operation") == "groupby":
            names.add(str(name))
        if isinstance(wanted, Table):
            names.update(f"{name} ({one})" for one in _texts(wanted.get("aggregations")))
    return replace(before, names=frozenset(names), patterns=(), open=False) if names else before


def _reduced(options: Table, before: Fields) -> Fields:
    reducers = list(_texts(options.get("reducers")))
    if options.get("mode") == "reduceFields" or not reducers:
        return before
    if any(one not in _REDUCERS for one in reducers):
        return _anything(options, before)
    found = Fields(frozenset({"Field", *(_REDUCERS[one] for one in reducers)}))
    return _with_labels(found, before) if options.get("labelsToFields") is True else found


def _with_labels(fields: Fields, before: Fields) -> Fields:
    return ANY if before.labels is None else fields.having(*before.labels)


def _of_labels(options: Table, before: Fields) -> Fields:
    if options.get("mode") == "rows":
        return Fields(frozenset({"label", "value"}))
    if options.text("valueLabel"):
        return _anything(options, before)
    return _with_labels(before, before)


def _rows(options: Table, before: Fields) -> Fields:
    return Fields(frozenset({"Time", "Metric", "Value"}))


_MADE: Final[Mapping[str, Making]] = {
    **dict.fromkeys(
        ("sortBy", "limit", "filterByValue", "filterFieldsByName", "filterByRefId", "merge", "convertFieldType", "formatTime"),
        _the_same,
    ),
    "organize": _with_new_names,
    "joinByField": _numbered,
    "seriesToColumns": _numbered,
    "calculateField": _with_result,
    "groupBy": _of_groups,
    "reduce": _reduced,
    "labelsToFields": _of_labels,
    "seriesToRows": _rows,
}  # fmt: skip
