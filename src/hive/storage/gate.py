"""What the database is given: texts that both SQLite and PostgreSQL can keep, and names that nobody has to change for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from hive.storage.errors import UnstorableError
from signalproof.text import LONGEST_STORED, stored, stored_values


class KeptText(TypeDecorator[str]):
    """Text of any origin, made such that it can be kept."""

    impl: Any = Text
    cache_ok = True
    longest = LONGEST_STORED

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return *value* as it is kept."""
        return None if value is None else stored(str(value), at_most=self.longest)


class KeptLine(KeptText):
    """The same of a text that has no more characters than its column."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.longest = length


class KeptJson(TypeDecorator[Any]):
    """JSON values of any origin, every text in them made such that it can be kept."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type of the column."""
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Return *value* as it is kept."""
        return stored_values(value)


def check_name(what: str, name: str | None, at_most: int) -> None:
    """Raise unless the database can keep a *name* as it is: what is found by it must not be found by another.

    Raises:
        UnstorableError: It cannot.
    """
    if name is not None and len(name) > at_most:
        raise UnstorableError(
            f"{what} has {len(name)} characters, of which {at_most} can be stored", "shorten it"
        )
    if name is not None and stored(name, at_most=at_most) != name:
        raise UnstorableError(f"{what} has a NUL, or half a character", "choose another")


def check_orders(what: str, values: Mapping[str, Any]) -> None:
    """Raise unless the database can keep *values* as they are: what is carried out must be what was asked for.

    Raises:
        UnstorableError: It cannot.
    """
    if stored_values(values) != values:
        raise UnstorableError(
            f"{what} has a NUL, half a character, a number that is none, or a text of more than {LONGEST_STORED:,} characters",
            "leave it out: nothing can carry it",
        )
