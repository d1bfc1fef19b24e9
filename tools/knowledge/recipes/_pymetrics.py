"""Find the metrics that Python source declares with prometheus_client, without running it.

A declaration is a call such as `Counter(name=…, labelnames=[…])`, or of an attribute that stands for such a class
(`self._counter_cls(…)`), or of a class that describes one (`SomeGaugeMetadata(…)` as the value of a mapping).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.utils import floatToGoString

_KINDS = ("counter", "gauge", "histogram", "summary", "info", "enum")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Declared:
    """One declaration; labels or buckets that could not be worked out are None."""

    name: str
    type: str
    labels: tuple[str, ...] | None
    buckets: tuple[str, ...] | None
    hidden: bool
    line: int


class Module:
    """The text of one module, read for names that begin with *prefix*.

    *known* gives the values of variables that come from elsewhere, such as the label names handed to a constructor.
    """

    def __init__(
        self,
        text: str,
        prefix: str,
        known: Mapping[str, tuple[str, ...]],
        constants: Mapping[str, ast.expr] | None = None,
    ) -> None:
        self._prefix = prefix
        self._known = known
        self._tree = ast.parse(text)
        self._parents = {child: node for node in ast.walk(self._tree) for child in ast.iter_child_nodes(node)}
        self._attributes = {**(constants or {}), **constants_of(self._tree)}

    def declared(self) -> Iterator[Declared]:
        """Yield the declarations in the order of the text."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call) and (kind := _kind(node.func)) is not None:
                for name in self._names(node):
                    yield self._one(node, kind, name)

    def _one(self, node: ast.Call, kind: str, name: str) -> Declared:
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        described = ast.unparse(node.func).endswith("Metadata")
        labels: tuple[str, ...] | None = ()
        if "labelnames" in given:
            labels = self._words(given["labelnames"], node)
        elif not described and len(node.args) > 2:
            labels = self._words(node.args[2], node)
        elif not described and None in given:
            labels = None
        if described:
            base = self._known.get("labelnames", ())
            labels = None if labels is None else (*base, *labels)
        bounds = self._numbers(given["buckets"], node) if "buckets" in given else None
        if kind == "counter":
            name = name.removesuffix("_total") + "_total"
        elif kind == "info":
            name, labels = name + "_info", None
        return Declared(name, kind, labels, bounds, self._is_hidden(node), node.lineno)

    def _names(self, node: ast.Call) -> list[str]:
        given = next((keyword.value for keyword in node.keywords if keyword.arg == "name"), None)
        if given is None and node.args:
            given = node.args[0]
        if given is not None and (text := self._word(given, node)) is not None:
            return [text] if text.startswith(self._prefix) else []
        parent = self._parents.get(node)
        if isinstance(parent, ast.Dict) and node in parent.values:
            text = self._word(parent.keys[parent.values.index(node)], node)
            return [text] if text is not None and text.startswith(self._prefix) else []
        if isinstance(given, ast.Name):  # the names of a loop over a table
            scope = next(self._scopes(node))
            tables = [one for one in ast.walk(scope) if isinstance(one, ast.Tuple) and one.elts]
            first = [self._word(one.elts[0], node) for one in tables]
            return [text for text in first if text is not None and text.startswith(self._prefix)]
        return []

    def _scopes(self, node: ast.AST) -> Iterator[ast.AST]:
        at: ast.AST | None = node
        while at is not None:
            if isinstance(at, (*_FUNCTIONS, ast.Module)):
                yield at
            at = self._parents.get(at)

    def _value(self, name: str, node: ast.AST) -> ast.expr | None:
        """Return what was last assigned to the variable *name* before *node*, from the inside out."""
        for scope in self._scopes(node):
            found: ast.expr | None = None
            for one in ast.walk(scope):
                if not isinstance(one, (ast.Assign, ast.AnnAssign)) or one.value is None:
                    continue
                targets = one.targets if isinstance(one, ast.Assign) else [one.target]
                if not any(isinstance(target, ast.Name) and target.id == name for target in targets):
                    continue
                if isinstance(scope, ast.Module) or one.lineno < getattr(node, "lineno", 0):
                    found = one.value
            if found is not None:
                return found
        return None

    def _word(self, value: ast.expr | None, node: ast.AST) -> str | None:
        if isinstance(value, ast.Constant):
            return value.value if isinstance(value.value, str) else None
        if isinstance(value, ast.Attribute):
            return self._word(self._attributes.get(ast.unparse(value)), node)
        if isinstance(value, ast.Name) and (found := self._value(value.id, node)) is not value:
            return self._word(found, node) if found is not None else None
        return None

    def _words(self, value: ast.expr | None, node: ast.AST) -> tuple[str, ...] | None:
        if value is None:
            return None
        if (known := self._known.get(ast.unparse(value))) is not None and (
            not isinstance(value, ast.Name) or self._value(value.id, node) is None
        ):
            return known
        if isinstance(value, (ast.List, ast.Tuple)):
            words = [self._word(one, node) for one in value.elts]
            return None if None in words else tuple(word for word in words if word is not None)
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
            left, right = self._words(value.left, node), self._words(value.right, node)
            return None if left is None or right is None else left + right
        if isinstance(value, ast.Name) and (found := self._value(value.id, node)) is not value:
            return self._words(found, node)
        return None

    def _numbers(self, value: ast.expr | None, node: ast.AST) -> tuple[str, ...] | None:
        if isinstance(value, (ast.List, ast.Tuple)):
            try:
                bounds = [float(one) for one in ast.literal_eval(value)]
            except (ValueError, TypeError):
                return None
            return tuple(str(floatToGoString(one)) for one in bounds if one != float("inf"))  # type: ignore[no-untyped-call]  # prometheus_client does not type it
        if isinstance(value, ast.Name) and (found := self._value(value.id, node)) is not value:
            return self._numbers(found, node)
        return None

    def _is_hidden(self, node: ast.AST) -> bool:
        at: ast.AST | None = node
        while at is not None:
            if isinstance(at, ast.If) and "show_hidden" in ast.unparse(at.test):
                return True
            at = self._parents.get(at)
        return False


def constants_of(tree: ast.AST) -> dict[str, ast.expr]:
    """Return the values of class attributes by `Class.attribute`."""
    return {
        f"{owner.name}.{target.id}": node.value
        for owner in ast.walk(tree)
        if isinstance(owner, ast.ClassDef)
        for node in owner.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _kind(function: ast.expr) -> str | None:
    name = ast.unparse(function).rsplit(".", 1)[-1].lower().strip("_")
    for ending in ("_cls", "metadata"):
        name = name.removesuffix(ending)
    return next((kind for kind in _KINDS if name == kind or name.endswith(kind)), None)
