"""With which values a call in a function or a loop is made: those of the loop, and those that the function is called with."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from signalproof.convert.constants import Scope, bindings
from signalproof.convert.module import FUNCTIONS, Module
from signalproof.convert.tree import Frame, Site, Tree
from signalproof.convert.values import UNKNOWN

_MOST: Final = 300
"""Ways to come to one call, beyond which no more are looked at."""
_DEEPEST: Final = 4
"""Functions that call each other."""


def scopes(site: Site, tree: Tree, depth: int = 0) -> list[Scope]:
    """Return the scope of *site* for each way to come to it: one where nothing around it varies."""
    found = [Scope(tree, site.module)]
    for index, frame in enumerate(site.frames):
        found = [inner for scope in found for inner in _within(frame, site, index, scope, depth)][:_MOST]
    return found


def _within(frame: Frame, site: Site, index: int, scope: Scope, depth: int) -> Iterator[Scope]:
    if isinstance(frame, ast.ClassDef):
        yield replace(scope, within=frame, function=None)
    elif isinstance(frame, FUNCTIONS):
        within = next((one for one in reversed(site.frames[:index]) if isinstance(one, ast.ClassDef)), None)
        inner = replace(scope, within=within, function=frame)
        ways = _ways(frame, within, site.module, scope.tree, depth) if _varies(frame, site, within) else []
        for bound, assigned in ways or [(_defaults(frame, scope), "")]:
            yield replace(inner, bound={**scope.bound, **bound}, assigned=assigned)
    elif isinstance(frame, ast.Lambda):
        names = (one.arg for one in frame.args.args)
        yield replace(scope, bound={**scope.bound, **dict.fromkeys(names, UNKNOWN)})
    else:
        each = scope.each(frame.target, frame.iter)
        names = (one.id for one in ast.walk(frame.target) if isinstance(one, ast.Name))
        yield from (
            each
            if each is not None
            else [replace(scope, bound={**scope.bound, **dict.fromkeys(names, UNKNOWN)})]
        )


def _varies(
    function: ast.FunctionDef | ast.AsyncFunctionDef, site: Site, within: ast.ClassDef | None
) -> bool:
    """Whether anything in the call may depend on how *function* is called."""
    used = {one.id for one in ast.walk(site.call) if isinstance(one, ast.Name)}
    used |= {
        one.id
        for frame in site.frames
        if isinstance(frame, ast.For | ast.comprehension)
        for one in ast.walk(frame.iter)
        if isinstance(one, ast.Name)
    }
    arguments = function.args
    parameters = {one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)} - {
        "self",
        "cls",
    }
    local = {
        one.id for one in ast.walk(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }
    return bool(parameters) and (bool(used & (parameters | local)) or ("self" in used and within is not None))


def _ways(
    function: ast.FunctionDef | ast.AsyncFunctionDef,
    within: ast.ClassDef | None,
    module: Module,
    tree: Tree,
    depth: int,
) -> list[tuple[Mapping[str, Any], str]]:
    """Return what the calls of *function* in the tree give its parameters, and what the result of each is assigned to.

    Of a method that makes an object they are the calls of its class.
    """
    made = within is not None and function.name == "__init__"
    name = within.name if made and within is not None else function.name
    if depth > _DEEPEST:
        return []
    found: list[tuple[Mapping[str, Any], str]] = []
    for site in tree.calls.get(name, ()):
        if function in site.frames:
            continue
        dotted = tree.dotted(site.call.func, site.module)
        is_method = within is not None and not made
        if dotted == f"{module.name}.{name}" or (is_method and isinstance(site.call.func, ast.Attribute)):
            for scope in scopes(site, tree, depth + 1):
                way = bindings(function, site.call, scope), site.variable or scope.assigned
                if way not in found and len(found) < _MOST:
                    found.append(way)
    return found


def _defaults(function: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> dict[str, Any]:
    nothing = ast.Call(ast.Name(function.name), [], [])
    return bindings(function, nothing, scope)
