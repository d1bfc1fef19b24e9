"""Taking secrets out of texts before they are logged or stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from urllib.parse import quote

from signalproof.text import as_json, shown

MASK = "[secret]"

_SHORTEST = 4
"""Shorter texts are in every other word; whoever has such a secret has none."""


_WRITINGS: tuple[Callable[[str], str], ...] = (
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    lambda text: as_json(text)[1:-1],
    shown,
    lambda text: shown(text, lines=True),
    lambda text: repr(text)[1:-1],
    lambda text: quote(text, safe=""),
    quote,
)


class Redactor:
    """Replaces every secret in a text, also where it is written as JSON, as Python or in a URL.

    Args:
        secrets: What must not be seen.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {secret for secret in secrets if len(secret) >= _SHORTEST}
        for _ in range(2):  # what is written twice over: an answer as JSON in a line of JSON
            forms |= {write(form) for form in forms for write in _WRITINGS}
        self._forms = sorted(forms, key=len, reverse=True)  # of two secrets, one may be part of the other

    def __call__(self, text: str) -> str:
        """Return *text* with a mask in place of each secret."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return text
