"""Python source as text: names, literals and calls, laid out as a formatter leaves them at any length of line."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable, Sequence
from typing import Final

from signalproof.text import shown

_BUILT_IN: Final = frozenset(dir(builtins))
_NARROW: Final = 88
"""The narrowest line that a formatter is usually told to fill."""


class Names:
    """The names of one module: each is given once, and none that Python or the module's imports have.

    Args:
        imported: What the module imports.
    """

    def __init__(self, imported: Iterable[str] = ()) -> None:
        self._taken = set(imported)

    def take(self, *wanted: str) -> str:
        """Return the first of *wanted* that is free, or the last one with a number behind it."""
        for name in wanted:
            if self._free(name):
                break
        else:
            number = 2
            while not self._free(name := f"{wanted[-1]}_{number}"):
                number += 1
        self._taken.add(name)
        return name

    def _free(self, name: str) -> bool:
        return (
            name.isidentifier()
            and not keyword.iskeyword(name)
            and name not in _BUILT_IN
            and name not in self._taken
        )


def constant(text: str) -> str:
    """Return *text* as the name of a constant: ``http_requests`` is ``HTTP_REQUESTS``, ``4xx`` is ``N4XX``."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    plain = re.sub(r"[^A-Za-z0-9]+", "_", parted).strip("_").upper()
    return plain if plain and not plain[0].isdecimal() else f"N{plain}" if plain else "EMPTY"


def camel(text: str) -> str:
    """Return *text* as the name of a class: ``status_code`` is ``StatusCode``."""
    words = re.split(r"[^A-Za-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text))
    plain = "".join(word[:1].upper() + word[1:] for word in words)
    return plain if plain and not plain[0].isdecimal() else f"N{plain}"


def label_name_of(class_name: str) -> str:
    """Return the label that a class of that name declares where it does not say; see `catalogue.labels.Label`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", class_name).lower()


def literal(text: str) -> str:
    """Return *text* as a Python string, quoted as a formatter quotes it; whatever a terminal would obey is escaped."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_escaped(one, quote) for one in text) + quote


_NAMED: Final = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escaped(one: str, quote: str) -> str:
    if one == quote:
        return f"\\{one}"
    if one in _NAMED:
        return _NAMED[one]
    if one.isprintable():
        return one
    code = ord(one)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def number(value: float) -> str:
    """Return *value* as a Python number."""
    return repr(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def texts(values: Sequence[str]) -> str:
    """Return a tuple of strings, on one line."""
    return f"({', '.join(map(literal, values))}{',' if len(values) == 1 else ''})"


def checked(source: str, doubt: str, indent: str = "") -> str:
    """Return a line of *source* with the comment that marks what to check: behind it, or above where it would be broken."""
    if not doubt:
        return indent + source
    comment = f"# check: {shown(doubt)}"
    behind = f"{indent}{source}  {comment}"
    if "\n" not in source and ("(" not in source or len(behind) <= _NARROW):
        return behind
    return f"{indent}{comment}\n{indent}{source}"


def call(function: str, arguments: Iterable[tuple[str, str]], indent: str = "") -> str:
    """Return a call with one argument a line, which no formatter joins again.

    Args:
        function: What is called.
        arguments: Each as source, and what is to be checked about it.
        indent: What stands before each line but the first.
    """
    lines = [checked(f"{source},", doubt, f"{indent}    ") for source, doubt in arguments]
    return "\n".join([f"{function}(", *lines, f"{indent})"])


def docstring(text: str, indent: str = "", *, more: str = "") -> str:
    """Return *text* as a docstring: of one line, or with a paragraph that says *more*."""
    safe = shown(text).replace("\\", "\\\\").replace('"""', "'''")
    if more:
        return f'{indent}"""{safe}\n\n{indent}{more}\n{indent}"""'
    return f'{indent}"""{safe}{" " if safe.endswith(chr(34)) else ""}"""'
