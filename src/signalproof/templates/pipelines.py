"""Pipelines, commands and operands: what stands in an action.

Names are checked where they are read, as Go does: a function has to exist, a variable to be declared before, in this block
or around it. Such a fault does not end the reading here: the tree is whole, and all of them are known at once.
"""

from __future__ import annotations

from collections import Counter
from typing import Final, NoReturn

from signalproof.errors import did_you_mean
from signalproof.promql.ast import Span
from signalproof.promql.lexer import LiteralError, unquote
from signalproof.templates.functions import FUNCTIONS
from signalproof.templates.lexer import TemplateSyntaxError, Token, Word, tokens
from signalproof.templates.literals import is_character, is_complex, number_kind
from signalproof.templates.tree import (
    Boolean,
    Chain,
    Command,
    Dot,
    Fault,
    Field,
    Name,
    Nil,
    Number,
    Operand,
    Pipeline,
    String,
    Variable,
)

DECLARED: Final = ("$labels", "$externalLabels", "$externalURL", "$value")
"""The variables that Prometheus declares before every annotation and label."""
DEEPEST: Final = 64
"""Levels of blocks in blocks, and of parentheses in parentheses."""

_OPERANDS: Final = frozenset(
    {
        Word.BOOLEAN, Word.CHARACTER, Word.COMPLEX, Word.DOT, Word.FIELD, Word.NAME, Word.NUMBER, Word.NIL, Word.STRING,
        Word.VARIABLE, Word.OPEN,
    }
)  # fmt: skip
_NOT_EXECUTABLE: Final = (Boolean, Dot, Nil, Number, String)


