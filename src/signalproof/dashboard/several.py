"""What people type where several things stand: a tuple, a list, one thing alone."""

from __future__ import annotations

from typing import Any

from signalproof.errors import Location, SignalproofError


def several(
    given: Any, kind: type[Any] | tuple[type[Any], ...], what: str, where: Location
) -> tuple[Any, ...]:
    """Return the things of that *kind* in *given*, which holds them at any depth, or is one.

    ``Row("…", (TimeSeries(…)))`` has no comma and so no tuple: what is meant is clear.

    Args:
        given: What was typed.
        kind: What it has to be made of.
        what: A word for one of them: ``panel``.
        where: The declaration.

    Raises:
        SignalproofError: Something else is among them.
    """
    if isinstance(given, kind):
        return (given,)
    if isinstance(given, list | tuple):
        return tuple(one for each in given for one in several(each, kind, what, where))
    raise SignalproofError(
        f"a {type(given).__name__} where a {what} is asked for: {given!s:.60}",
        f"give one {what}, or several in a tuple",
        where=where,
    )
