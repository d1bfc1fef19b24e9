"""Where the value of a label comes from when the catalogue does not fix it: the call's arguments or its result."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from signalproof.catalogue.labels import Label
from signalproof.catalogue.operation import Operation
from signalproof.errors import Location, SignalproofError, did_you_mean

A_co = TypeVar("A_co", bound=Label, covariant=True)
A = TypeVar("A", bound=Label)

Extract = Callable[[tuple[Any, ...], Mapping[str, Any]], object]
"""Takes the positional and the keyword arguments of a call, gives the value of a label."""


@dataclass(frozen=True, slots=True)
class Source(Generic[A_co]):
    """Where the value of one label comes from; made by `argument` or `result`.

    Attributes:
        label: The label.
        parameter: Name of the parameter it comes from; empty when it comes from the result.
        pick: Makes the value of the argument or the result.
    """

    label: type[A_co]
    parameter: str
    pick: Callable[[Any], object] | None


def argument(label: type[A], parameter: str, pick: Callable[[Any], A | str] | None = None) -> Source[A]:
    """Return the source of *label* that reads the argument for *parameter* when the call starts.

    Args:
        label: The label to give a value to.
        parameter: Name of a parameter of the decorated function.
        pick: Makes the value of the argument: ``lambda deployment: deployment.strategy``; without it, the argument
            is the value.
    """
    return Source(label, parameter, pick)


def result(label: type[A], pick: Callable[[Any], A | str] | None = None) -> Source[A]:
    """Return the source of *label* that reads the result; a call without a result has ``other``.

    Args:
        label: The label to give a value to.
        pick: Makes the value of the result: ``lambda plan: plan.source``; without it, the result is the value.
    """
    return Source(label, "", pick)


Given = Label | Source[Any]


@dataclass(frozen=True, slots=True)
class Labelling:
    """How a call's label values are found.

    Attributes:
        values: One text for each label in order; None where it has to be found.
        sources: Position of the label and where its value comes from.
    """

    values: tuple[str | None, ...]
    sources: tuple[tuple[int, Source[Any]], ...]

    @property
    def missing(self) -> tuple[int, ...]:
        """Positions of the labels that nothing gives a value to."""
        found = {position for position, _ in self.sources}
        return tuple(i for i, value in enumerate(self.values) if value is None and i not in found)


def labelling(
    operation: Operation[Any, Any], given: Iterable[Given] | Mapping[str, Given | str], where: Location
) -> Labelling:
    """Return how the label values of *operation* are found with what a decorator was *given*.

    Raises:
        SignalproofError: A label is not the operation's, is fixed to another value, or cannot have that value.
    """
    declared = operation.labels
    names = list(declared)
    values: list[str | None] = [declared.fixed.get(name) for name in names]
    sources: dict[int, Source[Any]] = {}
    for name, item in _by_name(given):
        if name not in declared.domains:
            raise SignalproofError(
                f"{operation.name} has no label {name!r}",
                did_you_mean(name, names, f"its labels: {', '.join(names)}" if names else "it has none"),
                where=where,
            )
        position = names.index(name)
        if isinstance(item, Source):
            if name in declared.fixed:
                raise _fixed(operation, name, where)
            sources[position] = item
            continue
        text = str(item)
        if declared.fixed.get(name, text) != text:
            raise _fixed(operation, name, where)
        domain = declared.domains[name]
        if domain.values is not None and text not in domain.values:
            raise SignalproofError(
                f"{operation.name}: label {name!r} has no value {text!r}", domain.help_for(text), where=where
            )
        values[position] = text
    return Labelling(tuple(values), tuple(sorted(sources.items())))


def _fixed(operation: Operation[Any, Any], name: str, where: Location) -> SignalproofError:
    return SignalproofError(
        f"{operation.name}: label {name!r} is always {operation.labels.fixed[name]!r}, "
        f"as declared at {operation.where}",
        "leave it out here, or declare the label class instead of the value",
        where=where,
    )


def _by_name(given: Iterable[Given] | Mapping[str, Given | str]) -> Iterable[tuple[str, Given | str]]:
    if isinstance(given, Mapping):
        return [(str(name), item) for name, item in given.items()]
    return [
        (item.label.label_name if isinstance(item, Source) else type(item).label_name, item) for item in given
    ]


def require_all(operation: Operation[Any, Any], found: Labelling, where: Location) -> None:
    """Raise when a label of *operation* has no value and no source.

    Raises:
        SignalproofError: With the label that is missing.
    """
    names, classes = list(operation.labels), operation.labels.classes
    for position in found.missing:
        name = names[position]
        raise SignalproofError(
            f"{operation.name} has label {name!r} and nothing says where its value comes from",
            f"add labels=[argument({classes[name].__name__}, 'parameter')] or one of its values",
            where=where,
        )


def extractor(source: Source[Any], function: Callable[..., Any], where: Location) -> Extract:
    """Return what reads the value of a *source* from the arguments of a call of *function*.

    Raises:
        SignalproofError: The function has no such parameter.
    """
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        raise SignalproofError(
            f"{function!r} does not say what its parameters are",
            "wrap it in a function that does",
            where=where,
        ) from None
    name = source.parameter
    named = {
        one.name: one for one in parameters.values() if one.kind not in {one.VAR_POSITIONAL, one.VAR_KEYWORD}
    }
    if name not in named:
        raise SignalproofError(
            f"{getattr(function, '__qualname__', function)!s} has no parameter {name!r}",
            did_you_mean(name, named, f"its parameters: {', '.join(named)}"),
            where=where,
        )
    parameter, pick = named[name], source.pick
    index = -1 if parameter.kind is parameter.KEYWORD_ONLY else list(parameters).index(name)
    default = parameter.default

    def extract(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> object:
        value = args[index] if 0 <= index < len(args) else kwargs.get(name, default)
        return value if pick is None else pick(value)

    return extract
