"""Which numbers, characters and strings Go reads: those of its own language."""

from __future__ import annotations

import re
from math import isinf
from typing import Final, Literal

_SEPARATED: Final = r"[0-9]++(?:_[0-9]++)*+"
_INTEGER: Final = re.compile(
    r"[-+]?+(?:0[xX](?:_?+[0-9a-fA-F])++|0[oO](?:_?+[0-7])++|0[bB](?:_?+[01])++|0(?:_?+[0-7])*+|[1-9](?:_?+[0-9])*+)"
)
_FLOAT: Final = re.compile(
    rf"[-+]?+(?:{_SEPARATED}(?:\.(?:{_SEPARATED})?+)?+|\.{_SEPARATED})(?:[eE][-+]?+{_SEPARATED})?+"
)
_HEX_FLOAT: Final = re.compile(
    r"([-+]?+)0[xX]((?:_?+[0-9a-fA-F])*+)(?:\.([0-9a-fA-F]++(?:_[0-9a-fA-F]++)*+)?+)?+[pP]([-+]?+[0-9]++(?:_[0-9]++)*+)"
)
_COMPLEX: Final = re.compile(r"([-+]?+[^-+]++(?:(?<=[eEpP])[-+][^-+]++)?+)([-+][^i]++)i")
_ESCAPED: Final = re.compile(
    r"\\(?:[abfnrtv\\']|[0-3][0-7]{2}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})"
)
_LONGEST: Final = 400
"""Characters of a number that is read; a longer one is no number that a float or an integer holds exactly."""


def number_kind(text: str) -> Literal["int", "float", "complex"] | None:
    """Return what the number *text* is; None where Go refuses it."""
    if text.endswith("i") and _is_float(text[:-1]):
        return "complex"
    if _INTEGER.fullmatch(text):
        value = _integer(text)
        signed = text[0] in "+-"
        fits = -(2**63) <= value < 2**63 if signed else value < 2**64
        return "int" if fits else None
    if any(one in text for one in ".eEpP") and _is_float(text):
        return "float"
    return None


def is_complex(text: str) -> bool:
    """Whether *text* is a real and an imaginary part: ``1+2i``."""
    found = _COMPLEX.fullmatch(text)
    return found is not None and _is_float(found[1]) and _is_float(found[2])


def is_character(quoted: str) -> bool:
    """Whether *quoted* is one character between single quotes."""
    inside = quoted[1:-1]
    if not inside.startswith("\\"):
        return len(inside) == 1
    if not _ESCAPED.fullmatch(inside):
        return False
    code = int(f"0x{inside[2:]}", 0) if inside[1] in "uU" else 0
    return code <= 0x10FFFF and not 0xD800 <= code < 0xE000


def _integer(text: str) -> int:
    digits = text.replace("_", "").lower()
    if len(digits) > _LONGEST:
        return 2**80
    sign = -1 if digits[0] == "-" else 1
    digits = digits.lstrip("+-")
    prefix = digits[:2]
    if prefix in ("0x", "0o", "0b"):
        return sign * int(digits[2:], {"0x": 16, "0o": 8, "0b": 2}[prefix])
    return sign * int(digits, 8 if digits[0] == "0" else 10)


def _is_float(text: str) -> bool:
    """Whether Go's ``ParseFloat`` takes *text*: in a float's syntax, and not too large."""
    if _FLOAT.fullmatch(text):
        return not isinf(float(text.replace("_", "")))
    found = _HEX_FLOAT.fullmatch(text)
    if found is None or not ((found[2] or "") + (found[3] or "")):
        return False
    try:
        float.fromhex(text.replace("_", ""))
    except OverflowError:
        return False
    return True
