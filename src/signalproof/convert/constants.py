"""What expressions of Python source are, as far as that stands in the source: nothing is run.

Followed are names, attributes of classes, modules and enums, f-strings, string methods, tuples, comprehensions and
functions that are one ``return``; whatever else an expression needs makes it unknown.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from signalproof.catalogue.existing import CLIENT
from signalproof.convert.module import FUNCTIONS, Module, assigned_in
from signalproof.convert.tree import Tree
from signalproof.convert.values import (
    MAKERS,
    METHODS,
    OPERATORS,
    UNKNOWN,
    Enumeration,
    Unknown,
    frozen,
    has_unknown,
    unpacked,
)

_DEEPEST: Final = 40
_MOST_STEPS: Final = 50_000
_WIDE: Final = re.compile(r"\d{4}")  # in a format, a width that nobody means
_LONGEST: Final = 1_000  # elements of a sequence, and characters of a text times a hundred


@dataclass(frozen=True)
class Scope:
    """Where an expression stands.

    Attributes:
        tree: All modules.
        module: Its module.
        bound: Parameters and loop variables → their values.
        within: The class around it.
        function: The function around it.
        assigned: What the result of the function around it is assigned to, where it is called; empty for nothing.
        depth: How many names were followed.
    """

    tree: Tree
    module: Module
    bound: Mapping[str, Any] = field(default_factory=dict)
    within: ast.ClassDef | None = None
    function: ast.FunctionDef | ast.AsyncFunctionDef | None = None
    assigned: str = ""
    depth: int = 0

    def alternatives(self, node: ast.expr) -> tuple[Any, ...]:
        """Return what *node* may be: of ``a if … else b`` both."""
        if isinstance(node, ast.IfExp):
            return (*self.alternatives(node.body), *self.alternatives(node.orelse))
        return (self.value(node),)

    def value(self, node: ast.expr | None) -> Any:
        """Return what *node* is, lists as tuples; `UNKNOWN` where that is not in the source."""
        self.tree.steps += 1
        if node is None or self.depth > _DEEPEST or self.tree.steps > _MOST_STEPS:
            return UNKNOWN
        try:
            found = replace(self, depth=self.depth + 1)._value(node)  # noqa: SLF001  # its own
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError):
            return UNKNOWN
        return UNKNOWN if isinstance(found, str) and len(found) > _LONGEST * 100 else found

    def _value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                return self._name(node.id)
            case ast.Attribute():
                return self._attribute(node)
            case ast.JoinedStr():
                return self._joined(node)
            case ast.Tuple() | ast.List() | ast.Set():
                return self._sequence(node.elts)
            case ast.Dict():
                pairs = [
                    (self.value(key), self.value(one))
                    for key, one in zip(node.keys, node.values, strict=True)
                ]
                return UNKNOWN if any(key is UNKNOWN for key, _ in pairs) else dict(pairs)
            case ast.BinOp():
                return self._binary(node)
            case ast.IfExp():
                return self._either(node)
            case ast.UnaryOp(op=ast.USub()):
                return -self.value(node.operand)
            case ast.Call():
                return self._call(node)
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
                return self._comprehension(node.elt, node.generators)
            case ast.Subscript():
                return self.value(node.value)[self.value(node.slice)]
            case _:
                return UNKNOWN

    def _either(self, node: ast.IfExp) -> Any:
        """Return what both sides are, or the one side that is known, which is then assumed."""
        sides = [self.value(one) for one in (node.body, node.orelse)]
        known = [one for one in sides if not has_unknown(one)]
        if len(known) == 1:
            self.tree.assumed.add("may be made at run time")
        return known[0] if known and all(one == known[0] for one in known) else UNKNOWN

    def _environment(self, node: ast.Call) -> Any:
        """Return what an environment variable stands for where it is not set."""
        name, *rest = (self.value(one) for one in node.args)
        if not rest or rest[0] is UNKNOWN or not isinstance(name, str):
            return UNKNOWN
        self.tree.assumed.add(f"may be set by {name} in the environment")
        return rest[0]

    def _name(self, name: str) -> Any:
        if name in self.bound:
            return self.bound[name]
        if self.function is not None and (local := assigned_in(self.function.body).get(name)) is not None:
            return self.value(local)
        if (
            self.within is not None
            and self.function is None
            and (own := assigned_in(self.within.body).get(name))
        ):
            return self.value(own)
        if name in self.module.assigned:
            return Scope(self.tree, self.module, depth=self.depth).value(self.module.assigned[name])
        if name in self.module.classes:
            return self._members(self.module, self.module.classes[name])
        return self._imported(self.module.imports.get(name, ""))

    def _imported(self, dotted: str) -> Any:
        if dotted in ("math.inf", "prometheus_client.utils.INF"):
            return float("inf")
        if not dotted or (found := self.tree.owner(dotted)) is None:
            return UNKNOWN
        module, name = found
        return Scope(self.tree, module, depth=self.depth).value(ast.Name(name))

    def _attribute(self, node: ast.Attribute) -> Any:
        if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls") and self.within is not None:
            return self._own(node.attr)
        dotted = self.tree.dotted(node, self.module)
        if dotted.startswith("prometheus_client") and dotted.endswith("Histogram.DEFAULT_BUCKETS"):
            return CLIENT.bounds
        held = self.value(node.value)
        if isinstance(held, Enumeration):
            return held.members[node.attr]
        if node.attr == "value" and not isinstance(held, Unknown):
            return held  # of the member of an enum
        return self._imported(dotted) if dotted else UNKNOWN

    def _own(self, name: str) -> Any:
        """Return what ``self.name`` is: assigned in the class, or by its ``__init__``."""
        assert self.within is not None
        body = assigned_in(self.within.body)
        if name in body:
            return Scope(self.tree, self.module, within=self.within, depth=self.depth).value(body[name])
        init = next(
            (one for one in self.within.body if isinstance(one, FUNCTIONS) and one.name == "__init__"), None
        )
        assigned = assigned_in(init.body).get(f"self.{name}") if init is not None else None
        return replace(self, function=init).value(assigned)

    def _members(self, module: Module, one: ast.ClassDef) -> Any:
        scope = Scope(self.tree, module, within=one, depth=self.depth)
        return Enumeration({name: scope.value(node) for name, node in assigned_in(one.body).items()})

    def _joined(self, node: ast.JoinedStr) -> Any:
        parts: list[str] = []
        for one in node.values:
            if isinstance(one, ast.FormattedValue):
                value = self.value(one.value)
                if (
                    isinstance(value, Unknown | Enumeration)
                    or one.format_spec is not None
                    or one.conversion != -1
                ):
                    return UNKNOWN
                parts.append(str(value))
            else:
                parts.append(str(self.value(one)))
        return "".join(parts)

    def _sequence(self, elements: list[ast.expr]) -> Any:
        found: list[Any] = []
        for one in elements:
            if isinstance(one, ast.Starred):
                more = self.value(one.value)
                found.extend(more if isinstance(more, tuple) else list(more))
            else:
                found.append(self.value(one))
        return tuple(found)

    def _binary(self, node: ast.BinOp) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        if UNKNOWN in (left, right) or isinstance(left, Enumeration) or isinstance(right, Enumeration):
            return UNKNOWN
        if isinstance(node.op, ast.Mod) and isinstance(left, str) and not _WIDE.search(left):
            return left % (right if isinstance(right, tuple) else (right,))
        if isinstance(node.op, ast.Pow) and all(
            isinstance(one, int | float) and abs(one) <= _LONGEST for one in (left, right)
        ):
            return float(left) ** right
        work = OPERATORS.get(type(node.op))
        if work is None or (
            isinstance(node.op, ast.Mult) and not all(isinstance(one, int | float) for one in (left, right))
        ):
            return UNKNOWN
        return work(left, right)

    def _call(self, node: ast.Call) -> Any:
        arguments = [self.value(one) for one in node.args]
        if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            text = self.value(node.func.value)
            named = {one.arg: self.value(one.value) for one in node.keywords if one.arg}
            known = (
                isinstance(text, str)
                and not _WIDE.search(text)
                and not any(has_unknown(one) for one in (*arguments, *named.values()))
            )
            return frozen(getattr(text, node.func.attr)(*arguments, **named)) if known else UNKNOWN
        dotted = self.tree.dotted(node.func, self.module)
        if dotted in ("os.getenv", "os.environ.get"):
            return self._environment(node)
        if dotted in MAKERS and len(arguments) == 1 and not node.keywords:
            return UNKNOWN if has_unknown(arguments[0]) else MAKERS[dotted](arguments[0])
        found = self.tree.owner(dotted)
        function = found[0].functions.get(found[1]) if found is not None else None
        if found is None or function is None:
            return UNKNOWN
        body = [
            one
            for one in function.body
            if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        ]
        if len(body) != 1 or not isinstance(body[0], ast.Return):
            return UNKNOWN
        bound = bindings(function, node, self)
        return Scope(self.tree, found[0], bound, function=function, depth=self.depth).value(body[0].value)

    def _comprehension(self, element: ast.expr, generators: list[ast.comprehension]) -> Any:
        if len(generators) != 1 or generators[0].ifs:
            return UNKNOWN
        each = self.each(generators[0].target, generators[0].iter)
        return UNKNOWN if each is None else tuple(one.value(element) for one in each)

    def each(self, target: ast.expr, iterable: ast.expr) -> list[Scope] | None:
        """Return this scope with *target* bound to each element of *iterable*; None where these are not known."""
        listed = self.value(iterable)
        if (
            isinstance(iterable, ast.Call)
            and isinstance(iterable.func, ast.Attribute)
            and iterable.func.attr in ("items", "keys", "values")
        ):
            held = self.value(iterable.func.value)
            listed = tuple(getattr(held, iterable.func.attr)()) if isinstance(held, dict) else UNKNOWN
        if not isinstance(listed, tuple | dict | Enumeration) or len(tuple(listed)) > _LONGEST:
            return None
        return [replace(self, bound={**self.bound, **unpacked(target, one)}) for one in listed]


def bindings(
    function: ast.FunctionDef | ast.AsyncFunctionDef, call: ast.Call, scope: Scope
) -> dict[str, Any]:
    """Return the parameters of *function* with what a *call* of it, which stands in *scope*, gives them."""
    named = [*function.args.posonlyargs, *function.args.args]
    if named and named[0].arg in ("self", "cls"):
        named = named[1:]
    every = [*named, *function.args.kwonlyargs]
    bound: dict[str, Any] = dict.fromkeys((one.arg for one in every), UNKNOWN)
    own = Scope(scope.tree, scope.module, depth=scope.depth)
    for one, default in zip(reversed(named), reversed(function.args.defaults), strict=False):
        bound[one.arg] = own.value(default)
    for one, given in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        if given is not None:
            bound[one.arg] = own.value(given)
    if any(isinstance(one, ast.Starred) for one in call.args) or any(
        one.arg is None for one in call.keywords
    ):
        return dict.fromkeys(bound, UNKNOWN)
    values = [scope.value(one) for one in call.args]
    bound.update((one.arg, value) for one, value in zip(named, values, strict=False))
    if function.args.vararg is not None:
        bound[function.args.vararg.arg] = tuple(values[len(named) :])
    if function.args.kwarg is not None:
        rest = [one for one in call.keywords if one.arg not in bound]
        bound[function.args.kwarg.arg] = {one.arg: scope.value(one.value) for one in rest}
    bound.update((one.arg, scope.value(one.value)) for one in call.keywords if one.arg in bound)
    return bound
