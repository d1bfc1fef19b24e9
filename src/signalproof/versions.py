"""Versions of programs, in order: ``2.42`` before ``3.0``."""

from __future__ import annotations

import re


def key_of(version: str) -> tuple[int, ...]:
    """Return the numbers of a *version*, to compare it with others: ``v1.10.0`` comes after ``1.9.1``."""
    return tuple(int(one) for one in re.findall(r"\d+", version))
