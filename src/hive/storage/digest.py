"""The digest of a specification: what a person reviewed, what was approved and what runs are the same if it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any


def digest_of(value: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical form of *value*, 64 lower-case hexadecimal digits.

    Raises:
        ValueError: It holds what JSON has not: infinity, no number, an object of Python's.
    """
    return sha256(canonical(value).encode("ascii")).hexdigest()


def canonical(value: Any) -> str:
    """Return JSON *value* as the one text that every equal value has: keys in order, no blanks, ASCII.

    A number is written as its value: a database gives 2.0 back as 2, and 1e30 as its digits. Whether something is a
    number, a text or true stays different.

    Raises:
        ValueError: It holds what JSON has not.
    """
    try:
        return json.dumps(
            _by_value(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
        )
    except TypeError as error:
        raise ValueError(str(error)) from None


def _by_value(value: Any) -> Any:
    match value:
        case Mapping():
            return {str(name): _by_value(one) for name, one in value.items()}
        case list() | tuple():
            return [_by_value(one) for one in value]
        case float() if value.is_integer():
            return int(Decimal(repr(value)))
        case _:
            return value
