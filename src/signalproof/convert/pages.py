"""What a page of metrics, metadata or a catalogue file says, as metrics to declare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from signalproof.catalogue.family import Family, Type
from signalproof.catalogue.labels import Instance, Job
from signalproof.convert.found import Found
from signalproof.knowledge.bundled import exporter, exporters_of

RUNTIMES: Final = ("prometheus_client", "client_golang", "client_java", "nodejs")
"""Client libraries of which every program has the metrics, whatever it does."""


def found_on(
    families: Iterable[Family], *, everything: bool = False
) -> tuple[list[Found], Mapping[str, list[str]]]:
    """Return what to declare of *families*, and why which others are left out.

    Args:
        families: Of one page.
        everything: Whether what the client library says of its process is kept.
    """
    listed = list(families)
    names = {one.name for one in listed}
    found: list[Found] = []
    left_out: dict[str, list[str]] = {}
    for one in listed:
        if not everything and _of_runtime(one.name):
            left_out.setdefault("what the client library says of every process (--all keeps it)", []).append(
                one.name
            )
        elif _is_beginning(one, names):
            left_out.setdefault("when each series began", []).append(one.name)
        else:
            found.append(Found(_with_unit(one), doubts=_doubts(one)))
    return found, left_out


def _of_runtime(name: str) -> bool:
    return any(exporter(one).family(name) is not None for one in RUNTIMES)


def _with_unit(family: Family) -> Family:
    """Return *family* with the unit that the exporter it comes from is known to have, where its page does not say it."""
    if family.unit is not None:
        return family
    known = (exporter(one).family(family.name) for one in exporters_of(family.name))
    unit = next((one.unit for one in known if one is not None and one.unit is not None), None)
    return replace(family, unit=unit)


def _is_beginning(family: Family, names: set[str]) -> bool:
    """Whether it is what prometheus_client adds to every counter, histogram and summary."""
    stem = family.name.removesuffix("_created")
    return stem != family.name and family.type is Type.GAUGE and not names.isdisjoint((stem, f"{stem}_total"))


def _doubts(family: Family) -> dict[str, str]:
    own = [one for one in (Job.label_name, Instance.label_name) if one in family.labels]
    if own and not family.stored:
        stored = " and ".join(f"exported_{one}" for one in own)
        return {"labels": f"its own {' and '.join(own)} is stored as {stored}, and cannot be declared"}
    return {}
