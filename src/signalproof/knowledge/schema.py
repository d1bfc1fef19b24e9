"""The JSON Schema of the catalogue file: docs/catalogue.schema.json is written from here."""

from __future__ import annotations

from typing import Any, Final

import orjson

from signalproof.catalogue.family import Native, Type
from signalproof.catalogue.units import UNITS
from signalproof.knowledge.file import COMPLETE, OPEN, VERSION

_TEXT: Final = {"type": "string"}
_FLAG: Final = {"type": "boolean"}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_LIMIT: Final = {"anyOf": [{"type": "number"}, {"enum": ["+Inf", "-Inf"]}]}
_NUMBERS: Final = {"type": "array", "items": {"type": "string", "pattern": r"^[+-]?(\d|\.|[IiNn])"}}


def _of(schema: dict[str, Any], said: str) -> dict[str, Any]:
    return {**schema, "description": said}


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
    return {**found, "required": list(required)} if required else found


_LABEL: Final = _object(
    {
        "values": _of(_TEXTS, "Every value that it can have; without, its values are not known."),
        "at_most": _of({"type": "integer", "minimum": 0}, "How many values it has at most."),
        "optional": _of(_FLAG, "Whether some series lack it."),
        "assumed": _of(_FLAG, "Whether nobody said that it exists: scrapes often add such a label."),
    }
)

_UNIT: Final = {
    "anyOf": [
        {"enum": list(UNITS)},
        {
            "type": "object",
            "properties": {"scale": {"type": "number"}},
            "additionalProperties": {"type": "integer"},
        },
    ]
}

_FAMILY: Final = _object(
    {
        "name": _of(_TEXT, "As on its # TYPE line."),
        "type": _of({"enum": [str(one) for one in Type]}, "Its type; recorded is what a recording rule records."),
        "help": _of(_TEXT, "Help text."),
        "unit": _of(_UNIT, "What one of it is: a unit by name, or powers of base units and a scale, {second: 1, scale: 0.001}."),
        "labels": _of(
            {"type": "object", "additionalProperties": _LABEL},
            "Its own labels, none but these; without this key any label may exist.",
        ),
        "open": _of(_FLAG, "Whether it may have other labels than those listed."),
        "endings": _of(_TEXTS, "What is added to its name in the names of its series, where that is not what its type has."),
        "buckets": _of(_NUMBERS, "Finite bounds of a classic histogram, as the program writes them in le."),
        "quantiles": _of(_NUMBERS, "Quantiles of a summary, as the program writes them."),
        "native": _of(
            {"enum": [True, *(str(one) for one in Native if one not in (Native.NO, Native.ALSO))]},
            "Of a histogram: whether it has a native form, too (true), only, or perhaps.",
        ),
        "low": _of(_LIMIT, "Smallest value of a sample."),
        "high": _of(_LIMIT, "Largest value of a sample."),
        "monotonic": _of(_FLAG, "Of what is no counter: whether it never falls except by a restart."),
        "initialised": _of(_FLAG, "Whether every combination of label values is there from the start."),
        "zero": _of(_FLAG, "Whether 0 was seen, or stands for none."),
        "stored": _of(_FLAG, "Whether the labels are those that Prometheus stores, those of the target among them."),
        "seen": _of(_FLAG, "Whether it was seen, and not declared."),
        "totals": _of(_TEXTS, "Labels for which a series without the label holds the total of those with it."),
        "jobs": _of(_TEXTS, "Every value that job has."),
        "targets": _of(
            {"type": "object", "additionalProperties": _TEXTS}, "Target label → values that were seen."
        ),
        "meaning": _of(_TEXT, "Of a recorded series: what its samples mean."),
        "follows": _of(
            {"type": "object", "additionalProperties": _TEXTS},
            "Label → labels whose value says its value, as far as was seen.",
        ),
        "since": _of(_TEXT, "First version that has it."),
        "until": _of(_TEXT, "Last version that has it."),
        "renamed_from": _of(
            {"type": "object", "additionalProperties": _TEXT}, "Earlier name → version in which it went."
        ),
        "presence": _of(_TEXT, "always, lazy (with the first event), collector:NAME."),
        "stability": _of(_TEXT, "stable, beta, alpha, deprecated."),
        "operation": _of(_TEXT, "The tracked operation that it belongs to."),
        "owner": _of(_TEXT, "The function that emits it."),
        "priority": _of(_TEXT, "Of the operation."),
        "noun": _of(_TEXT, "What is counted, in the plural: plans."),
        "per_hour": _of({"type": "number", "minimum": 0}, "How many of them an hour of a normal day brings, over all series."),
        "declared": _of(_TEXT, "Where: file:line."),
    },
    "name",
    "type",
)  # fmt: skip


def schema() -> str:
    """Return the JSON Schema (draft 2020-12) of a catalogue file, as text."""
    head = _object(
        {
            "$schema": _TEXT,
            "signalproof": _of({"const": VERSION}, "Version of the format."),
            "name": _of(_TEXT, "Of the program or the project."),
            "version": _of(_TEXT, "Newest version that is described."),
            "oldest": _of(_TEXT, "Oldest version that is described."),
            "date": _of(_TEXT, "When the facts were read."),
            "source": _of(_TEXT, "Where the facts come from."),
            "how": _of(_TEXT, "How they were got."),
            "complete": _of(_FLAG, "Whether nothing else exists: the catalogue of a whole project."),
            "side_by_side": _of(
                _FLAG,
                "Whether several versions run beside each other, as of a library: what ended may still be there.",
            ),
            "target_labels": _of(_TEXTS, "Labels that the scrape adds."),
            "prefixes": _of(
                {"type": "object", "additionalProperties": {"enum": [COMPLETE, OPEN]}},
                "Beginning of a name → complete where no other name begins so, open where others may; the longest counts.",
            ),
            "families": {"type": "array", "items": _FAMILY},
        },
        "signalproof",
        "families",
    )
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Catalogue file of Signalproof",
        "description": "What is known of metric families; written by `signalproof catalogue --format json`.",
        **head,
    }
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2).decode() + "\n"
