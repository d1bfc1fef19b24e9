"""The database's clock: it alone decides when a lease ends, so that a worker whose own clock is wrong does no harm."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class now(FunctionElement[float]):  # noqa: N801  # reads as the SQL function it is
    """Unix time in seconds, at the moment the statement runs."""

    type = Float()
    inherit_cache = True


@compiles(now, "postgresql")
def _on_postgresql(element: now, compiler: SQLCompiler, **_: Any) -> str:
    # now() would be the start of the transaction, which may have waited for a lock since
    return "CAST(extract(epoch FROM clock_timestamp()) AS double precision)"


@compiles(now, "sqlite")
def _on_sqlite(element: now, compiler: SQLCompiler, **_: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"
