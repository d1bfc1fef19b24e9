"""The deployment strategies: one module each, named as its value of the label; nothing lists them."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

from ai_deployer.config import DeployerSettings
from ai_deployer.strategy import DeploymentStrategy
from hive.catalogue.labels import Strategy
from signalproof.errors import SignalproofError

__all__ = ["Strategies", "discover", "names"]


def names() -> list[str]:
    """Return the names of the strategies, from the files of this folder, without importing them."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def discover(name: str) -> type[DeploymentStrategy]:
    """Return the strategy of that *name*.

    Raises:
        SignalproofError: There is no such strategy, its module has none or several, or the label does not know it.
    """
    known = [one.value for one in Strategy]
    if name not in known:
        raise SignalproofError(
            f"the label Strategy has no value {name!r}", "declare it in src/hive/catalogue/labels.py"
        )
    if name not in names():
        raise SignalproofError(
            f"nothing deploys by {name!r}", f"write it: src/ai_deployer/strategies/{name}.py"
        )
    module = importlib.import_module(f"{__name__}.{name}")
    found = [
        one
        for one in vars(module).values()
        if inspect.isclass(one) and issubclass(one, DeploymentStrategy) and one.__module__ == module.__name__
    ]
    if len(found) != 1 or found[0].name.value != name:
        raise SignalproofError(
            f"{module.__name__} must define one strategy, called {name!r}",
            f"write one class with name = Strategy.{name.upper()}",
        )
    return found[0]


class Strategies:
    """The strategies of a running deployer, each made when it is first asked for."""

    def __init__(self, settings: DeployerSettings) -> None:
        self._settings = settings
        self._made: dict[str, DeploymentStrategy] = {}

    def find(self, name: str) -> DeploymentStrategy:
        """Return the strategy of that *name*.

        Raises:
            SignalproofError: There is none.
        """
        if name not in self._made:
            self._made[name] = discover(name)(self._settings)
        return self._made[name]
