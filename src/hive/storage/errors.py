"""What can go wrong with a claim, and with a value."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from signalproof.errors import SignalproofError


class LostClaimError(Exception):
    """The lease ran out and another worker holds the entry, or it is finished: what was to be stored is not."""

    def __init__(self, table: str, number: int, attempt: int) -> None:
        super().__init__(f"{table} {number}: attempt {attempt} is not the one that holds it")
        self.number = number
        self.attempt = attempt


class UnstorableError(SignalproofError, SQLAlchemyError):
    """A value that the database cannot hold: it is up, and the value is wrong.

    For a person it is a mistake in what they gave; a worker takes it as it takes every error of the database.
    """
