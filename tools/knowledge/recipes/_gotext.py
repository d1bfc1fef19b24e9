"""Find one's way in Go source as text: strings and matching brackets."""

from __future__ import annotations

import re

STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


def closing(text: str, at: int) -> int:
    """Return the place after the bracket that closes the one at *at*, past strings, runes and comments."""
    depth = 0
    while at < len(text):
        char = text[at]
        if char in '"`':
            at += 1
            while text[at] != char:
                at += 2 if char == '"' and text[at] == "\\" else 1
        elif text.startswith("//", at):
            at = text.index("\n", at)
        elif char == "'":
            at = text.index("'", at + (3 if text[at + 1] == "\\" else 2))
        elif char in "({[":
            depth += 1
        elif char in ")}]":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return at
