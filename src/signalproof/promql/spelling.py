"""How literals, labels and lengths of time are written."""

from __future__ import annotations

import re
from math import copysign, isinf, isnan
from typing import Final

from signalproof.promql.ast import Duration, DurationOperation, Time, Variable
from signalproof.promql.binary import PRECEDENCE, SIGN_PRECEDENCE

_PLAIN_LABEL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SPECIAL: Final = re.compile(r'[\\"\x00-\x1f\x7f\ufffd\udc80-\udcff]')
_ESCAPES: Final = {
    "\\": r"\\", '"': r"\"", "\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v",
    "\ufffd": r"\ufffd",
}  # fmt: skip
_UNITS: Final = (
    ("y", 31_536_000_000, True),
    ("w", 604_800_000, True),
    ("d", 86_400_000, False),
    ("h", 3_600_000, False),
    ("m", 60_000, False),
    ("s", 1_000, False),
    ("ms", 1, False),
)
_POWER: Final = PRECEDENCE["^"]
_ATOM: Final = _POWER + 1


def label_text(name: str) -> str:
    """Return a label name, in quotes when it is no plain one."""
    return name if _PLAIN_LABEL.fullmatch(name) else quote(name)


def quote(value: str) -> str:
    """Return *value* as a PromQL string."""
    return f'"{_SPECIAL.sub(_escape, value)}"'


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    return _ESCAPES.get(char) or f"\\x{ord(char) & 0xFF:02x}"


def number_text(value: float) -> str:
    """Return *value* as PromQL writes numbers."""
    if isnan(value):
        return "NaN"
    if isinf(value):
        return "Inf" if value > 0 else "-Inf"
    text = str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
    return "-0" if text == "0" and copysign(1, value) < 0 else text


def time_text(time: Time) -> str:
    """Return a length of time as it stands in brackets."""
    match time:
        case Variable():
            return time.text
        case Duration():
            return duration_text(time.seconds)
        case DurationOperation():
            return _operation(time)


def _operation(time: DurationOperation) -> str:
    operator, operands = time.operator, time.operands
    if operator not in PRECEDENCE:
        return f"{operator}({', '.join(time_text(one) for one in operands)})"
    if len(operands) == 1:
        return f"{operator}{_time_wrapped(operands[0], _POWER)}"
    precedence = PRECEDENCE[operator]
    to_the_right = operator == "^"
    factor = operator not in "+-"
    left = _time_wrapped(operands[0], precedence + to_the_right, factor=factor)
    right = operands[1]
    signed = _time_tightness(right) == SIGN_PRECEDENCE and not _is_arithmetic(right)
    shown = _time_wrapped(right, 0 if signed else precedence + (not to_the_right), factor=factor)
    return f"{left} {operator} {shown}"


def _time_wrapped(time: Time, least: int, *, factor: bool = False) -> str:
    if factor and isinstance(time, Duration) and abs(time.seconds) < 60:
        shown = number_text(time.seconds)  # "2m * 15" reads better than "2m * 15s", and means the same
    else:
        shown = time_text(time)
    return shown if _time_tightness(time) >= least else f"({shown})"


def _is_arithmetic(time: Time) -> bool:
    return isinstance(time, DurationOperation) and len(time.operands) == 2 and time.operator in PRECEDENCE


def _time_tightness(time: Time) -> int:
    if isinstance(time, DurationOperation) and time.operator in PRECEDENCE:
        return PRECEDENCE[time.operator] if len(time.operands) == 2 else SIGN_PRECEDENCE
    if isinstance(time, Duration) and time.seconds < 0:
        return SIGN_PRECEDENCE
    return _ATOM


def duration_text(seconds: float) -> str:
    """Return *seconds* as Prometheus writes durations: ``1h30m``, ``1w``, ``250ms``."""
    if seconds < 0:
        return f"-{duration_text(-seconds)}"
    rest = round(seconds * 1000)
    if rest / 1000 != seconds:
        return number_text(seconds)
    if not rest:
        return "0s"
    text = ""
    for unit, size, whole in _UNITS:
        if whole and rest % size:
            continue
        if rest >= size:
            text += f"{rest // size}{unit}"
            rest %= size
    return text
