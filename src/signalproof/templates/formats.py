"""What ``printf`` makes of its format and its arguments: https://pkg.go.dev/fmt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from signalproof.promql.ast import Span
from signalproof.templates.functions import Kind
from signalproof.templates.values import Failure, Piece, Pieces, Value

_VERB: Final = re.compile(
    r"%(?P<flags>[-+# 0]*+[0-9]*+(?:\.[0-9]*+)?+)(?P<verb>[^\[*]|\Z)|%[^%\[*]*+[\[*]", re.DOTALL
)
_FITTING: Final[Mapping[Kind, str]] = {
    Kind.FLOAT: "eEfFgGbxX",
    Kind.INT: "dboOxXcqU",
    Kind.STRING: "sqxX",
    Kind.BOOL: "t",
}
_ALWAYS: Final = "vT"
_TYPES: Final[Mapping[Kind, str]] = {
    Kind.FLOAT: "float64",
    Kind.INT: "int",
    Kind.STRING: "string",
    Kind.BOOL: "bool",
}
_INSTEAD: Final[Mapping[Kind, str]] = {
    Kind.FLOAT: "write %.0f, %.2f or %v: the value is a float64",
    Kind.INT: "write %d or %v",
    Kind.STRING: "write %s or %v: a label is text",
    Kind.BOOL: "write %t or %v",
}


def printed(form: Value, arguments: Sequence[Value], call: Span) -> tuple[Pieces | None, list[Failure]]:
    """Return what ``printf`` says, where that is known, and what it marks as wrong.

    Args:
        form: The format.
        arguments: What is written into it.
        call: Where it is called.
    """
    if form.pieces is None or len(form.pieces) != 1 or form.pieces[0].hole:
        return None, []
    [whole] = form.pieces
    verbs = list(_VERB.finditer(whole.text))
    if any(one["verb"] is None for one in verbs):
        return None, []  # arguments are chosen by number, or give a width
    pieces: list[Piece] = []
    failures: list[Failure] = []
    done, used = 0, 0
    for one in verbs:
        if one.start() > done:
            pieces.append(_part(whole, done, one.start()))
        done = one.end()
        span = _part(whole, one.start(), one.end()).span
        if one["verb"] == "%":
            pieces.append(Piece("%", span))
            continue
        if not one["verb"]:
            failures.append(_mark("a % at the end: it writes %!(NOVERB)", "write %% for the sign", span))
            continue
        argument = arguments[used] if used < len(arguments) else None
        used += 1
        failures += _wrong(one["verb"], argument, span)
        if argument is not None:
            pieces.extend(_hole(one["verb"], one["flags"], argument, span))
    if done < len(whole.text):
        pieces.append(_part(whole, done, len(whole.text)))
    if used < len(arguments):
        count = f"{used} verb{'s' * (used != 1)} and {len(arguments)} arguments"
        message = f"printf has {count}: it writes %!(EXTRA …) behind the text"
        failures.append(_mark(message, "give each argument its verb", call))
    return tuple(pieces), failures


def _part(whole: Piece, start: int, end: int) -> Piece:
    """Return a part of a text with its place, which is that of the whole where the text is not written as it says."""
    if not whole.verbatim:
        return Piece(whole.text[start:end], whole.span)
    return Piece(whole.text[start:end], Span(whole.span.start + start, whole.span.start + end), True)


def _wrong(verb: str, argument: Value | None, span: Span) -> Iterator[Failure]:
    if argument is None:
        yield _mark(
            f"no argument is left for it: it writes %!{verb}(MISSING)", "give it one, or leave it out", span
        )
        return
    fitting = _FITTING.get(argument.kind)
    if fitting is None or verb in fitting or verb in _ALWAYS:
        return
    message = f"%{verb} does not write {argument.kind.value}: it writes %!{verb}({_TYPES[argument.kind]}=…)"
    yield _mark(message, _INSTEAD[argument.kind], span)


def _mark(message: str, remedy: str, span: Span) -> Failure:
    return Failure(message, remedy, span, fatal=False)


def _hole(verb: str, flags: str, argument: Value, span: Span) -> Pieces:
    """Return what a verb writes: a text that is known, or a hole."""
    if verb in "sv" and not flags and argument.kind is Kind.STRING and argument.pieces is not None:
        return argument.pieces
    return (Piece("", span, False, "q" if verb == "q" else "s"),)
