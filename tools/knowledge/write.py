"""Writes a catalogue file as the program itself does, after reading it as the program will: a wrong key stops the recipe."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from signalproof.knowledge.file import VERSION, read_catalogue
from signalproof.knowledge.writing import write_catalogue


def write(catalogue: Mapping[str, Any], folder: Path) -> Path:
    """Write a catalogue file into a folder under the name it gives itself."""
    target = folder / f"{catalogue['name']}.json"
    text = write_catalogue(read_catalogue(json.dumps({"signalproof": VERSION, **catalogue}), target.name))
    folder.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return target
