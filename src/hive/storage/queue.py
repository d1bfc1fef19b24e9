"""A table as a queue: entries are claimed with a lease, and only the latest claim of an entry can write to it.

The number of the attempt is what fences: it grows with every claim, and a worker writes under the number it was given.
A worker that was killed, or stood still for longer than its lease, loses nothing and spoils nothing: the lease runs
out, another worker claims the entry under the next number, and what the first one still sends is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from hive.storage.clock import now
from hive.storage.database import Database
from hive.storage.errors import LostClaimError
from hive.storage.records import Waiting
from hive.storage.rows import AnyRow

RESTART = "LeaseExpired"
"""Type of error of an entry whose every attempt ended with its worker."""


class Held(Protocol):
    """What a worker holds: an entry under the number of its attempt."""

    @property
    def id(self) -> int:
        """Number of the entry."""
        ...

    @property
    def attempt(self) -> int:
        """Number of the claim, counted from 1."""
        ...


class Queue:
    """The queue in one table; `PlanningQueue` and `DeploymentQueue` say what its entries are.

    Args:
        database: Where the table is.
        table: With the columns of a queue; see `hive.storage.schema`.
        waiting: The state of an entry that nobody has claimed.
        active: The states of an entry that is claimed.
        claimed: The active state that a claim brings a waiting entry to.
        abandoned: The state of an entry whose workers died as often as it may be tried; None hands it out again and
            again, for work that must not be left half done.
    """

    def __init__(
        self,
        database: Database,
        table: Table,
        *,
        waiting: StrEnum,
        active: Iterable[StrEnum],
        claimed: StrEnum,
        abandoned: StrEnum | None,
    ) -> None:
        self.database = database
        self._table = table
        self._waiting = waiting
        self._active = sorted(active)
        self._claimed = claimed
        self._abandoned = abandoned
        # statements are made once: making one costs more than running it
        self._look = self._looking()
        self._claim = self._claiming()
        self._wait = select(func.count(), now() - func.min(table.c.available_at)).where(
            table.c.status == waiting, table.c.available_at <= now()
        )

    def claim_rows(self, worker: str, *, lease: float, limit: int) -> list[AnyRow]:
        """Claim up to *limit* entries for *worker*, the most urgent first, each for *lease* seconds.

        Claimed are entries that wait and whose time has come, and entries whose lease ran out.
        """
        with self.database.read() as connection:  # an idle poll locks nothing
            due, spent = connection.execute(self._look).one()
        if not spent and (not due or limit < 1):
            return []
        with self.database.write() as connection:
            if spent:
                self._abandon(connection)
            rows = connection.execute(self._claim, {"worker": worker, "lease": lease, "most": limit}).all()
        return sorted(rows, key=lambda row: (-row.priority, row.id))

    def renew(self, held: Iterable[Held], *, lease: float) -> frozenset[int]:
        """Hold the entries for *lease* seconds from now; return the numbers of those that are still held."""
        ours = [self._is(one) for one in sorted(held, key=lambda one: one.id)]
        if not ours:
            return frozenset()
        with self.database.write() as connection:
            return frozenset(
                connection.scalars(
                    update(self._table)
                    .where(or_(*ours))
                    .values(lease_expires_at=now() + lease, updated_at=now())
                    .returning(self._table.c.id)
                )
            )

    def release(self, held: Held) -> None:
        """Give an entry back untouched: it waits again at once, and the attempt does not count.

        Raises:
            LostClaimError: It is not held any more.
        """
        with self.database.write() as connection:
            self.change(connection, held, self.released())

    def change(self, connection: Connection, held: Held, values: Mapping[str, Any]) -> None:
        """Set columns of an entry that is held; the number of the attempt decides whether it is.

        Raises:
            LostClaimError: It is not held any more.
        """
        done = connection.execute(
            update(self._table)
            .where(self._is(held))
            .values(updated_at=now(), **values)
            .returning(self._table.c.id)
        ).all()
        if not done:
            raise LostClaimError(self._table.name, held.id, held.attempt)

    def waiting(self) -> Waiting:
        """Return what waits for a worker: entries that nobody has claimed and whose time has come."""
        with self.database.read() as connection:
            number, seconds = connection.execute(self._wait).one()
        return Waiting(int(number), max(float(seconds or 0.0), 0.0))

    def counts(self) -> dict[str, int]:
        """Return how many entries are in each state, states without any left out."""
        table = self._table.c
        with self.database.read() as connection:
            rows = connection.execute(select(table.status, func.count()).group_by(table.status)).all()
        return {str(status): int(count) for status, count in rows}

    def finished(
        self, status: StrEnum, error_type: str | None = None, error: str | None = None
    ) -> dict[str, Any]:
        """Return the columns of an entry that is done with."""
        return {
            "status": status,
            "error_type": error_type,
            "error": error,
            "lease_owner": None,
            "lease_expires_at": None,
            "finished_at": now(),
        }

    def released(self) -> dict[str, Any]:
        """Return the columns of an entry that is given back."""
        return {
            "status": self._waiting,
            "max_attempts": self._table.c.max_attempts + 1,
            "available_at": now(),
            "lease_owner": None,
            "lease_expires_at": None,
        }

    def later(self, seconds: float, error_type: str, error: str) -> dict[str, Any]:
        """Return the columns of an entry that is to be tried again after that many *seconds*."""
        return {
            "status": self._waiting,
            "available_at": now() + seconds,
            "error_type": error_type,
            "error": error,
            "lease_owner": None,
            "lease_expires_at": None,
        }

    def _is(self, held: Held) -> ColumnElement[bool]:
        table = self._table.c
        return and_(table.id == held.id, table.attempt == held.attempt, table.status.in_(self._active))

    def _due(self) -> ColumnElement[bool]:
        table = self._table.c
        return or_(and_(table.status == self._waiting, table.available_at <= now()), self._left())

    def _left(self) -> ColumnElement[bool]:
        """Return whether an entry was left by its worker: its lease ran out."""
        return and_(self._table.c.status.in_(self._active), self._table.c.lease_expires_at < now())

    def _spent(self) -> ColumnElement[bool]:
        """Return whether an entry was left by its worker in its last attempt, and is not to be tried once more."""
        if self._abandoned is None:
            return and_(self._left(), false())
        return and_(self._left(), self._table.c.attempt >= self._table.c.max_attempts)

    def _free(self) -> tuple[ColumnElement[bool], ...]:
        """Return what else must hold of an entry before it is claimed."""
        return ()

    def _looking(self) -> Select[bool, bool]:
        spent = literal(value=False) if self._abandoned is None else exists().where(self._spent())
        return select(exists().where(self._due(), *self._free()), spent)

    def _claiming(self) -> ReturningUpdate[*tuple[Any, ...]]:
        table = self._table.c
        # PostgreSQL evaluates a common table expression that locks rows exactly once, a plain sub-select maybe not
        picked = (
            select(table.id)
            .where(self._due(), not_(self._spent()), *self._free())
            .order_by(table.priority.desc(), table.id)
            .limit(bindparam("most", type_=Integer))
            .with_for_update(skip_locked=True)
            .cte("picked")
        )
        return (
            update(self._table)
            .where(table.id.in_(select(picked.c.id)))
            .values(
                status=case((table.status == self._waiting, self._claimed), else_=table.status),
                attempt=table.attempt + 1,
                lease_owner=bindparam("worker", type_=table.lease_owner.type),
                lease_expires_at=now() + bindparam("lease", type_=Float),
                updated_at=now(),
            )
            .returning(*table)
        )

    def _abandon(self, connection: Connection) -> None:
        """Finish entries whose worker died in their last attempt."""
        assert self._abandoned is not None
        ended = self.finished(self._abandoned, RESTART, "every worker that took it ended before it was done")
        connection.execute(update(self._table).where(self._spent()).values(updated_at=now(), **ended))
