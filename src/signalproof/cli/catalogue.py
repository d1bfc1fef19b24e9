"""``signalproof catalogue``: the metrics of the project, of a bundled exporter, or of anything that ``--catalogue`` takes."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from signalproof.cli.project import Project
    from signalproof.knowledge.file import CatalogueFile


class CatalogueFormat(StrEnum):
    """What the reference is written in."""

    MARKDOWN = "markdown"
    JSON = "json"
    OPENMETRICS = "openmetrics"


def run(
    reference: Annotated[
        str,
        typer.Argument(
            metavar="[REF]",
            help="EXPORTER[@VERSION], a dump or URL of /metrics, a catalogue file; without, the project's own catalogue.",
        ),
    ] = "",
    format: Annotated[  # noqa: A002  # the option's name
        CatalogueFormat,
        typer.Option(
            help="For people; a catalogue file, for programs and --catalogue; the metadata lines of an exposition."
        ),
    ] = CatalogueFormat.MARKDOWN,
    config: Annotated[Path | None, typer.Option(help="The pyproject.toml to use.")] = None,
) -> None:
    """Print what metrics there are: those of the project, or of an exporter that comes with the package."""
    from signalproof.cli.project import load_project
    from signalproof.knowledge.writing import write_catalogue
    from signalproof.render.family_reference import family_reference
    from signalproof.render.metric_reference import metric_reference, openmetrics_metadata

    project = load_project(config)
    said = _of_reference(reference, project) if reference else _of_project(project)
    match format:
        case CatalogueFormat.MARKDOWN if reference:
            text = family_reference(said)
        case CatalogueFormat.MARKDOWN:
            text = metric_reference(project.own_catalogue, source=project.config.catalogue)
        case CatalogueFormat.JSON:
            text = write_catalogue(said)
        case CatalogueFormat.OPENMETRICS:
            text = openmetrics_metadata(said.families)
    typer.echo(text, nl=False)


def _of_project(project: "Project") -> "CatalogueFile":
    """Return all that the project declares and records; the files of declarations are relative to its folder."""
    from signalproof.errors import Location
    from signalproof.knowledge.file import CatalogueFile
    from signalproof.knowledge.writing import families_of

    families = []
    for one in families_of(project.rules.exposition):
        file = Path(one.where.file) if one.where else None
        if one.where and file and file.is_relative_to(project.config.root):
            where = Location(file.relative_to(project.config.root).as_posix(), one.where.line)
            one = replace(one, where=where)  # noqa: PLW2901  # the same family, its place written shorter
        families.append(one)
    return CatalogueFile(families=tuple(families), complete=True, target_labels=project.config.target_labels)


def _of_reference(reference: str, project: "Project") -> "CatalogueFile":
    from signalproof.cli.references import source_of
    from signalproof.knowledge.bundled import Exporter
    from signalproof.knowledge.file import CatalogueFile

    found = source_of(reference, project.config)
    if isinstance(found, Exporter):
        return found.catalogue()
    return CatalogueFile(
        families=found.families, name=found.name, complete=found.complete, target_labels=found.target_labels
    )
