"""The provisioned files as a fleet would have them: with the recorded rates that its dashboards then ask."""

from __future__ import annotations

from pathlib import Path

from hive.rules import GROUPS, RATES
from signalproof.cli.project import Project
from signalproof.render.grafana import dashboard_json
from signalproof.render.places import places_of
from signalproof.render.prometheus import rule_files


def provision(project: Project, folder: Path) -> None:
    """Write the dashboards and the rule files of *project* into *folder*, as if `RATES` stood in its `GROUPS`."""
    fleet = Project(project.config)
    vars(fleet)["groups"] = (*GROUPS, *RATES)
    files = {path: dashboard_json(one, fleet.exposition) for path, one in places_of(fleet.dashboards).items()}
    for path, text in {**files, **rule_files(fleet.rules, fleet.config.root)}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text)
