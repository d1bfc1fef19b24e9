"""Taking secrets out of texts before they are logged or stored."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import quote

MASK = "[secret]"

_SHORTEST = 4
"""Shorter texts are in every other word; whoever has such a secret has none."""


class Redactor:
    """Replaces every secret in a text, also where it is written as JSON or in a URL.

    Args:
        secrets: What must not be seen.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {
            form
            for secret in secrets
            if len(secret) >= _SHORTEST
            for form in (
                secret,
                json.dumps(secret)[1:-1],
                json.dumps(secret, ensure_ascii=False)[1:-1],
                quote(secret, safe=""),
                quote(secret),
            )
        }
        self._forms = sorted(forms, key=len, reverse=True)  # of two secrets, one may be part of the other

    def __call__(self, text: str) -> str:
        """Return *text* with a mask in place of each secret."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return text
