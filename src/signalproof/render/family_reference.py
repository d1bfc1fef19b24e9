"""What is known of the metrics of any program, as a table in Markdown: for people who ask what an exporter has."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.family import Family
from signalproof.catalogue.labels import LabelDomain
from signalproof.knowledge.file import CatalogueFile
from signalproof.render.markdown import cell, code
from signalproof.text import shown

_MOST_VALUES = 8


def family_reference(said: CatalogueFile) -> str:
    """Return the page of a catalogue file: where its facts come from, then a line for each family."""
    return "\n".join(_page(said)) + "\n"


def _page(said: CatalogueFile) -> Iterator[str]:
    yield f"# {shown(' '.join(filter(None, (said.name, said.version))) or 'Metrics')}\n"
    yield f"{len(said.families)} metric families." + (
        f" {shown(said.how[:1].upper() + said.how[1:])}." if said.how else ""
    )
    if said.source:
        source = shown(said.source)
        yield f"Source: {source}, read {shown(said.date)}." if said.date else f"Source: {source}."
    closed = [code(f"{one}…") for one, how in sorted(said.prefixes.items()) if how == "complete"]
    if closed:
        yield f"What begins with {', '.join(closed)} and is not listed does not exist."
    yield "\n| metric | type | unit | labels | since, until |\n|---|---|---|---|---|"
    for one in sorted(said.families, key=lambda one: one.name):
        yield f"| {code(one.name)} | {one.type} | {one.unit or ''} | {_labels(one)} | {_versions(one)} |"


def _labels(family: Family) -> str:
    parts = [_label(one) for one in family.labels.values()]
    return "; ".join(parts + ["others"] * family.open) or "none"


def _label(domain: LabelDomain) -> str:
    name = code(domain.name) + ("?" if domain.optional else "")
    if domain.values is None:
        return name
    values = sorted(domain.values)
    more = f" and {len(values) - _MOST_VALUES} more" if len(values) > _MOST_VALUES else ""
    return f"{name}: {', '.join(map(code, values[:_MOST_VALUES]))}{more}"


def _versions(family: Family) -> str:
    since = f"since {cell(family.since)}" if family.since else ""
    until = f"until {cell(family.until)}" if family.until else ""
    before = [f"was {code(old)} until {cell(version)}" for old, version in family.renamed_from.items()]
    return "; ".join(filter(None, (since, until, *before)))
