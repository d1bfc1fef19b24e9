"""What a person may say of how a panel looks, over what is derived: groups of settings, by Grafana's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from signalproof.dashboard.said import NUMBER, SWITCH, TEXT, TEXTS, Form, Json, said


@dataclass(frozen=True)
class Drawn:
    """How the series of a time series panel are drawn.

    Attributes:
        style: ``line``, ``bars`` or ``points``.
        interpolation: ``linear``, ``smooth``, ``stepBefore`` or ``stepAfter``.
        width: Pixels of a line.
        fill: Density of the area below it, 0 to 100.
        gradient: ``none``, ``opacity``, ``hue`` or ``scheme``.
        points: ``auto``, ``always`` or ``never``.
        point_size: Pixels.
        span_nulls: Whether a line goes on over gaps.
        stack: ``none``, ``normal`` or ``percent``.
        stack_group: Series of one group are stacked.
        bar_alignment: -1, 0 or 1: before, at, or after its moment.
        thresholds: How the thresholds are drawn: ``off``, ``line``, ``dashed``, ``area``, ….
    """

    style: Literal["line", "bars", "points"] | None = field(
        default=None, kw_only=True, metadata=said("drawStyle", TEXT)
    )
    interpolation: str | None = field(default=None, kw_only=True, metadata=said("lineInterpolation", TEXT))
    width: float | None = field(default=None, kw_only=True, metadata=said("lineWidth", NUMBER))
    fill: float | None = field(default=None, kw_only=True, metadata=said("fillOpacity", NUMBER))
    gradient: str | None = field(default=None, kw_only=True, metadata=said("gradientMode", TEXT))
    points: Literal["auto", "always", "never"] | None = field(
        default=None, kw_only=True, metadata=said("showPoints", TEXT)
    )
    point_size: float | None = field(default=None, kw_only=True, metadata=said("pointSize", NUMBER))
    span_nulls: bool | None = field(default=None, kw_only=True, metadata=said("spanNulls", SWITCH))
    stack: Literal["none", "normal", "percent"] | None = field(
        default=None, kw_only=True, metadata=said("stacking.mode", TEXT)
    )
    stack_group: str | None = field(default=None, kw_only=True, metadata=said("stacking.group", TEXT))
    bar_alignment: float | None = field(default=None, kw_only=True, metadata=said("barAlignment", NUMBER))
    thresholds: str | None = field(default=None, kw_only=True, metadata=said("thresholdsStyle.mode", TEXT))


@dataclass(frozen=True)
class Axis:
    """The axis of a time series panel.

    Attributes:
        placement: ``auto``, ``left``, ``right`` or ``hidden``.
        label: What stands beside it.
        scale: ``linear``, ``log`` or ``symlog``.
        log_base: 2 or 10.
        soft_min: End that it reaches at least.
        soft_max: End that it reaches at least.
        centered_zero: Whether 0 lies in the middle.
        border: Whether it is drawn.
        color_mode: ``text`` or ``series``.
        width: Pixels.
    """

    placement: Literal["auto", "left", "right", "hidden"] | None = field(
        default=None, kw_only=True, metadata=said("axisPlacement", TEXT)
    )
    label: str | None = field(default=None, kw_only=True, metadata=said("axisLabel", TEXT))
    scale: str | None = field(default=None, kw_only=True, metadata=said("scaleDistribution.type", TEXT))
    log_base: float | None = field(default=None, kw_only=True, metadata=said("scaleDistribution.log", NUMBER))
    soft_min: float | None = field(default=None, kw_only=True, metadata=said("axisSoftMin", NUMBER))
    soft_max: float | None = field(default=None, kw_only=True, metadata=said("axisSoftMax", NUMBER))
    centered_zero: bool | None = field(default=None, kw_only=True, metadata=said("axisCenteredZero", SWITCH))
    border: bool | None = field(default=None, kw_only=True, metadata=said("axisBorderShow", SWITCH))
    color_mode: str | None = field(default=None, kw_only=True, metadata=said("axisColorMode", TEXT))
    width: float | None = field(default=None, kw_only=True, metadata=said("axisWidth", NUMBER))


@dataclass(frozen=True)
class Legend:
    """The legend of a panel.

    Attributes:
        show: Whether there is one.
        mode: ``list`` or ``table``.
        placement: ``bottom`` or ``right``.
        calcs: What stands beside the names: ``lastNotNull``, ``max``, …
        width: Pixels, on the right.
        sort_by: The calculation that orders it, by its heading.
        sort_desc: Whether the largest comes first.
    """

    show: bool | None = field(default=None, kw_only=True, metadata=said("showLegend", SWITCH))
    mode: Literal["list", "table", "hidden"] | None = field(
        default=None, kw_only=True, metadata=said("displayMode", TEXT)
    )
    placement: Literal["bottom", "right"] | None = field(
        default=None, kw_only=True, metadata=said("placement", TEXT)
    )
    calcs: tuple[str, ...] | None = field(default=None, kw_only=True, metadata=said("calcs", TEXTS))
    width: float | None = field(default=None, kw_only=True, metadata=said("width", NUMBER))
    sort_by: str | None = field(default=None, kw_only=True, metadata=said("sortBy", TEXT))
    sort_desc: bool | None = field(default=None, kw_only=True, metadata=said("sortDesc", SWITCH))


@dataclass(frozen=True)
class Tooltip:
    """What is shown where the pointer is.

    Attributes:
        mode: ``single``, ``multi`` or ``none``.
        sort: ``none``, ``asc`` or ``desc``.
        hide_zeros: Whether series that are 0 are left out.
    """

    mode: Literal["single", "multi", "none"] | None = field(
        default=None, kw_only=True, metadata=said("mode", TEXT)
    )
    sort: Literal["none", "asc", "desc"] | None = field(
        default=None, kw_only=True, metadata=said("sort", TEXT)
    )
    hide_zeros: bool | None = field(default=None, kw_only=True, metadata=said("hideZeros", SWITCH))


@dataclass(frozen=True)
class Threshold:
    """A colour from a value upwards.

    Attributes:
        value: In the unit of the panel; None for the first, which begins nowhere.
        color: Grafana's name of it, or any CSS colour.
    """

    value: float | None
    color: str


@dataclass(frozen=True)
class Override:
    """What is different for some fields.

    Attributes:
        matcher: ``byName``, ``byRegexp``, ``byType``, ``byFrameRefID`` or another of Grafana's matchers.
        options: What it matches: a name, ``/a pattern/``, a type, a refId.
        properties: Path of a property → value, as Grafana has them: ``{"unit": "s", "custom.lineWidth": 2}``.
    """

    matcher: str
    options: Any
    properties: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def by_name(cls, name: str, properties: Mapping[str, Any]) -> Override:
        """Return what is different for the field of that name."""
        return cls("byName", name, properties)

    @classmethod
    def by_regex(cls, pattern: str, properties: Mapping[str, Any]) -> Override:
        """Return what is different for the fields whose names match ``/pattern/``."""
        return cls("byRegexp", pattern, properties)

    @classmethod
    def by_type(cls, kind: str, properties: Mapping[str, Any]) -> Override:
        """Return what is different for the fields of that type: ``number``, ``string``, ``time``."""
        return cls("byType", kind, properties)

    @classmethod
    def by_query(cls, ref: str, properties: Mapping[str, Any]) -> Override:
        """Return what is different for the fields of the query with that refId."""
        return cls("byFrameRefID", ref, properties)


@dataclass(frozen=True)
class Transformation:
    """A step between the answers and what is shown of them.

    Attributes:
        id: Grafana's name of it: ``organize``, ``joinByField``, ``merge``, …
        options: Its options, as Grafana has them.
    """

    id: str
    options: Mapping[str, Any] = field(default_factory=dict)


_CURSORS = ("none", "line", "tooltip")
CURSOR = Form(_CURSORS.index, lambda data: _CURSORS[data] if type(data) is int and 0 <= data < 3 else None)
"""What the panels of a dashboard show of the place where the pointer is in one of them."""


def _thresholds(data: Any) -> tuple[Threshold, ...] | None:
    if (
        not isinstance(data, dict)
        or data.keys() - {"mode", "steps"}
        or data.get("mode", "absolute") != "absolute"
    ):
        return None
    steps = data.get("steps")
    if not isinstance(steps, list) or any(
        not isinstance(one, dict) or one.keys() - {"value", "color"} for one in steps
    ):
        return None
    return tuple(Threshold(one.get("value"), one.get("color", "")) for one in steps)


def _overrides(data: Any) -> tuple[Override, ...] | None:
    found = []
    for one in data if isinstance(data, list) else [None]:
        if not isinstance(one, dict) or one.keys() != {"matcher", "properties"}:
            return None
        matcher, listed = one["matcher"], one["properties"]
        if (
            not isinstance(matcher, dict)
            or matcher.keys() != {"id", "options"}
            or not isinstance(listed, list)
        ):
            return None
        given = {
            own["id"]: own["value"]
            for own in listed
            if isinstance(own, dict) and own.keys() == {"id", "value"}
        }
        if len(given) != len(listed):
            return None
        found.append(Override(matcher["id"], matcher["options"], given))
    return tuple(found)


def _transformations(data: Any) -> tuple[Transformation, ...] | None:
    if not isinstance(data, list) or any(
        not isinstance(one, dict) or one.keys() - {"id", "options"} for one in data
    ):
        return None
    return tuple(Transformation(one["id"], one.get("options", {})) for one in data)


def _written_thresholds(steps: tuple[Threshold, ...]) -> Json:
    return {"mode": "absolute", "steps": [{"color": one.color, "value": one.value} for one in steps]}


def _written_overrides(overrides: tuple[Override, ...]) -> list[Json]:
    return [
        {
            "matcher": {"id": one.matcher, "options": one.options},
            "properties": [{"id": name, "value": value} for name, value in one.properties.items()],
        }
        for one in overrides
    ]


def _written_transformations(steps: tuple[Transformation, ...]) -> list[Json]:
    return [{"id": one.id, "options": dict(one.options)} for one in steps]


THRESHOLDS = Form(_written_thresholds, _thresholds)
OVERRIDES = Form(_written_overrides, _overrides)
TRANSFORMATIONS = Form(_written_transformations, _transformations)


def _source(uid: str) -> Json:
    return {"type": "datasource" if uid.startswith("-- ") else "prometheus", "uid": uid}


def _uid(data: Any) -> str | None:
    uid = data.get("uid") if isinstance(data, dict) else None
    return uid if isinstance(uid, str) and data == _source(uid) else None


SOURCE = Form(_source, _uid)
"""A data source by its uid: of Prometheus, or one of Grafana's own, ``-- Mixed --``."""
