"""The words of a template: the text between actions, and what stands in ``{{ … }}``.

The grammar is that of Go's ``text/template``, whose lexer decides by the next character alone; so one pattern reads each
word, none can backtrack, and every character is read once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import Final, NamedTuple

from signalproof.errors import SignalproofError
from signalproof.promql.ast import Span


class TemplateSyntaxError(SignalproofError):
    """A template that Prometheus refuses.

    Attributes:
        span: What is wrong.
    """

    def __init__(self, message: str, start: int, end: int, help: str = "") -> None:  # noqa: A002  # as in SignalproofError
        super().__init__(message, help)
        self.span = Span(start, end)


class Word(Enum):
    """What a word is."""

    TEXT = auto()
    COMMENT = auto()
    LEFT = auto()
    RIGHT = auto()
    SPACE = auto()
    ASSIGN = auto()
    DECLARE = auto()
    PIPE = auto()
    STRING = auto()
    VARIABLE = auto()
    CHARACTER = auto()
    FIELD = auto()
    DOT = auto()
    NUMBER = auto()
    COMPLEX = auto()
    NAME = auto()
    KEYWORD = auto()
    NIL = auto()
    BOOLEAN = auto()
    OPEN = auto()
    CLOSE = auto()
    OTHER = auto()
    ERROR = auto()
    END = auto()


class Token(NamedTuple):
    """A word at its place.

    Attributes:
        kind: What it is.
        start: Where it begins.
        end: Where it ends.
        text: How it is written; of an error, what is wrong.
        help: Of an error, what to write instead.
    """

    kind: Word
    start: int
    end: int
    text: str
    help: str = ""


KEYWORDS: Final = frozenset(
    {"block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"}
)
_SPACES: Final = " \t\r\n"
_WORDS: Final = re.compile(
    r"""
      (?P<right>[ \t\r\n]-\}\}|\}\})
    | (?P<space>(?:[ \t\r\n](?!-\}\}))++)
    | (?P<string>"(?:[^"\\\n]|\\[^\n])*+"|`[^`]*+`)
    | (?P<character>'(?:[^'\\\n]|\\[^\n])*+')
    | (?P<declare>:=)
    | (?P<variable>\$\w*+)
    | (?P<field>\.(?![0-9])\w++)
    | (?P<dot>\.(?![0-9]))
    | (?P<number>[-+.0-9])
    | (?P<name>\w++)
    | (?P<single>[=|()])
    | (?P<other>[\x21-\x7e])
    """,
    re.VERBOSE,
)
_PART: Final = (
    r"[-+]?+(?:0[xX][0-9a-fA-F_]*+(?:\.[0-9a-fA-F_]*+)?+(?:[pP][-+]?+[0-9_]*+)?+"
    r"|0[oO][0-7_]*+(?:\.[0-7_]*+)?+|0[bB][01_]*+(?:\.[01_]*+)?+"
    r"|[0-9_]*+(?:\.[0-9_]*+)?+(?:[eE][-+]?+[0-9_]*+)?+)i?+"
)
_NUMBER: Final = re.compile(rf"({_PART})(?:(?=[-+])({_PART}))?+")
_TERMINATOR: Final = re.compile(r"[ \t\r\n.,|:()]|\}\}|\Z")
_KINDS: Final = {
    "space": Word.SPACE, "string": Word.STRING, "character": Word.CHARACTER, "declare": Word.DECLARE,
    "other": Word.OTHER, "variable": Word.VARIABLE, "field": Word.FIELD,
}  # fmt: skip
_SINGLES: Final = {"=": Word.ASSIGN, "|": Word.PIPE, "(": Word.OPEN, ")": Word.CLOSE}
_UNFINISHED: Final = {
    '"': "a string that does not end: it ends in the line it begins in",
    "`": "a raw string that does not end",
    "'": "a character that does not end",
    ":": "a colon means nothing here",
}


def tokens(text: str) -> Iterator[Token]:
    """Yield the words of *text*, the last one of them `Word.END` or the first `Word.ERROR`."""
    at, length = 0, len(text)
    while at < length:
        left = text.find("{{", at)
        if left < 0:
            yield Token(Word.TEXT, at, length, text[at:])
            break
        inside = left + 2
        trims = text[inside : inside + 1] == "-" and text[inside + 1 : inside + 2] in (" ", "\t", "\r", "\n")
        before = text[at:left].rstrip(_SPACES) if trims else text[at:left]
        if before:
            yield Token(Word.TEXT, at, at + len(before), before)
        first = inside + 2 if trims else inside
        if text.startswith("/*", first):
            close = text.find("*/", first + 2)
            if close < 0:
                yield Token(Word.ERROR, left, first + 2, "a comment that does not end", "close it: */}}")
                return
            ended = _WORDS.match(text, close + 2)
            if ended is None or ended.lastgroup != "right":
                remedy = "close the action right behind the comment: */}}"
                yield Token(
                    Word.ERROR,
                    close,
                    close + 2,
                    "an action holds a comment or something else, not both",
                    remedy,
                )
                return
            yield Token(Word.COMMENT, left, ended.end(), text[left : ended.end()])
            at = ended.end()
            if ended[0] != "}}":
                at = _behind_spaces(text, at)
            continue
        yield Token(Word.LEFT, left, inside, "{{")
        last = None
        for last in _action(text, left, first):  # the last one says where the action ended
            yield last
        if last is None or last.kind is not Word.RIGHT:
            return
        at = last.end
        if last.text != "}}":
            at = _behind_spaces(text, at)
    yield Token(Word.END, length, length, "")


def _behind_spaces(text: str, at: int) -> int:
    while text[at : at + 1] and text[at] in _SPACES:
        at += 1
    return at


def _action(text: str, left: int, at: int) -> Iterator[Token]:
    """Yield what stands in the action that begins at *left*, the `Word.RIGHT` or `Word.ERROR` that ends it included."""
    opened: list[int] = []
    while True:
        found = _WORDS.match(text, at)
        if found is None:
            yield _unread(text, left, at)
            return
        group, end = found.lastgroup, found.end()
        assert group is not None, "every alternative has a name"
        if group == "right":
            if opened:
                yield Token(
                    Word.ERROR, opened[-1], opened[-1] + 1, "a parenthesis is not closed", "close it: )"
                )
            else:
                yield Token(Word.RIGHT, at, end, found[0])
            return
        if group == "number":
            token = _number(text, at)
        elif group in ("name", "field", "variable", "dot"):
            token = _word(text, group, at, end)
        elif group == "single":
            token = Token(_SINGLES[found[0]], at, end, found[0])
            if token.kind is Word.OPEN:
                opened.append(at)
            elif token.kind is Word.CLOSE and not opened:
                token = Token(
                    Word.ERROR, at, end, "a parenthesis is closed that was not opened", "leave it out"
                )
            elif token.kind is Word.CLOSE:
                opened.pop()
        elif group == "other" and found[0] in _UNFINISHED:
            token = Token(Word.ERROR, at, end, _UNFINISHED[found[0]])
        else:
            token = Token(_KINDS[group], at, end, found[0])
        yield token
        if token.kind is Word.ERROR:
            return
        at = token.end


def _unread(text: str, left: int, at: int) -> Token:
    if at >= len(text):
        return Token(Word.ERROR, left, left + 2, "an action is not closed", "close it: }}")
    return Token(Word.ERROR, at, at + 1, f"{text[at]!r} means nothing in an action")


def _number(text: str, at: int) -> Token:
    found = _NUMBER.match(text, at)
    assert found is not None, "every part of it may be empty"
    end = found.end()
    following = text[end : end + 1]
    odd = _is_letter(following)
    if odd or (found[2] is not None and found[2][-1] != "i"):
        return Token(
            Word.ERROR, at, end + odd, f"{text[at : end + odd]!r} is no number", "separate words by spaces"
        )
    return Token(Word.NUMBER if found[2] is None else Word.COMPLEX, at, end, found[0])


def _word(text: str, group: str, at: int, end: int) -> Token:
    """Return the name, field, variable or dot that stands there; only some characters may follow one."""
    word = text[at:end]
    if not word.isascii():
        odd = next((one for one in range(at, end) if not (text[one] in "$." or _is_letter(text[one]))), end)
        if odd < end:
            return Token(Word.ERROR, odd, odd + 1, f"{text[odd]!r} is no letter")
    if not _TERMINATOR.match(text, end):
        message = f"{text[end]!r} cannot stand right behind {word!r}"
        if text[end] in "-+*/%<>=" or word[0] not in "$.":
            remedy = "separate words by spaces; there is no arithmetic"
        else:
            remedy = 'a name with other characters than letters, digits and _: index $labels "name"'
        return Token(Word.ERROR, end, end + 1, message, remedy)
    if group == "dot":
        return Token(Word.DOT, at, end, word)
    if group != "name":
        return Token(_KINDS[group], at, end, word)
    if word in KEYWORDS:
        return Token(Word.KEYWORD, at, end, word)
    if word in ("true", "false"):
        return Token(Word.BOOLEAN, at, end, word)
    return Token(Word.NIL if word == "nil" else Word.NAME, at, end, word)


def _is_letter(one: str) -> bool:
    """Whether Go takes *one* for a letter, a digit or an underscore."""
    return one == "_" or one.isalpha() or one.isdecimal()
