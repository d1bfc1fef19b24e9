"""What a conversion has lost: its definitions, loaded and rendered, beside the original."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from signalproof.catalogue.catalogue import Catalogue
from signalproof.cli.definitions import load_folder
from signalproof.convert.dashboards.normal import differences, normalised
from signalproof.convert.dashboards.package import Package
from signalproof.dashboard.model import Dashboard
from signalproof.render.grafana import dashboard_json


def rendered(package: Package) -> dict[str, Any]:
    """Return what the definitions of *package* are rendered to.

    Raises:
        SignalproofError: They cannot be loaded or rendered.
    """
    with TemporaryDirectory() as folder:
        place = Path(folder) / package.name
        place.mkdir()
        for name, text in package.files.items():
            (place / name).write_text(text, encoding="utf-8")
        (module,) = load_folder(Path(folder))
    (dashboard,) = (one for one in vars(module).values() if isinstance(one, Dashboard))
    found: dict[str, Any] = json.loads(dashboard_json(dashboard, Catalogue.of_entries(()).exposition()))
    return found


def lost(package: Package, spec: dict[str, Any]) -> list[str]:
    """Return where the rendering of *package* differs from *spec*, beyond what `normalised` writes in one way."""
    return list(differences(normalised(spec), normalised(rendered(package))))
