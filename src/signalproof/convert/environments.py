"""With which values a call in a function or a loop is made: those of the loop, and those that the function is called with."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias

from signalproof.convert.constants import Scope, bindings
from signalproof.convert.module import FUNCTIONS, Module
from signalproof.convert.tree import Frame, Site, Tree
from signalproof.convert.values import UNKNOWN

_MOST: Final = 300
"""Ways to come to one call, beyond which no more are looked at."""
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Way: TypeAlias = tuple[Mapping[str, Any], str]


def scopes(site: Site, tree: Tree) -> list[Scope]:
    """Return the scope of *site* for each way to come to it: one where nothing around it varies."""
    found = [Scope(tree, site.module)]
    for index, frame in enumerate(site.frames):
        found = [inner for scope in found for inner in _within(frame, site, index, scope)][:_MOST]
    return found


def _within(frame: Frame, site: Site, index: int, scope: Scope) -> Iterator[Scope]:
    if isinstance(frame, ast.ClassDef):
        yield replace(scope, within=frame, function=None)
    elif isinstance(frame, FUNCTIONS):
        within = next((one for one in reversed(site.frames[:index]) if isinstance(one, ast.ClassDef)), None)
        inner = replace(scope, within=within, function=frame)
        ways = _ways(frame, within, site.module, scope.tree) if _varies(frame, site, within) else []
        for bound, assigned in ways or [(_defaults(frame, scope), "")]:
            yield replace(inner, bound={**scope.bound, **bound}, assigned=assigned)
    elif isinstance(frame, ast.Lambda):
        names = (one.arg for one in frame.args.args)
        yield replace(scope, bound={**scope.bound, **dict.fromkeys(names, UNKNOWN)})
    else:
        each = scope.each(frame.target, frame.iter)
        names = (one.id for one in ast.walk(frame.target) if isinstance(one, ast.Name))
        unknown = replace(scope, bound={**scope.bound, **dict.fromkeys(names, UNKNOWN)})
        yield from [unknown] if each is None else each


def _varies(function: Function, site: Site, within: ast.ClassDef | None) -> bool:
    """Whether anything in the call may depend on how *function* is called."""
    loops = (one.iter for one in site.frames if isinstance(one, ast.For | ast.comprehension))
    used = {one.id for node in (site.call, *loops) for one in ast.walk(node) if isinstance(one, ast.Name)}
    arguments = function.args
    parameters = {one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    parameters |= {one.arg for one in (arguments.vararg, arguments.kwarg) if one is not None}
    parameters -= {"self", "cls"}
    local = {
        one.id for one in ast.walk(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }
    return bool(parameters) and (bool(used & (parameters | local)) or ("self" in used and within is not None))


def _ways(function: Function, within: ast.ClassDef | None, module: Module, tree: Tree) -> list[Way]:
    """Return what the calls of *function* in the tree give its parameters, and what the result of each is assigned to.

    Of a method that makes an object they are the calls of its class. While they are looked for there are none, so that
    functions that call each other come to an end.
    """
    known: list[Way] | None = tree.ways.get(function)
    if known is not None:
        return known
    tree.ways[function] = []
    made = within is not None and function.name == "__init__"
    name = within.name if made and within is not None else function.name
    found: list[Way] = []
    for site in tree.calls.get(name, ()):
        if function in site.frames or not _calls(site, name, None if made else within, module, tree):
            continue
        for scope in scopes(site, tree):
            way = bindings(function, site.call, scope), site.variable or scope.assigned
            if way not in found:
                found.append(way)
        if len(found) >= _MOST:
            break
    tree.ways[function] = found[:_MOST]
    return tree.ways[function]


def _calls(site: Site, name: str, within: ast.ClassDef | None, module: Module, tree: Tree) -> bool:
    """Whether *site* calls the function of that *name*: by its name, or as a method of the class *within*.

    What a method is called on shows only on ``self``; elsewhere its name has to be the only one of its kind.
    """
    if within is None:
        return tree.dotted(site.call.func, site.module) == f"{module.name}.{name}"
    called = site.call.func
    of_self = (
        isinstance(called, ast.Attribute)
        and isinstance(called.value, ast.Name)
        and called.value.id in ("self", "cls")
    )
    return isinstance(called, ast.Attribute) and (
        within in site.frames if of_self else tree.defined[name] == 1
    )


def _defaults(function: Function, scope: Scope) -> dict[str, Any]:
    nothing = ast.Call(ast.Name(function.name), [], [])
    return bindings(function, nothing, scope)