class Pipelines:
    """Reads the words of a template from the first to the last.

    Attributes:
        text: The template.
        tokens: Its words.
        at: The word that is read next.
        faults: What was read and Prometheus refuses.
        assigned: The variables that are assigned anywhere.
        variables: The variables that are declared here, the last one last.
        declared: How often each of them is.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(tokens(text))
        self.at = 0
        self.parentheses = 0
        self.faults: list[Fault] = []
        self.assigned: set[str] = set()
        self.declare("$", *DECLARED)

    def declare(self, *names: str) -> None:
        """Begin with these variables only, as a definition does."""
        self.variables = list(names)
        self.declared = Counter(names)

    def peek(self) -> Token:
        """Return the next word, which stays to be read."""
        return self.tokens[self.at]

    def next(self) -> Token:
        """Return the next word and go on behind it; behind the last one there is only itself."""
        token = self.tokens[self.at]
        if token.kind not in (Word.END, Word.ERROR):
            self.at += 1
        return token

    def following(self, at: int) -> Token:
        """Return the first word from there that is no space."""
        return self.tokens[at + 1] if self.tokens[at].kind is Word.SPACE else self.tokens[at]

    def skip_space(self) -> Token:
        """Return the next word that is no space, which stays to be read."""
        if self.tokens[self.at].kind is Word.SPACE:
            self.at += 1
        return self.tokens[self.at]

    def unexpected(self, token: Token, wanted: str, remedy: str = "") -> NoReturn:
        """Refuse the template: *token* stands where something else is *wanted*."""
        if token.kind is Word.ERROR:
            raise TemplateSyntaxError(token.text, token.start, token.end, token.help)
        if token.text == "\\":
            remedy = "inside of {{ }} quotes need no backslash"
        if token.kind is Word.END:
            raise TemplateSyntaxError(
                f"the template ends where {wanted} is missing", token.start, token.end, remedy
            )
        message = f"'{token.text}' stands where {wanted} is expected"
        raise TemplateSyntaxError(message, token.start, token.end, remedy)

    def pipeline(self, end: Word, what: str, start: int) -> Pipeline:
        """Return the pipeline up to the word *end*, which is read, too."""
        variables, assigns = self.declarations(what)
        commands: list[Command] = []
        while True:
            token = self.skip_space()
            if token.kind is end:
                break
            if token.kind not in _OPERANDS:
                self.unexpected(token, "a value or a function")
            commands.append(self.command())
        if not commands:
            raise TemplateSyntaxError(
                f"{what} holds no value", start, max(token.end, start), "write what it shows or asks"
            )
        for one in commands[1:]:
            if isinstance(one.operands[0], _NOT_EXECUTABLE):
                first = one.operands[0].span
                raise TemplateSyntaxError(
                    "a pipe leads into what is no function", *first, "only functions take a value"
                )
        self.next()
        return Pipeline(variables, assigns, tuple(commands), Span(start, commands[-1].span.end))

    def declarations(self, what: str) -> tuple[tuple[Variable, ...], bool]:
        """Return the variables that a pipeline sets, and whether it assigns them."""
        variables: list[Variable] = []
        while self.skip_space().kind is Word.VARIABLE:
            token = self.peek()
            sign = self.following(self.at + 1)
            if sign.kind not in (Word.ASSIGN, Word.DECLARE) and (
                sign.kind is not Word.OTHER or sign.text != ","
            ):
                return tuple(variables), False
            self.next()
            self.skip_space()
            self.next()
            variables.append(Variable(token.text, (), Span(token.start, token.end)))
            self.variables.append(token.text)
            self.declared[token.text] += 1
            if sign.text != ",":
                if sign.kind is Word.ASSIGN:
                    self.assigned.update(one.name for one in variables)
                return tuple(variables), sign.kind is Word.ASSIGN
            behind = self.skip_space()
            if what != "range" or len(variables) > 1:
                remedy = "only range sets two variables at once: $index, $element := …"
                raise TemplateSyntaxError("too many variables", token.start, token.end, remedy)
            if behind.kind not in (Word.VARIABLE, Word.RIGHT, Word.CLOSE):
                self.unexpected(behind, "a second variable")
        return tuple(variables), False

    def forget(self, kept: int) -> None:
        """Drop the variables declared since there were *kept*."""
        self.declared.subtract(self.variables[kept:])
        del self.variables[kept:]

    def command(self) -> Command:
        """Return the command up to a pipe, which is read, or to the end of the pipeline, which is not."""
        operands: list[Operand] = []
        start = self.skip_space().start
        while True:
            self.skip_space()
            operand = self.operand()
            if operand is not None:
                operands.append(operand)
            token = self.peek()
            if token.kind is Word.SPACE:
                continue
            if token.kind is Word.PIPE:
                self.next()
            elif token.kind not in (Word.RIGHT, Word.CLOSE):
                remedy = "separate arguments by spaces" if operands and token.text in (",", "(") else ""
                self.unexpected(token, "an argument, a pipe or the end of the action", remedy)
            break
        if not operands:
            raise TemplateSyntaxError(
                "a command without a value", start, token.end, "write a value or a function"
            )
        return Command(tuple(operands), Span(start, operands[-1].span.end))

    def operand(self) -> Operand | None:
        """Return a term with the fields asked of it; None where none stands."""
        start = self.peek()
        term = self.term()
        if term is None or self.peek().kind is not Word.FIELD:
            return term
        fields: list[str] = []
        while self.peek().kind is Word.FIELD:
            fields.append(self.next().text[1:])
        span = self.span(start)
        match term:
            case Field():
                return Field((*term.fields, *fields), span)
            case Variable():
                return Variable(term.name, (*term.fields, *fields), span)
            case Name() | Pipeline():
                return Chain(term, tuple(fields), span)
            case _:
                raise TemplateSyntaxError(
                    f"a field of {start.text}, which has none", *span, "separate words by spaces"
                )

    def term(self) -> Operand | None:
        """Return the literal, name, variable or parenthesis that stands there; None for anything else."""
        token = self.peek()
        span = Span(token.start, token.end)
        if token.kind not in _OPERANDS:
            return None
        self.next()
        match token.kind:
            case Word.NAME:
                self.check_function(token.text, span)
                return Name(token.text, span)
            case Word.DOT:
                return Dot(span)
            case Word.NIL:
                return Nil(span)
            case Word.VARIABLE:
                self.check_variable(token.text, span)
                return Variable(token.text, (), span)
            case Word.FIELD:
                return Field((token.text[1:],), span)
            case Word.BOOLEAN:
                return Boolean(token.text == "true", span)
            case Word.STRING:
                return self.string(token)
            case Word.OPEN:
                return self.parenthesis(token)
            case _:
                return self.number(token)

    def parenthesis(self, token: Token) -> Pipeline:
        """Return the pipeline in a parenthesis that was just opened."""
        self.parentheses += 1
        if self.parentheses > DEEPEST:
            message = f"parentheses are nested more than {DEEPEST} levels deep"
            raise TemplateSyntaxError(message, token.start, token.end)
        inside = self.pipeline(Word.CLOSE, "a parenthesis", token.start)
        self.parentheses -= 1
        return Pipeline(inside.variables, inside.assigns, inside.commands, self.span(token))

    def number(self, token: Token) -> Number:
        """Return the number or character *token*."""
        text, span = token.text, Span(token.start, token.end)
        if token.kind is Word.CHARACTER and is_character(text):
            return Number(text, "int", span)
        if token.kind is Word.COMPLEX and is_complex(text):
            return Number(text, "complex", span)
        kind = number_kind(text) if token.kind is Word.NUMBER else None
        if kind is None:
            what = "character" if token.kind is Word.CHARACTER else "number that fits in 64 bits"
            remedy = 'text stands in double quotes: "…"' if token.kind is Word.CHARACTER else ""
            raise TemplateSyntaxError(f"{text} is no {what}", *span, remedy)
        return Number(text, kind, span)

    def string(self, token: Token) -> String:
        """Return the string *token*."""
        try:
            value = unquote(token.text)
        except LiteralError as error:
            message = str(error)
            raise TemplateSyntaxError(
                message, token.start + error.start, token.start + error.end, error.help
            ) from None
        return String(value, Span(token.start, token.end), value == token.text[1:-1])

    def check_function(self, name: str, span: Span) -> None:
        """Keep a fault where no function is called so."""
        if name in FUNCTIONS:
            return
        if name in ("labels", "value", "externalLabels", "externalURL"):
            remedy = f"write ${name}"
        else:
            remedy = did_you_mean(name, FUNCTIONS, "it is none of Go's text/template, nor of Prometheus")
        self.faults.append(Fault(f"no function is called {name!r}", remedy, span, name))

    def check_variable(self, name: str, span: Span) -> None:
        """Keep a fault where no variable is called so here."""
        if self.declared[name] > 0:
            return
        known = sorted(one for one, count in self.declared.items() if count > 0 and one != "$")
        known = known or ["$"]
        remedy = did_you_mean(name, known, f"there are: {', '.join(known)}")
        self.faults.append(Fault(f"no variable is called {name} here", remedy, span, name))

    def span(self, start: Token) -> Span:
        """Return the span from there to the word that was read last."""
        return Span(start.start, self.tokens[self.at - 1].end)
