"""The catalogue: every metric and operation of a project, collected from the modules that declare them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from signalproof.catalogue.exposition import Exposition
from signalproof.catalogue.family import PLAIN, Family, Site, exposition_of
from signalproof.catalogue.instrumentation import FAULTS
from signalproof.catalogue.metric import Metric
from signalproof.catalogue.operation import Operation
from signalproof.errors import SignalproofError


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Everything a project declares.

    Attributes:
        metrics: Family name → metric, those of operations among them, in the order of declaration.
        operations: Exposed prefix (``adapter_claude_planning``, ``deployment_execution``) → operation.
    """

    metrics: Mapping[str, Metric[Any]]
    operations: Mapping[str, Operation[Any, Any]]

    @classmethod
    def of(cls, *modules: ModuleType) -> Catalogue:
        """Return the catalogue of all that *modules* declare at their top level.

        Raises:
            SignalproofError: Two declarations expose the same series name; the message names both places.
        """
        entries: dict[int, Metric[Any] | Operation[Any, Any]] = {}
        for module in modules:
            for entry in vars(module).values():
                if isinstance(entry, Metric | Operation):
                    entries.setdefault(id(entry), entry)
        return cls.of_entries(entries.values())

    @classmethod
    def of_entries(cls, entries: Iterable[Metric[Any] | Operation[Any, Any]]) -> Catalogue:
        """Return the catalogue of these *entries*; see `of`."""
        metrics: dict[str, Metric[Any]] = {}
        operations: dict[str, Operation[Any, Any]] = {}
        taken: dict[str, Metric[Any]] = {}
        for entry in entries:
            if isinstance(entry, Operation):
                operations[entry.prefix + entry.name] = entry
            for metric in entry.metrics if isinstance(entry, Operation) else (entry,):
                if metrics.get(metric.name) is metric:
                    continue
                for name in metric.family.names:
                    other = taken.setdefault(name, metric)
                    if other is not metric:
                        raise SignalproofError(
                            f"{name} is declared twice, here and at {other.where}",
                            "give one of them another name",
                            where=metric.where,
                        )
                metrics[metric.name] = metric
        return cls(metrics, operations)

    @property
    def installed(self) -> Mapping[str, Metric[Any]]:
        """What the instrumentation exposes, by name: every metric that does not exist already, and its own count of faults."""
        own = {name: metric for name, metric in self.metrics.items() if not metric.existing}
        return {**own, FAULTS.name: FAULTS} if own or not self.metrics else {}

    @property
    def families(self) -> tuple[Family, ...]:
        """Everything a process of the project exposes of its own: the catalogue, and what the instrumentation says of itself.

        A family of an operation names it, its owner and its priority.
        """
        own = [FAULTS] if FAULTS.name in self.installed else []
        found = {metric.name: metric.family for metric in (*own, *self.metrics.values())}
        for operation in self.operations.values():
            for metric in operation.metrics:
                found[metric.name] = replace(
                    found[metric.name],
                    operation=operation.name,
                    owner=operation.owner,
                    priority=str(operation.priority),
                )
        return tuple(found.values())

    def exposition(self, site: Site = PLAIN) -> Exposition:
        """Return what Prometheus stores of this catalogue, ``up`` and the like included.

        Args:
            site: How Prometheus stores it, as in ``Site(frozenset({"job", "instance", "region"}))``.
        """
        return exposition_of(self.families, site)
