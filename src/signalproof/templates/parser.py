"""The grammar of Go's ``text/template``: what Prometheus refuses is refused here, and nothing else is."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from signalproof.promql.ast import Span
from signalproof.templates.lexer import TemplateSyntaxError, Token, Word
from signalproof.templates.pipelines import DEEPEST, Pipelines
from signalproof.templates.tree import (
    Action,
    Branch,
    Choice,
    Comment,
    Definition,
    Invocation,
    Leave,
    Node,
    Range,
    Template,
    Text,
)


@lru_cache(maxsize=2048)
def parse(text: str) -> Template:
    """Return the tree of *text*.

    Raises:
        TemplateSyntaxError: Prometheus refuses it, or it is nested too deeply.
    """
    try:
        return _Parser(text).template()
    except RecursionError:
        raise TemplateSyntaxError("the template is nested too deeply", 0, len(text)) from None


class _Parser(Pipelines):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.blocks = self.ranges = 0
        self.definitions: dict[str, Definition] = {}

    def template(self) -> Template:
        """Return the whole."""
        nodes: list[Node] = []
        while self.peek().kind is not Word.END:
            if self.peek().kind is Word.LEFT and self.following(self.at + 1).text == "define":
                self.definition(self.next())
            else:
                nodes += self.node_or(())
        definitions, faults = tuple(self.definitions.values()), tuple(self.faults)
        return Template(tuple(nodes), definitions, faults, frozenset(self.assigned), Span(0, len(self.text)))

    def close(self, what: str) -> Token:
        token = self.skip_space()
        if token.kind is not Word.RIGHT:
            self.unexpected(token, f"the end of {{{{ {what}", "close the action: }}")
        return self.next()

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
                remedy = (
                    "leave it out"
                    if word.text == "end"
                    else "it belongs between {{ if … }} and its {{ end }}"
                )
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
            remedy = (
                f"write {{{{ else }}}} and a block of its own: {keyword} has no {{{{ else {again.text} }}}}"
            )
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
            raise TemplateSyntaxError(
                f"else in {{{{ {keyword} … }}}}", word.start, word.end, "it has no else"
            )
        self.close("end")
        self.variables, self.declared, self.ranges = variables, declared, ranges
        before = self.definitions.get(name)
        if before is None or _is_empty(before.body):
            self.definitions[name] = Definition(name, body, self.span(left))
        elif not _is_empty(body):
            message = f"the template {name!r} is defined twice"
            raise TemplateSyntaxError(
                message, left.start, self.tokens[self.at - 1].end, "give each its own name"
            )


def _is_empty(body: tuple[Node, ...]) -> bool:
    """Whether a template holds nothing: spaces and comments."""
    return all(isinstance(one, Comment) or (isinstance(one, Text) and not one.text.strip()) for one in body)
