"""Settings with their place in Grafana's JSON: one table, which the renderer writes by and the converter reads by.

The metadata of a dataclass field say where it stands (`said`). What is None is not said, and stays as it is
derived, or as Grafana has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, fields, is_dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

Json: TypeAlias = dict[str, Any]


class Form(NamedTuple):
    """How a value stands in JSON.

    Attributes:
        write: Value → JSON.
        read: JSON → value; None where it says more than a value can.
    """

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _plain(kinds: tuple[type, ...]) -> Form:
    def read(data: Any) -> Any:
        return data if type(data) in kinds else None

    return Form(lambda value: value, read)


TEXT = _plain((str,))
NUMBER = _plain((int, float))
SWITCH = _plain((bool,))
TEXTS = Form(
    list,
    lambda data: (
        tuple(data) if isinstance(data, list) and all(isinstance(one, str) for one in data) else None
    ),
)


def said(place: str, form: Form | type[Any]) -> Mapping[str, Any]:
    """Return the metadata of a field that stands at *place*, ``fieldConfig.defaults.unit``.

    Args:
        place: Its keys, from the outside.
        form: How a value stands there; or a dataclass whose own settings stand below that place.
    """
    return {"place": tuple(place.split(".")), "of" if isinstance(form, type) else "form": form}


def written(one: object) -> Json:
    """Return what the settings of *one*, a dataclass, say: only what is said."""
    found: Json = {}
    kind: Any = type(one)
    for setting, value in zip(_settings(kind), _values(kind)(one), strict=True):
        if value is None or not isinstance(value, setting.metadata.get("of", object)):
            continue
        data = written(value) if "of" in setting.metadata else setting.metadata["form"].write(value)
        *above, last = setting.metadata["place"]
        below = found
        for key in above:
            below = below.setdefault(key, {})
        below[last] = merged(below.get(last, {}), data) if isinstance(data, dict) else data
    return found


def read(kind: type[Any], data: Json) -> tuple[dict[str, Any], Json]:
    """Return the settings of *kind* that *data* has, by name, and the rest of *data*; the input is not changed."""
    rest = _copy(data)
    found: dict[str, Any] = {}
    for setting in _settings(kind):  # type: ignore[arg-type]  # as above
        *above, last = setting.metadata["place"]
        below: Any = rest
        for key in above:
            below = below.get(key) if isinstance(below, dict) else None
        if not isinstance(below, dict) or last not in below:
            continue
        if of := setting.metadata.get("of"):
            if isinstance(below[last], dict):
                own, below[last] = read(of, below[last])
                if own:
                    found[setting.name] = of(**own)
        elif (value := setting.metadata["form"].read(below[last])) is not None:
            found[setting.name] = value
            del below[last]
        _prune(rest, setting.metadata["place"])
    return found, rest


def merged(base: Mapping[str, Any], patch: Mapping[str, Any]) -> Json:
    """Return *base* with *patch* laid over it: None removes, an object goes into an object, the rest replaces (RFC 7396)."""
    found = dict(base)
    for key, value in patch.items():
        if value is None:
            found.pop(key, None)
        elif isinstance(value, Mapping):
            below = found.get(key)
            found[key] = merged(below if isinstance(below, Mapping) else {}, value)
        else:
            found[key] = value
    return found


def difference(base: Mapping[str, Any], wanted: Mapping[str, Any]) -> Json:
    """Return the patch that makes *wanted* of *base*; see `merged`. A null in *wanted* outside of lists cannot be said."""
    patch: Json = {key: None for key in base if key not in wanted}
    for key, value in wanted.items():
        if key not in base:
            patch[key] = value
        elif isinstance(value, Mapping) and isinstance(base[key], Mapping):
            if below := difference(base[key], value):
                patch[key] = below
        elif base[key] != value or type(base[key]) is not type(value):
            patch[key] = value
    return patch


@lru_cache(maxsize=64)
def _settings(kind: Any) -> tuple[Field[Any], ...]:
    assert is_dataclass(kind)
    return tuple(one for one in fields(kind) if "place" in one.metadata)


@lru_cache(maxsize=64)
def _values(kind: Any) -> Callable[[object], tuple[Any, ...]]:
    """Return what gives the values of the settings of *kind*, all at once: it is asked for each query of each panel."""
    return attrgetter(*(one.name for one in _settings(kind)))


def _copy(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _copy(value) for key, value in data.items()}
    return [_copy(one) for one in data] if isinstance(data, list) else data


def _prune(data: Json, place: tuple[str, ...]) -> None:
    """Remove the objects on the way to *place* that nothing is left in."""
    for depth in range(len(place), 0, -1):
        below: Any = data
        for key in place[: depth - 1]:
            below = below.get(key) if isinstance(below, dict) else None
        if isinstance(below, dict) and below.get(place[depth - 1]) == {}:
            del below[place[depth - 1]]
