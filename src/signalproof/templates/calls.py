"""What the functions of a template give, and which arguments they fail at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from signalproof.promql.ast import Span
from signalproof.promql.regex import PatternError, matches_empty
from signalproof.templates.formats import printed
from signalproof.templates.functions import FUNCTIONS, Function, Kind
from signalproof.templates.values import (
    UNKNOWN,
    Asked,
    Failure,
    Meaning,
    Piece,
    Pieces,
    Value,
    Written,
    judged,
    mixed,
)

_BASIC: Final = frozenset({Kind.STRING, Kind.FLOAT, Kind.INT, Kind.BOOL})
_NUMBERS: Final = frozenset({Kind.ANY, Kind.STRING, Kind.FLOAT, Kind.INT})
_LONG: Final = frozenset({Kind.ANY, Kind.STRING, Kind.LABELS, Kind.RESULT})
_CONVERTING: Final = frozenset(
    {
        "humanize",
        "humanize1024",
        "humanizeDuration",
        "humanizePercentage",
        "humanizeTimestamp",
        "toTime",
        "toDuration",
    }
)
_COMPARING: Final = frozenset({"eq", "ne", "lt", "le", "gt", "ge"})
_TRANSPARENT: Final = frozenset({Kind.RESULT, Kind.SAMPLE})


class Calls:
    """Calls functions, and keeps what is learnt by that.

    Attributes:
        meaning: What is learnt.
    """

    def __init__(self, meaning: Meaning) -> None:
        self.meaning = meaning

    def fail(self, message: str, remedy: str, span: Span) -> Value:
        """Keep that the template fails there; nothing is known of what it gives."""
        self.meaning.failures.append(Failure(message, remedy, span))
        return UNKNOWN

    def of(
        self, name: str, arguments: Sequence[Value], spans: Sequence[Span], name_span: Span, call: Span
    ) -> Value:
        """Return what a function gives.

        Args:
            name: The function.
            arguments: All of its arguments, the piped one last.
            spans: Where each of them stands.
            name_span: Where the name stands.
            call: Where the call stands, what is piped into it included.
        """
        function = FUNCTIONS.get(name)
        if function is None:
            return UNKNOWN
        if not self._is_counted(function, len(arguments), name_span):
            return replace(UNKNOWN, kind=function.gives)
        for at, (value, span) in enumerate(zip(arguments, spans, strict=True)):
            wanted = function.takes[min(at, len(function.takes) - 1)]
            if not _fits(value.kind, wanted):
                return self.fail(
                    f"{name} takes {wanted.value} there, and this is {value.kind.value}",
                    _remedy(name, value),
                    span,
                )
        if name in _COMPARING:
            return self._compared(name, arguments, spans, name_span)
        if name in _CONVERTING:
            return self._converted(function, arguments[0], spans[0], call)
        match name:
            case "and" | "or":
                kinds = {one.kind for one in arguments}
                return judged(kinds.pop() if len(kinds) == 1 else Kind.ANY, arguments)
            case "not":
                return judged(Kind.BOOL, arguments)
            case "len":
                if arguments[0].kind not in _LONG:
                    return self.fail(f"{arguments[0].kind.value} has no length", "", spans[0])
                return judged(Kind.INT, arguments)
            case "index":
                return self._indexed(arguments, spans)
            case "slice":
                kind = arguments[0].kind
                return mixed(kind if kind in (Kind.STRING, Kind.RESULT) else Kind.ANY, arguments)
            case "printf":
                pieces, failures = printed(arguments[0], arguments[1:], call)
                self.meaning.failures += failures
                return mixed(Kind.STRING, arguments, pieces)
            case "print":
                return mixed(Kind.STRING, arguments, _joined(arguments))
            case "match" | "reReplaceAll":
                self._pattern(arguments[0], spans[0])
                return mixed(Kind.STRING, arguments) if name != "match" else judged(Kind.BOOL, arguments)
            case "query":
                return self._query(arguments[0], call)
            case "first" | "value" | "label" | "sortByLabel" | "strvalue":
                return self._sampled(function, arguments, spans)
            case _:
                return mixed(function.gives, arguments)

    def _is_counted(self, function: Function, given: int, span: Span) -> bool:
        most = None if function.variadic else len(function.takes)
        fewest = 2 if function.name == "eq" else function.fewest
        if given >= fewest and (most is None or given <= most):
            return True
        if function.name == "value" and not given:
            self.meaning.words.append(span)
            return False
        wanted = f"{fewest}" if most is not None else f"at least {fewest}"
        message = f"{function.name} takes {wanted} argument{'s' * (fewest != 1)} and is given {given}"
        self.fail(message, "a value that is piped in counts as the last one", span)
        return False

    def _compared(self, name: str, arguments: Sequence[Value], spans: Sequence[Span], span: Span) -> Value:
        first, *others = arguments
        for other, place in zip(others, spans[1:], strict=True):
            kinds = {first.kind, other.kind}
            if kinds <= _BASIC and len(kinds) == 2:
                message = f"{name} compares {first.kind.value} with {other.kind.value}: Go compares like with like only"
                return self.fail(message, _alike(first, other), place if name == "eq" else span)
            if kinds <= _BASIC and Kind.BOOL in kinds and name not in ("eq", "ne"):
                return self.fail(f"{name} does not order bools", "", span)
        return judged(Kind.BOOL, arguments)

    def _converted(self, function: Function, value: Value, span: Span, call: Span) -> Value:
        name = function.name
        if value.kind not in _NUMBERS:
            return self.fail(
                f"{name} takes a number, and this is {value.kind.value}", _remedy(name, value), span
            )
        said = value.literal
        if value.kind is Kind.STRING and said is not None and not _is_number(said):
            return self.fail(f"{name} takes a number, and this says {said!r}", "", span)
        if value.kind is Kind.FLOAT and (value.of_alert or value.query is not None):
            self.meaning.written.append(Written(name, call, value.query))
        return mixed(function.gives, (value,))

    def _indexed(self, arguments: Sequence[Value], spans: Sequence[Span]) -> Value:
        whole, *keys = arguments
        for key, span in zip(keys, spans[1:], strict=True):
            match whole.kind:
                case Kind.LABELS:
                    if key.kind not in (Kind.STRING, Kind.ANY):
                        return self.fail(
                            f"labels have names, and this is {key.kind.value}", 'index $labels "name"', span
                        )
                    name = key.literal
                    whole = mixed(Kind.STRING, arguments) if name is None else self.label(whole, name, span)
                case Kind.RESULT | Kind.STRING:
                    if key.kind not in (Kind.INT, Kind.ANY):
                        message = f"{whole.kind.value} is counted through, and this is {key.kind.value}"
                        return self.fail(message, "index takes a number there", span)
                    whole = (
                        replace(whole, kind=Kind.SAMPLE)
                        if whole.kind is Kind.RESULT
                        else mixed(Kind.INT, arguments)
                    )
                case Kind.FLOAT | Kind.INT | Kind.BOOL | Kind.DATA | Kind.SAMPLE:
                    return self.fail(f"index cannot look into {whole.kind.value}", "", spans[0])
                case _:
                    return mixed(Kind.ANY, arguments)
        return whole

    def label(self, labels: Value, name: str, span: Span) -> Value:
        """Return a label of the alert or of a sample."""
        piece = (Piece("", span, False, "s"),)
        if labels.of_alert:
            return Value(Kind.STRING, piece, ((name, span),), frozenset({name}))
        if labels.sampled and labels.query is not None:
            self.meaning.labels.append((labels.query, name, span))
        return Value(Kind.STRING, piece, labels.shown, labels.asked)

    def _pattern(self, pattern: Value, span: Span) -> None:
        if pattern.literal is not None:
            try:
                matches_empty(pattern.literal)
            except PatternError as error:
                self.fail(f"{pattern.literal!r} is no regular expression: {error}", error.help, span)

    def _query(self, text: Value, call: Span) -> Value:
        # whether there is a result says nothing of the labels that were put into the query
        made = replace(mixed(Kind.RESULT, (text,)), asked=frozenset())
        if text.pieces is None:
            return made
        asked = Asked(text.pieces, call)
        self.meaning.queries.append(asked)
        return replace(made, query=asked)

    def _sampled(self, function: Function, arguments: Sequence[Value], spans: Sequence[Span]) -> Value:
        sample = arguments[-1]
        name = arguments[0].literal
        if function.name in ("label", "sortByLabel") and name is not None and sample.query is not None:
            self.meaning.labels.append((sample.query, name, spans[0]))
        made = mixed(function.gives, arguments)
        if function.gives in _TRANSPARENT or function.gives is Kind.FLOAT:
            return replace(made, query=sample.query)
        return replace(made, pieces=(Piece("", spans[-1], False, "s"),))


def _fits(given: Kind, wanted: Kind) -> bool:
    if given is Kind.NOTHING:
        return wanted in (Kind.ANY, Kind.RESULT, Kind.SAMPLE)
    return Kind.ANY in (given, wanted) or given is wanted


def _remedy(name: str, value: Value) -> str:
    if value.kind is Kind.RESULT and name in ("value", "label", "strvalue"):
        return "take one sample of the result: … | first | …"
    if value.kind is Kind.SAMPLE:
        return 'take its number or a label: … | value, … | label "name"'
    if value.kind is Kind.RESULT:
        return "take a number of the result: … | first | value"
    if value.kind in (Kind.FLOAT, Kind.INT):
        return (
            'make it text first: printf "%v" …'
            if name not in ("first", "value", "label", "sortByLabel")
            else ""
        )
    return "take one of them: $labels.name" if value.kind is Kind.LABELS else ""


def _alike(first: Value, other: Value) -> str:
    kinds = {first.kind, other.kind}
    if kinds == {Kind.FLOAT, Kind.INT}:
        return "write the number with a point: 5.0"
    return 'write the number as text: "5"' if Kind.STRING in kinds and len(kinds) == 2 else ""


def _joined(arguments: Sequence[Value]) -> Pieces | None:
    """Return what ``print`` says: the texts one after the other; between others it puts spaces."""
    pieces: list[Piece] = []
    for one in arguments:
        if one.kind is not Kind.STRING or one.pieces is None:
            return None
        pieces += one.pieces
    return tuple(pieces)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return text.lower().lstrip("+-").startswith("0x") or "_" in text
    return True
