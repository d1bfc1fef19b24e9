"""The grammar of Go's ``text/template``: what Prometheus refuses is refused here, and nothing else is.

Names are checked where they are read, as Go does: a function has to exist, a variable to be declared before, in this block
or around it. Such a fault does not end the reading here: the tree is whole, and all of them are known at once.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Final, Literal, NoReturn

from signalproof.errors import did_you_mean
from signalproof.promql.ast import Span
from signalproof.promql.lexer import LiteralError, unquote
from signalproof.templates.functions import FUNCTIONS
from signalproof.templates.lexer import TemplateSyntaxError, Token, Word, tokens
from signalproof.templates.literals import is_character, is_complex, number_kind
from signalproof.templates.tree import (
    Action,
    Boolean,
    Branch,
    Chain,
    Choice,
    Command,
    Comment,
    Definition,
    Dot,
    Fault,
    Field,
    Invocation,
    Leave,
    Name,
    Nil,
    Node,
    Number,
    Operand,
    Pipeline,
    Range,
    String,
    Template,
    Text,
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


@lru_cache(maxsize=2048)
def parse(text: str) -> Template:
    """Return the tree of *text*.

    Raises:
        TemplateSyntaxError: Prometheus refuses it, or it is nested too deeply.
    """
    return _Parser(text).template()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(tokens(text))
        self.at = 0
        self.blocks = self.parentheses = self.ranges = 0
        self.faults: list[Fault] = []
        self.definitions: list[Definition] = []
        self.declare("$", *DECLARED)

    def declare(self, *names: str) -> None:
        """Begin with these variables only, as a definition does."""
        self.variables = list(names)
        self.declared = Counter(names)

    def template(self) -> Template:
        """Return the whole."""
        nodes: list[Node] = []
        while self.peek().kind is not Word.END:
            if self.peek().kind is Word.LEFT and self.following(self.at + 1).text == "define":
                self.definition(self.next())
            else:
                nodes += self.node_or(())
        return Template(tuple(nodes), tuple(self.definitions), tuple(self.faults), Span(0, len(self.text)))

    # words

    def peek(self) -> Token:
        return self.tokens[self.at]

    def next(self) -> Token:
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
        if token.kind is Word.ERROR:
            raise TemplateSyntaxError(token.text, token.start, token.end, token.help)
        if token.kind is Word.END:
            raise TemplateSyntaxError(f"the template ends where {wanted} is missing", token.start, token.end, remedy)
        raise TemplateSyntaxError(f"{token.text!r} stands where {wanted} is expected", token.start, token.end, remedy)

    def close(self, what: str) -> Token:
        token = self.skip_space()
        if token.kind is not Word.RIGHT:
            self.unexpected(token, f"the end of {{{{ {what}", "close the action: }}")
        return self.next()

    # blocks

    def node_or(self, ends: tuple[str, ...]) -> list[Node]:
        """Return the next node, or none where one of the keywords *ends* stands, which stays to be read."""
        token = self.peek()
        if token.kind is Word.TEXT:
            self.next()
            return [Text(token.text, Span(token.start, token.end))]
        if token.kind is Word.COMMENT:
            self.next()
            return [Comment(Span(token.start, token.end))]
        if token.kind is not Word.LEFT:
            self.unexpected(token, "text or an action")
        keyword = self.following(self.at + 1)
        if keyword.kind is not Word.KEYWORD:
            self.next()
            pipeline = self.pipeline(Word.RIGHT, "an action", keyword.start)
            return [Action(pipeline, self.span(token))]
        if keyword.text in ends:
            return []
        self.next()
        self.skip_space()
        self.next()
        return [self.keyword(token, keyword)]

    def keyword(self, left: Token, word: Token) -> Node:
        match word.text:
            case "if" | "with":
                return self.choice(left, "if" if word.text == "if" else "with")
            case "range":
                return self.range(left)
            case "break" | "continue":
                self.close(word.text)
                if not self.ranges:
                    remedy = "it leaves a loop: write it between {{ range … }} and its {{ end }}"
                    raise TemplateSyntaxError(f"{word.text} outside of range", word.start, word.end, remedy)
                return Leave("break" if word.text == "break" else "continue", self.span(left))
            case "template":
                name = self.name("template")
                pipeline = None
                if self.skip_space().kind is Word.RIGHT:
                    self.next()
                else:
                    pipeline = self.pipeline(Word.RIGHT, "template", self.peek().start)
                return Invocation(name, pipeline, self.span(left))
            case "block":
                return self.block(left)
            case "define":
                remedy = "define it outside of every block"
                raise TemplateSyntaxError("define inside of a block", word.start, word.end, remedy)
            case _:
                remedy = "leave it out" if word.text == "end" else "it belongs between {{ if … }} and its {{ end }}"
                raise TemplateSyntaxError(f"{word.text} closes nothing", word.start, word.end, remedy)

    def body(self, left: Token, keyword: str, ends: tuple[str, ...]) -> tuple[tuple[Node, ...], Token]:
        """Return the nodes up to one of the keywords *ends*, and that keyword, behind which reading goes on."""
        nodes: list[Node] = []
        self.blocks += 1
        if self.blocks > DEEPEST:
            message = f"blocks are nested more than {DEEPEST} levels deep"
            raise TemplateSyntaxError(message, left.start, left.end)
        while self.peek().kind is not Word.END:
            found = self.node_or(ends)
            if not found:
                self.next()
                self.skip_space()
                self.blocks -= 1
                return tuple(nodes), self.next()
            nodes += found
        message = f"{{{{ {keyword} … }}}} is not closed"
        raise TemplateSyntaxError(message, left.start, left.end, "write {{ end }} behind what belongs to it")

    def choice(self, left: Token, keyword: Literal["if", "with"]) -> Choice:
        kept = len(self.variables)
        branches: list[Branch] = []
        otherwise: tuple[Node, ...] = ()
        start = left
        while True:
            pipeline = self.pipeline(Word.RIGHT, keyword, self.skip_space().start)
            body, word = self.body(left, keyword, ("end", "else"))
            branches.append(Branch(pipeline, body, Span(start.start, word.start)))
            if word.text == "end":
                break
            again = self.skip_space()
            if again.kind is Word.KEYWORD and again.text == keyword:
                start = self.next()
                continue
            otherwise = self.otherwise(left, keyword)
            break
        self.close("end")
        self.forget(kept)
        return Choice(keyword, tuple(branches), otherwise, self.span(left))

    def otherwise(self, left: Token, keyword: str) -> tuple[Node, ...]:
        again = self.skip_space()
        if again.kind is Word.KEYWORD:
            remedy = f"write {{{{ else }}}} and a block of its own: {keyword} has no {{{{ else {again.text} }}}}"
            self.unexpected(again, "the end of {{ else", remedy)
        self.close("else")
        nodes, word = self.body(left, keyword, ("end", "else"))
        if word.text == "else":
            message = f"a second else of one {{{{ {keyword} … }}}}"
            raise TemplateSyntaxError(message, word.start, word.end, "there is one, and it comes last")
        return nodes

    def range(self, left: Token) -> Range:
        kept = len(self.variables)
        pipeline = self.pipeline(Word.RIGHT, "range", self.skip_space().start)
        self.ranges += 1
        body, word = self.body(left, "range", ("end", "else"))
        self.ranges -= 1
        otherwise = self.otherwise(left, "range") if word.text == "else" else ()
        self.close("end")
        self.forget(kept)
        return Range(pipeline, body, otherwise, self.span(left))

    def name(self, what: str) -> str:
        token = self.skip_space()
        if token.kind is not Word.STRING:
            self.unexpected(token, f"the name of the {what}, in quotes,")
        return self.string(self.next()).value

    def definition(self, left: Token) -> None:
        self.skip_space()
        self.next()
        name = self.name("template")
        self.close("define")
        self.apart(left, "define", name)

    def block(self, left: Token) -> Invocation:
        name = self.name("block")
        pipeline = self.pipeline(Word.RIGHT, "block", self.skip_space().start)
        self.apart(left, "block", name)
        return Invocation(name, pipeline, self.span(left))

    def apart(self, left: Token, keyword: str, name: str) -> None:
        """Read the body of a template of its own, which sees no variable of what is around it."""
        variables, declared, ranges = self.variables, self.declared, self.ranges
        self.declare("$")
        self.ranges = 0
        body, word = self.body(left, keyword, ("end", "else"))
        if word.text == "else":
            raise TemplateSyntaxError(f"else in {{{{ {keyword} … }}}}", word.start, word.end, "it has no else")
        self.close("end")
        self.variables, self.declared, self.ranges = variables, declared, ranges
        again = next((one for one in self.definitions if one.name == name and not _is_empty(one.body)), None)
        if again is not None and not _is_empty(body):
            message = f"the template {name!r} is defined twice"
            raise TemplateSyntaxError(message, left.start, self.tokens[self.at - 1].end, "give each its own name")
        self.definitions.append(Definition(name, body, self.span(left)))

    # pipelines

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
            raise TemplateSyntaxError(f"{what} holds no value", start, max(token.end, start), "write what it shows or asks")
        for one in commands[1:]:
            if isinstance(one.operands[0], _NOT_EXECUTABLE):
                first = one.operands[0].span
                raise TemplateSyntaxError("a pipe leads into what is no function", *first, "only functions take a value")
        self.next()
        return Pipeline(variables, assigns, tuple(commands), Span(start, commands[-1].span.end))

    def declarations(self, what: str) -> tuple[tuple[Variable, ...], bool]:
        variables: list[Variable] = []
        while self.skip_space().kind is Word.VARIABLE:
            token = self.peek()
            sign = self.following(self.at + 1)
            if sign.kind not in (Word.ASSIGN, Word.DECLARE) and (sign.kind is not Word.OTHER or sign.text != ","):
                return tuple(variables), False
            self.next()
            self.skip_space()
            self.next()
            variables.append(Variable(token.text, (), Span(token.start, token.end)))
            self.variables.append(token.text)
            self.declared[token.text] += 1
            if sign.text != ",":
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
            raise TemplateSyntaxError("a command without a value", start, token.end, "write a value or a function")
        return Command(tuple(operands), Span(start, operands[-1].span.end))

    def operand(self) -> Operand | None:
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
                raise TemplateSyntaxError(f"a field of {start.text}, which has none", *span, "separate words by spaces")

    def term(self) -> Operand | None:
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
        self.parentheses += 1
        if self.parentheses > DEEPEST:
            message = f"parentheses are nested more than {DEEPEST} levels deep"
            raise TemplateSyntaxError(message, token.start, token.end)
        inside = self.pipeline(Word.CLOSE, "a parenthesis", token.start)
        self.parentheses -= 1
        return Pipeline(inside.variables, inside.assigns, inside.commands, self.span(token))

    def number(self, token: Token) -> Number:
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
        try:
            value = unquote(token.text)
        except LiteralError as error:
            message = str(error)
            raise TemplateSyntaxError(
                message, token.start + error.start, token.start + error.end, error.help
            ) from None
        return String(value, Span(token.start, token.end), value == token.text[1:-1])

    def check_function(self, name: str, span: Span) -> None:
        if name in FUNCTIONS:
            return
        if name in ("labels", "value", "externalLabels", "externalURL"):
            remedy = f"write ${name}"
        else:
            remedy = did_you_mean(name, FUNCTIONS, "there are those of Go's text/template and of Prometheus")
        self.faults.append(Fault(f"no function is called {name!r}", remedy, span, name))

    def check_variable(self, name: str, span: Span) -> None:
        if self.declared[name] > 0:
            return
        known = sorted(one for one, count in self.declared.items() if count > 0 and one != "$")
        known = known or ["$"]
        remedy = did_you_mean(name, known, f"there are: {', '.join(known)}")
        self.faults.append(Fault(f"no variable is called {name} here", remedy, span, name))

    def span(self, start: Token) -> Span:
        """Return the span from there to the word that was read last."""
        return Span(start.start, self.tokens[self.at - 1].end)


def _is_empty(body: tuple[Node, ...]) -> bool:
    """Whether a template holds nothing: spaces and comments."""
    return all(isinstance(one, Comment) or (isinstance(one, Text) and not one.text.strip()) for one in body)
