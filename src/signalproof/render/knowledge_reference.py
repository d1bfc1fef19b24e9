"""The page of the exporters that come with the package."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.knowledge.bundled import exporter, names
from signalproof.knowledge.file import CatalogueFile

_HEAD = """\
<!-- Written by `make dashboards` from the files in src/signalproof/knowledge/data; `python -m tools.knowledge` builds those. -->

# What is known of public exporters

A dashboard that queries these programs is linted against what they expose, without any configuration. The facts (names,
types, labels, units, bucket bounds, versions) were read from the programs themselves: by running them, or from their
declarations in source. `signalproof catalogue NAME` prints one of them, `NAME@VERSION` as it was in that version, and
`--catalogue NAME@VERSION` lints against it; without a version the newest counts. A beginning of a name is *closed* where
every metric that begins so is listed: one that is not listed does not exist, and a query for it is an error (M001).
Nothing is said of other names.

"""


def knowledge_reference() -> str:
    """Return the page, in Markdown: a line for each exporter, then where its facts come from."""
    files = [exporter(name).catalogue() for name in names()]
    families = sum(len(one.families) for one in files)
    return _HEAD + "\n".join(
        (
            f"{len(files)} programs, {families:,} metric families.\n",
            "| name | versions | read | families | with closed label values | with bounds | closed beginnings |",
            "|---|---|---|---|---|---|---|",
            *(_row(one) for one in files),
            *_sources(files),
            "",
        )
    )


def _row(one: CatalogueFile) -> str:
    closed = sorted(prefix for prefix, how in one.prefixes.items() if how == "complete")
    valued = sum(any(label.values is not None for label in family.labels.values()) for family in one.families)
    bounded = sum(bool(family.buckets) for family in one.families)
    versions = f"{one.oldest} – {one.version}" if one.oldest and one.oldest != one.version else one.version
    return (
        f"| `{one.name}` | {versions} | {one.date} | {len(one.families)} | {valued or ''} | {bounded or ''} | "
        f"{', '.join(f'`{prefix}`' for prefix in closed)} |"
    )


def _sources(files: list[CatalogueFile]) -> Iterator[str]:
    yield "\n## Where the facts come from\n"
    for one in files:
        yield f"- **{one.name}**: {one.source}. {one.how[:1].upper()}{one.how[1:].rstrip('.')}."
