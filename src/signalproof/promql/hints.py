"""What to write instead, for the slips that people make most."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from unicodedata import category

from signalproof.errors import did_you_mean
from signalproof.promql.ast import Call, Node, Number, Range, Selector, Unary
from signalproof.promql.functions import AGGREGATIONS, FUNCTIONS, INSTANT, RANGE, SCALAR, STRING, Type

_LOOKALIKES: Final = {
    "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "«": '"', "»": '"',
    "–": "-", "—": "-", "−": "-", "×": "*", "÷": "/", "≥": ">=", "≤": "<=", "≠": "!=", "，": ",", "（": "(", "）": ")",
}  # fmt: skip
_FOUND: Final = {
    "&": "the set operator is `and`",
    "|": "the set operator is `or`; a log pipeline is LogQL, not PromQL",
    "!": "PromQL has `!=` and `!~`; for a complement use `unless`",
    "=": "a comparison is written `==`",
    ";": "one expression at a time, without a semicolon",
    "$": "no Grafana variable can start like this",
    ".": 'a name with dots stands in braces and quotes: {"http.requests"}',
    ")": "this parenthesis closes nothing",
    "]": "this bracket closes nothing",
    "}": "this brace closes nothing",
}
"""Advice by the character that was found."""
_INSIDE: Final = {"]": "a range needs a duration: [5m]", "}": "", ")": ""}
"""Advice by the closing bracket that was found where something had to stand before it."""


def hint(text: str, at: int, found: str) -> str:
    """Return advice for the unexpected *found* at offset *at* of *text*; empty when there is none."""
    if not found:
        return _missing(text)
    before = text[:at].rstrip()[-1:]
    if found in _LOOKALIKES:
        advice = (
            f"{found} looks like {_LOOKALIKES[found]} but is another character: type {_LOOKALIKES[found]}"
        )
    elif found[0] in "\"'`":
        advice = f"the string that starts here has no closing {found}" if len(found) == 1 else ""
    elif found == "\u00a0":
        advice = "this is a non-breaking space, often pasted from a web page: type a plain one"
    elif category(found[0]) in ("Cf", "Cc", "Zs"):
        advice = f"this is an invisible character (U+{ord(found[0]):04X}), often pasted along: delete it"
    elif found[0].isdigit():
        advice = "it is no number, and no duration such as 1h30m or 250ms"
    elif found == ")" and before == ",":
        advice = "no comma stands before the closing parenthesis of a call"
    elif found == ">" and before == "<":
        advice = "unequal is written `!=`"
    elif found in _INSIDE and before in ("[", ",", "(", "{", "=", "~"):
        advice = _INSIDE[found]
    else:
        advice = _FOUND.get(found[0], "")
    return advice


def _missing(text: str) -> str:
    closers = {"(": ")", "[": "]", "{": "}"}
    open_brackets: list[str] = []
    quote = ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'`":
            quote = char
        elif char in closers:
            open_brackets.append(closers[char])
        elif open_brackets and char == open_brackets[-1]:
            open_brackets.pop()
    if quote:
        return f"a string has no closing {quote}"
    return f"a {open_brackets[-1]!r} is missing" if open_brackets else ""


_RENAMED: Final = {
    "holt_winters": "double_exponential_smoothing",
    "mean": "avg",
    "average": "avg",
    "percentile": "quantile",
    "median": "quantile",
    "if": "and",
    "by": "sum by",
}
_WORD: Final = re.compile(r"[ \t\r\n]*(?:([A-Za-z_]+)|(=)(?![=~]))?")


def follower_hint(text: str, at: int, before: Node) -> str:
    """Return advice for what stands at offset *at*, behind the expression *before*; empty when there is none."""
    match = _WORD.match(text, at)
    word = (match[1] or match[2] or "").lower() if match else ""
    if word == "=":
        return "a comparison is written `==`"
    if word in ("by", "without"):
        if isinstance(before, Call):
            return (
                f"{before.function}() is a function, not an aggregation, and takes no `{word}`:"
                f" aggregate inside it, {before.function}(… sum {word} (…) (…))"
            )
        return f"`{word}` follows an aggregation: sum {word} (…) (…)"
    if word in ("group_left", "group_right"):
        return f"{word} stands behind the operator, after on (…) or ignoring (…)"
    if word == "for":
        return "how long an alert must hold stands beside the expression: `for: 5m` in the rule"
    if word in ("on", "ignoring", "bool"):
        return f"`{word}` stands behind an operator: a / {word} (…) b"
    return ""


def unknown_function_hint(name: str) -> str:
    """Return advice for a function that does not exist."""
    lower = name.lower()
    if lower in ("by", "without", "on", "ignoring", "group_left", "group_right"):
        return f"`{lower}` is a modifier: by and without belong to an aggregation, the others to an operator"
    if lower in _RENAMED:
        return f"write {_RENAMED[lower]}"
    if lower in FUNCTIONS:
        return f"functions are written in lower case: {lower}"
    return did_you_mean(lower, [*FUNCTIONS, *AGGREGATIONS])


def operand_hint(type_: Type) -> str:
    """Return advice for an operand that is neither a scalar nor an instant vector."""
    if type_ == RANGE:
        return "wrap it in rate(…) or a function of the *_over_time family"
    return 'samples are numbers; a label is compared in braces: x{label="…"}'


def order_hint(given: Sequence[Type], wanted: Sequence[Type]) -> str:
    """Return advice when the arguments are the right ones in another order; else empty."""
    if sorted(given) != sorted(wanted):
        return ""
    return f"the arguments stand in this order: {', '.join(wanted)}"


def argument_hint(text: str, arg: Node, given: Type, wanted: Type) -> str:
    """Return advice for an argument of the wrong type; empty when there is none."""
    written = text[arg.span.start : arg.span.end]
    short = written if len(written) <= 40 else "…"
    if wanted == RANGE and given == INSTANT:
        return (
            f"give it a range: {short}[5m]"
            if isinstance(arg, Selector)
            else f"make it a subquery: ({short})[5m:]"
        )
    if wanted == INSTANT and given == RANGE:
        if isinstance(arg, Range):
            return "drop the range, or rate it first: rate(x[5m])"
        return "wrap it in a function of the *_over_time family"
    if wanted == SCALAR and given == INSTANT:
        return f"a single series becomes a scalar with scalar({short})"
    if wanted == INSTANT and given == SCALAR:
        return f"a scalar becomes a vector with vector({short})"
    if wanted == STRING:
        return (
            f'put it in quotes: "{short}"'
            if isinstance(arg, Selector | Number | Unary)
            else "it takes a text in quotes"
        )
    return ""
