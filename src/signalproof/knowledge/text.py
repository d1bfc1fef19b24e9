"""A ``/metrics`` page or a dump of one, in the text format or OpenMetrics, as metric families.

Formats: https://prometheus.io/docs/instrumenting/exposition_formats/, OpenMetrics 1.0:
https://prometheus.io/docs/specs/om/open_metrics_spec/. What was seen is a fact: names, types, label names, bucket bounds,
zeros. What was not seen may come: values are open, and a family that is not there may be lazy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from signalproof.catalogue.family import Family, Type
from signalproof.errors import Location, SignalproofError
from signalproof.knowledge.samples import Collected

_STRING = r'"([^"\\\n]*(?:\\.[^"\\\n]*)*)"'
_LABEL = re.compile(rf"\s*(?:([a-zA-Z_][a-zA-Z0-9_]*)|{_STRING})\s*(?:=\s*{_STRING}\s*)?(?:,|(?=\}}))\s*")
_OPEN = re.compile(r"[ \t]*\{")
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_VALUE = re.compile(
    r"\s+([+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|0[xX][0-9a-fA-F.pP+-]+|[iI][nN][fF](?:inity)?|[nN][aA][nN]))"
    r"(?:\s+[+-]?\d+(?:\.\d*)?)?\s*(?:#\s*\{.*)?"
)
_COMMENT = re.compile(rf"#\s*(HELP|TYPE|UNIT)\s+(?:([a-zA-Z_:][a-zA-Z0-9_:]*)|{_STRING})(?:\s(.*))?")
_ESCAPE = re.compile(r"\\(.)")
_TYPES = {str(one): one for one in Type if one is not Type.RECORDED} | {"untyped": Type.UNKNOWN}


def looks_like_samples(text: str) -> bool:
    """Whether a text that begins with a brace is an exposition whose first metric has a quoted name."""
    return re.match(rf"\s*\{{\s*{_STRING}\s*[,}}]", text) is not None


def families_of_text(text: str, file: str = "", *, values: bool = False) -> tuple[Family, ...]:
    """Return what a ``/metrics`` *text* says.

    Args:
        text: The exposition.
        file: Where it came from, for messages.
        values: Whether the label values seen are all there are; else nothing is claimed of them.

    Raises:
        SignalproofError: A line is neither a comment nor a sample.
    """
    found = Collected(file)
    for number, line in enumerate(text.split("\n"), 1):
        if not line or line.isspace():
            continue
        if line.startswith("#"):
            _take_comment(line, number, found)
            continue
        name, labels, value = _sample(line.rstrip("\r"), Location(file, number))
        found.take(name, labels, value, number)
    return tuple(found.families(values=values))


def _take_comment(line: str, number: int, found: Collected) -> None:
    said = _COMMENT.fullmatch(line.rstrip())
    if said is None:
        return
    name, rest = said[2] or _unescaped(said[3]), (said[4] or "").strip()
    if said[1] == "HELP":
        found.family(name, number).help = rest
    elif said[1] == "UNIT":
        found.family(name, number).unit = rest
    else:
        found.typed(name, _TYPES.get(rest, Type.UNKNOWN), number)


def _sample(line: str, where: Location) -> tuple[str, dict[str, str], float]:
    """Return the name, the labels and the value of one sample line."""
    text = line.lstrip()
    found = _NAME.match(text)
    name, at = (found[0], found.end()) if found else ("", 0)
    labels: dict[str, str] = {}
    opened = _OPEN.match(text, at)
    if opened is not None:
        at = opened.end()
        while text[at : at + 1] != "}":
            label = _LABEL.match(text, at)
            if label is None:
                raise _broken(line, where)
            if label[3] is None:
                name = name or _unescaped(label[2] or "")
            else:
                labels[label[1] or _unescaped(label[2])] = _unescaped(label[3])
            at = label.end()
        at += 1
    value = _VALUE.fullmatch(text, at)
    if not name or value is None:
        raise _broken(line, where)
    return name, labels, _number(value[1])


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:  # Go reads hexadecimal floats, too
        return (
            float.fromhex(text)
            if re.fullmatch(r"[+-]?0[xX][0-9a-fA-F]+(\.[0-9a-fA-F]*)?([pP][+-]?\d+)?", text)
            else float("nan")
        )


def _broken(line: str, where: Location) -> SignalproofError:
    return SignalproofError(
        f"not an exposition: {line[:60]!r}", 'a sample is written name{label="value"} 1', where=where
    )


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], text) if "\\" in text else text


def names_in(text: str) -> Iterator[str]:
    """Yield the name of every sample line of *text*, whatever else is wrong with it."""
    for line in text.split("\n"):
        if (found := _NAME.match(line)) is not None:
            yield found[0]
