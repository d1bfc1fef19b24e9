"""Text of any origin within a page of Markdown: it stays in its cell, and says nothing to whoever renders the page."""

from __future__ import annotations

import re

from signalproof.text import shown


def cell(text: object) -> str:
    """Return *text* as a cell of a table holds it."""
    return re.sub(r"[|<]", r"\\\g<0>", shown(text))


def code(text: object) -> str:
    """Return *text* as code in a cell of a table, however many backticks are in it."""
    inside = shown(text).replace("|", r"\|")
    if "`" not in inside:
        return f"`{inside}`"
    fence = "`" * (1 + max(map(len, re.findall("`+", inside))))
    return f"{fence} {inside} {fence}"
