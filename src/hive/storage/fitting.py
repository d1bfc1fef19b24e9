"""Whether values fit into their columns: PostgreSQL refuses what does not, SQLite takes it, and neither names the column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, Integer, Table

from hive.storage.errors import UnstorableError

_SMALL, _BIG = 2**31, 2**63


def fit(table: Table, values: Mapping[str, Any]) -> None:
    """Return if all *values* fit into the columns of their names.

    Raises:
        UnstorableError: One is too long, or out of range, and which.
    """
    for name, value in values.items():
        kind = table.columns[name].type
        longest = getattr(kind, "length", None)
        if isinstance(value, str) and longest is not None and len(value) > longest:
            raise UnstorableError(
                f"the {_words(name)} has {len(value)} characters, of which {longest} can be stored",
                "shorten it",
            )
        if isinstance(kind, Integer) and isinstance(value, int):
            most = _BIG if isinstance(kind, BigInteger) else _SMALL
            if not -most <= value < most:
                raise UnstorableError(
                    f"the {_words(name)} {value} is out of range",
                    f"write a number from {-most} to {most - 1}",
                )


def is_number(number: int) -> bool:
    """Return whether an entry can have that *number*."""
    return 0 < number < _BIG


def _words(name: str) -> str:
    return name.replace("_", " ")
