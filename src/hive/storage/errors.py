"""What can go wrong with a claim."""

from __future__ import annotations


class LostClaimError(Exception):
    """The lease ran out and another worker holds the entry, or it is finished: what was to be stored is not."""

    def __init__(self, table: str, number: int, attempt: int) -> None:
        super().__init__(f"{table} {number}: attempt {attempt} is not the one that holds it")
        self.number = number
        self.attempt = attempt
