"""Filling in a template without its data: what it shows, asks and compares, and where it goes wrong.

One pass in the order of the text, as Go fills it in, over every branch: what is said of a branch holds where it is taken. Of
a variable that is assigned anywhere, and of whatever has methods, nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final

from signalproof.errors import did_you_mean
from signalproof.promql.ast import Span
from signalproof.templates.fields import FIELDS, Fields
from signalproof.templates.functions import Kind
from signalproof.templates.guards import guarded
from signalproof.templates.lexer import TemplateSyntaxError
from signalproof.templates.parser import parse
from signalproof.templates.tree import (
    Action,
    Boolean,
    Chain,
    Choice,
    Command,
    Definition,
    Dot,
    Field,
    Invocation,
    Name,
    Nil,
    Node,
    Number,
    Operand,
    Pipeline,
    Range,
    String,
    Template,
    Variable,
)
from signalproof.templates.values import DATA, UNKNOWN, Meaning, Value, string

_DECLARED: Final = {
    "$": DATA,
    "$labels": FIELDS["Labels"],
    "$externalLabels": FIELDS["ExternalLabels"],
    "$externalURL": FIELDS["ExternalURL"],
    "$value": FIELDS["Value"],
}
_WORDS: Final = frozenset({"labels", "externalLabels"})
_SINGLE: Final = frozenset({Kind.FLOAT, Kind.STRING, Kind.BOOL, Kind.SAMPLE, Kind.DATA})
"""What range cannot go through."""


@lru_cache(maxsize=2048)
def meaning(text: str) -> Meaning:
    """Return what the template *text* does when its alert fires.

    Raises:
        TemplateSyntaxError: Prometheus refuses it.
    """
    evaluator = _Evaluator(parse(text))
    try:
        evaluator.run()
    except RecursionError:
        raise TemplateSyntaxError("the template is nested too deeply", 0, len(text)) from None
    return evaluator.meaning


class _Evaluator:
    def __init__(self, tree: Template) -> None:
        self.tree = tree
        self.meaning = Meaning()
        self.calls = Fields(self.meaning)
        self.definitions = {one.name: one for one in tree.definitions}
        self.pending: list[tuple[Definition, Value]] = []
        self.begin(_DECLARED)
        self.guards: frozenset[str] = frozenset()

    def run(self) -> None:
        """Fill in the template, and every template that it invokes, once each."""
        self.nodes(self.tree.nodes, DATA)
        done: set[str] = set()
        while self.pending:
            definition, dot = self.pending.pop()
            if definition.name not in done:
                done.add(definition.name)
                self.begin({"$": dot})
                self.guards = frozenset()
                self.nodes(definition.body, dot)

    def begin(self, variables: Mapping[str, Value]) -> None:
        """Begin with these variables only."""
        self.scope = list(variables)
        self.bound = {name: [value] for name, value in variables.items()}

    def forget(self, kept: int) -> None:
        """Drop the variables declared since there were *kept*."""
        while len(self.scope) > kept:
            self.bound[self.scope.pop()].pop()

    def nodes(self, nodes: Iterable[Node], dot: Value) -> None:
        for one in nodes:
            match one:
                case Action():
                    value = self.pipeline(one.pipeline, dot, one)
                    if not one.pipeline.variables:
                        self.show(value)
                case Choice():
                    self.choice(one, dot)
                case Range():
                    self.range(one, dot)
                case Invocation():
                    self.invocation(one, dot)
                case _:
                    pass

    def show(self, value: Value) -> None:
        """Keep which labels of the alert are written, but for those that were asked for before."""
        for label, span in value.shown:
            if label not in self.guards:
                self.meaning.shown[span] = label

    def choice(self, node: Choice, dot: Value) -> None:
        kept, guards = len(self.scope), self.guards
        for branch in node.branches:
            value = self.pipeline(branch.pipeline, dot)
            there, missing = guarded(branch.pipeline, value)
            before = self.guards
            self.guards = before | there
            self.nodes(branch.body, value if node.keyword == "with" else dot)
            self.guards = before | missing
        self.nodes(node.otherwise, dot)
        self.guards = guards
        self.forget(kept)

    def range(self, node: Range, dot: Value) -> None:
        kept = len(self.scope)
        whole = self.pipeline(node.pipeline, dot)
        self.show(whole)
        index, element = UNKNOWN, UNKNOWN
        match whole.kind:
            case Kind.RESULT:
                index, element = Value(Kind.INT), replace(whole, kind=Kind.SAMPLE, shown=())
            case Kind.LABELS:
                index, element = Value(Kind.STRING), Value(Kind.STRING, asked=whole.asked)
            case kind if kind in _SINGLE:
                remedy = "range goes through the result of a query, or through labels"
                self.calls.fail(
                    f"range cannot go through {kind.value}", remedy, node.pipeline.commands[-1].span
                )
            case _:
                pass
        if not node.pipeline.assigns:
            names = [one.name for one in node.pipeline.variables]
            bound = [element] if len(names) == 1 else [index, element]
            self.forget(len(self.scope) - len(names))
            for name, value in zip(names, bound, strict=False):
                self.bind(name, value)
        inside = len(self.scope)
        self.nodes(node.body, element)
        self.forget(inside)
        self.nodes(node.otherwise, dot)
        self.forget(kept)

    def invocation(self, node: Invocation, dot: Value) -> None:
        given = UNKNOWN if node.pipeline is None else self.pipeline(node.pipeline, dot)
        definition = self.definitions.get(node.name)
        if definition is None:
            remedy = did_you_mean(node.name, self.definitions, "define it in the same text: {{ define … }}")
            self.calls.fail(f"no template is called {node.name!r}", remedy, node.span)
        else:
            self.pending.append((definition, given))

    # values

    def pipeline(self, node: Pipeline, dot: Value, action: Action | None = None) -> Value:
        value: Value | None = None
        before: Span | None = None
        last = len(node.commands) - 1
        for at, command in enumerate(node.commands):
            # an action that is one call is shown as a whole
            whole = action.span if action is not None and at == last < 2 else None
            value = self.command(command, dot, value, before, whole)
            before = command.span if before is None else Span(before.start, command.span.end)
        assert value is not None, "a pipeline has a command"
        for one in node.variables:
            if not node.assigns:
                self.bind(one.name, value)
            elif not self.bound.get(one.name):
                self.calls.fail(f"{one.name} is assigned and was not declared", "declare it: :=", one.span)
        return value

    def bind(self, name: str, value: Value) -> None:
        self.scope.append(name)
        self.bound.setdefault(name, []).append(UNKNOWN if name in self.tree.assigned else value)

    def command(
        self, node: Command, dot: Value, piped: Value | None, before: Span | None, whole: Span | None
    ) -> Value:
        first, *others = node.operands
        if isinstance(first, Name):
            arguments = [self.operand(one, dot) for one in others]
            spans = [one.span for one in others]
            call = node.span
            if piped is not None and before is not None:
                arguments.append(piped)
                spans.append(before)
                call = Span(before.start, node.span.end)
            return self.calls.of(first.name, arguments, spans, first.span, whole or call)
        value = self.operand(first, dot)
        if isinstance(first, Nil):
            return self.calls.fail("nil cannot be written", "leave it out", first.span)
        if (others or piped is not None) and value.kind is not Kind.ANY:
            message = f"{value.kind.value} is no function and takes no argument"
            remedy = (
                'a function comes first: printf "…" $value'
                if others
                else "what is piped goes into a function"
            )
            return self.calls.fail(message, remedy, first.span)
        for one in others:
            self.operand(one, dot)
        return value

    def operand(self, node: Operand, dot: Value) -> Value:
        match node:
            case Name():
                if node.name in _WORDS:
                    self.meaning.words.append(node.span)
                    return UNKNOWN
                return self.calls.of(node.name, (), (), node.span, node.span)
            case Dot():
                return self.calls.used(dot, node.span)
            case Nil():
                return Value(Kind.NOTHING)
            case Boolean():
                return Value(Kind.BOOL)
            case Number():
                return Value({"int": Kind.INT, "float": Kind.FLOAT, "complex": Kind.ANY}[node.kind])
            case String():
                inside = Span(node.span.start + 1, node.span.end - 1) if node.verbatim else node.span
                return string(UNKNOWN, node.value, inside, verbatim=node.verbatim)
            case Variable():
                return self.calls.fields(self.variable(node.name), node.fields, node.span, node.span)
            case Field():
                return self.calls.fields(dot, node.fields, node.span, node.span)
            case Chain(operand=Name(name=name)) if name in _WORDS:
                self.meaning.words.append(node.span)
                return UNKNOWN
            case Chain():
                return self.calls.fields(
                    self.operand(node.operand, dot), node.fields, node.operand.span, node.span
                )
            case Pipeline():
                kept = len(self.scope)
                value = self.pipeline(node, dot)
                self.forget(kept)
                return value

    def variable(self, name: str) -> Value:
        values = self.bound.get(name)
        return values[-1] if values else UNKNOWN
