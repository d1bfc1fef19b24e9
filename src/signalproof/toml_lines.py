"""Where a key or a table stands in a TOML file: the parser of the standard library does not say."""

from __future__ import annotations

import re
from pathlib import Path

from signalproof.errors import Location


def table_line(section: str, name: str, text: str) -> int:
    """Return the line of ``[tool.signalproof.SECTION.NAME]``; 0 where it is written otherwise."""
    head = rf"\s*\[tool\.signalproof\.{section}\.(['\"]?){re.escape(name)}\1\]"
    return next((number for number, one in enumerate(text.splitlines(), 1) if re.match(head, one)), 0)


def line_of(key: str, file: Path, text: str) -> Location:
    """Return the place of the first line that sets *key*; without a line where none does."""
    found = re.search(rf"^[ \t]*{re.escape(key)}[ \t]*=", text, re.MULTILINE)
    return Location(str(file), text.count("\n", 0, found.start()) + 1 if found else 0)
