"""``signalproof catalogue``: the metric reference."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class CatalogueFormat(StrEnum):
    """What the reference is written in."""

    MARKDOWN = "markdown"
    JSON = "json"
    OPENMETRICS = "openmetrics"


def run(
    format: Annotated[  # noqa: A002  # the option's name
        CatalogueFormat,
        typer.Option(help="For people, for programs, or the metadata lines of an exposition."),
    ] = CatalogueFormat.MARKDOWN,
    config: Annotated[Path | None, typer.Option(help="The pyproject.toml to use.")] = None,
) -> None:
    """Print the metric reference of the project."""
    from signalproof.cli.project import load_project
    from signalproof.render.metric_reference import catalogue_json, metric_reference, openmetrics_metadata

    project = load_project(config)
    match format:
        case CatalogueFormat.MARKDOWN:
            text = metric_reference(project.catalogue, source=project.config.catalogue)
        case CatalogueFormat.JSON:
            text = catalogue_json(project.catalogue, project.config.root) + "\n"
        case CatalogueFormat.OPENMETRICS:
            text = openmetrics_metadata(project.catalogue)
    typer.echo(text, nl=False)
