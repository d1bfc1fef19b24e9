"""What to write instead, for the slips that people make most."""

from __future__ import annotations

import re
from typing import Final

from signalproof.errors import did_you_mean
from signalproof.promql.ast import Call, Node, Number, Range, Selector, Unary
from signalproof.promql.functions import AGGREGATIONS, FUNCTIONS, INSTANT, RANGE, SCALAR, STRING, Type

_LOOKALIKES: Final = {
    "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "«": '"', "»": '"',
    "–": "-", "—": "-", "−": "-", "×": "*", "÷": "/", "≥": ">=", "≤": "<=", "≠": "!=", "，": ",", "（": "(", "）": ")",
}  # fmt: skip
_OTHER_LANGUAGES: Final = {
    "&": "the set operator is `and`",
    "|": "the set operator is `or`; a log pipeline is LogQL, not PromQL",
    "!": "PromQL has `!=` and `!~`; for a complement use `unless`",
    "=": "a comparison is written `==`",
    ";": "one expression at a time, without a semicolon",
    "$": "no Grafana variable can start like this",
}


def hint(text: str, at: int, found: str) -> str:
    """Return advice for the unexpected *found* at offset *at* of *text*; empty when there is none."""
    if found in _LOOKALIKES:
        return f"{found} looks like {_LOOKALIKES[found]} but is another character: type {_LOOKALIKES[found]}"
    if found == "\u00a0":
        return "this is a non-breaking space, often pasted from a web page: type a plain one"
    if found in ('"', "'", "`"):
        return f"the string that starts here has no closing {found}"
    if not found:
        return _missing(text)
    if found == ")" and text[:at].rstrip().endswith(","):
        return "no comma stands before the closing parenthesis of a call"
    return _OTHER_LANGUAGES.get(found[0], "")


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
