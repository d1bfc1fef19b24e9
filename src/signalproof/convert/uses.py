"""How the source uses a metric: the label values that it writes out, and what an info says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from signalproof.catalogue.family import Family
from signalproof.convert.environments import scopes
from signalproof.convert.tree import Site, Tree


def label_values(tree: Tree, family: Family, called: set[str]) -> dict[str, set[str]]:
    """Return label → every value that ``.labels(…)`` gives it, for those of which all are written out.

    Args:
        tree: The source.
        family: The metric, with its labels in their order.
        called: What the source calls it.
    """
    found: dict[str, set[str]] = {}
    unsure: set[str] = set()
    names = tuple(family.labels)
    for site in _used(tree, "labels", called):
        if any(isinstance(one, ast.Starred) for one in site.call.args) or any(
            one.arg is None for one in site.call.keywords
        ):
            return {}
        given = dict(zip(names, site.call.args, strict=False))
        given |= {one.arg: one.value for one in site.call.keywords if one.arg}
        tree.steps = 0
        for scope in scopes(site, tree):
            for name, node in given.items():
                tree.assumed.clear()
                values: tuple[Any, ...] = scope.alternatives(node)
                if not tree.assumed and all(isinstance(one, str | int | float) for one in values):
                    found.setdefault(name, set()).update(map(str, values))
                else:
                    unsure.add(name)
    return {name: values for name, values in found.items() if name not in unsure and name in names}


def info_keys(tree: Tree, called: set[str]) -> tuple[str, ...]:
    """Return the labels that ``.info({…})`` gives an info; nothing where they are made at run time."""
    for site in _used(tree, "info", called):
        if site.call.args and isinstance(site.call.args[0], ast.Dict):
            keys = [one.value if isinstance(one, ast.Constant) else None for one in site.call.args[0].keys]
            return tuple(one for one in keys if isinstance(one, str)) if all(keys) else ()
    return ()


def _used(tree: Tree, method: str, called: set[str]) -> Iterator[Site]:
    """Yield the calls of *method* on what is called as the metric is where it is made."""
    for site in tree.calls.get(method, ()):
        if isinstance(site.call.func, ast.Attribute) and _last(site.call.func.value) in called:
            yield site


def _last(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
