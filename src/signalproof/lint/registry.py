"""Finding the rules: every module in `signalproof.lint.rules` holds one."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from signalproof.errors import SignalproofError, did_you_mean
from signalproof.lint import rules
from signalproof.lint.rule import Rule


@lru_cache(maxsize=1)
def all_rules() -> tuple[Rule[Any], ...]:
    """Return one of each rule, by code.

    Raises:
        TypeError: A module holds no rule or several, or two rules share a code.
    """
    found: dict[str, Rule[Any]] = {}
    for module in iter_modules(rules.__path__):
        full = f"{rules.__name__}.{module.name}"
        classes = [
            one
            for _, one in inspect.getmembers(import_module(full), inspect.isclass)
            if issubclass(one, Rule) and one.__module__ == full
        ]
        if len(classes) != 1:
            raise TypeError(f"{full} must hold one rule and holds {len(classes)}")
        rule = classes[0]()
        if rule.code in found:
            raise TypeError(f"{full} and {type(found[rule.code]).__module__} share the code {rule.code}")
        found[rule.code] = rule
    return tuple(found[code] for code in sorted(found))


def selected_rules(
    select: Iterable[str], ignore: Iterable[str], said: Collection[str] = ()
) -> tuple[Rule[Any], ...]:
    """Return the rules in force: those that *select* names (the default ones when it is empty), without those that *ignore* names.

    Args:
        select: Codes, their beginnings, or slugs: ``H``, ``L002``, ``unknown-metric``.
        ignore: The same.
        said: The keys of the configuration that somebody said: they put the rules in force that wait for them.

    Raises:
        SignalproofError: A word names no rule.
    """
    wanted, unwanted = list(select), list(ignore)
    known = all_rules()
    for word in (*wanted, *unwanted):
        if not any(_names(word, rule) for rule in known):
            names = [one for rule in known for one in (rule.code, rule.slug)]
            raise SignalproofError(
                f"no lint rule is called {word!r}",
                did_you_mean(word, names, "`signalproof explain` lists them"),
            )
    return tuple(
        rule
        for rule in known
        if (any(_names(word, rule) for word in wanted) if wanted else rule.default or rule.with_key in said)
        and not any(_names(word, rule) for word in unwanted)
    )


def find_rule(word: str) -> Rule[Any]:
    """Return the rule with that code or slug.

    Raises:
        SignalproofError: There is none; the message names the closest.
    """
    for rule in all_rules():
        if word.upper() == rule.code or word == rule.slug:
            return rule
    names = [one for rule in all_rules() for one in (rule.code, rule.slug)]
    raise SignalproofError(
        f"no lint rule is called {word!r}", did_you_mean(word, names, f"codes: {', '.join(names[::2])}")
    )


def _names(word: str, rule: Rule[Any]) -> bool:
    return rule.code.startswith(word.upper()) or rule.slug == word
