"""The generated pages of a project's documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalproof.render.dashboard_reference import dashboard_reference
from signalproof.render.metric_reference import metric_reference

if TYPE_CHECKING:
    from signalproof.cli.project import Project


def pages(project: Project) -> dict[str, bytes]:
    """Return every generated page by its path below the project's root: what is measured, and what is shown."""
    config = project.config
    found = {}
    if config.catalogue:
        text = metric_reference(project.catalogue, source=f"`{config.catalogue}`")
        found[f"{config.docs}/metrics.md"] = text.encode()
    return {
        **found,
        f"{config.dashboards}/README.md": dashboard_reference(
            project.dashboards, project.exposition
        ).encode(),
    }
