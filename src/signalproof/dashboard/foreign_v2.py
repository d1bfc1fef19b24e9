"""A v2 dashboard, element by element, in the classic shape, so that only one shape has to be read further on."""

from __future__ import annotations

from signalproof.dashboard.v2_layout import Part, laid_out
from signalproof.dashboard.v2_names import PLAIN_QUERY, QUERY_OPTIONS, VARIABLES, WORDS
from signalproof.documents import Table, Text

_VARIABLES = {kind: name for name, kind in VARIABLES.items()}
_NUMBERED = ("hide", "sort", "refresh")
_AS_THEY_ARE = ("title", "description", "links", "tags", "timeSettings", "editable", "liveNow", "preload")
_OF_TIME = ("timezone", "weekStart", "fiscalYearStartMonth")


def classic(spec: Table, file: str) -> Table:
    """Return what the v2 body *spec* of *file* says, in classic shape; a tab is a row there.

    Raises:
        SignalproofError: Its layout is of no known kind, or shows an element that is not there.
    """
    body = Table(spec.line)
    for holder, keys in ((spec, _AS_THEY_ARE), (spec.table("timeSettings"), _OF_TIME)):
        for key in keys:
            if key in holder:
                body[key] = holder[key]
    body["title"] = spec.text("title")
    laid = laid_out(spec, file)
    elements = spec.table("elements")
    body["panels"] = [one for one in (_laid(each, elements) for each in laid.parts) if one is not None]
    variables = [_variable(one) for one in spec.tables("variables")]
    for one in variables:
        if one.text("name") in laid.repeated:  # what repeats for a variable sees one value of it at a time
            one["multi"] = one["includeAll"] = False
    body["templating"] = _listed(spec, variables)
    body["annotations"] = _listed(
        spec, [_annotation(one.table("spec")) for one in spec.tables("annotations")]
    )
    return body


def _laid(part: Part, elements: Table) -> Table | None:
    """Return a panel with its place, or a row with what lies in it; a panel of the library says nothing here."""
    if part.element:
        element = elements.table(part.element)
        if element.get("kind") != "Panel":
            return None
        panel = _panel(element.table("spec"))
        panel["gridPos"] = part.place
    else:
        panel = Table(part.place.line)
        panel["type"] = "row"
        panel["title"] = part.place.text("title")
        if "collapse" in part.place:
            panel["collapsed"] = part.place["collapse"]
        panel["panels"] = [one for one in (_laid(each, elements) for each in part.parts) if one is not None]
    if part.repeat:
        panel["repeat"] = part.repeat
    return panel


def _listed(spec: Table, tables: list[Table]) -> Table:
    holder = Table(spec.line)
    holder["list"] = tables
    return holder


def _panel(spec: Table) -> Table:
    panel = Table(spec.line)
    shown = spec.table("vizConfig")
    panel["title"] = spec.text("title")
    panel["id"] = spec.get("id")
    for key in ("description", "links", "transparent"):
        if key in spec:
            panel[key] = spec[key]
    panel["type"] = shown.text("group") or shown.text("kind")
    panel["fieldConfig"] = shown.table("spec").table("fieldConfig")
    panel["options"] = shown.table("spec").table("options")
    group = spec.table("data").table("spec")
    asked = group.table("queryOptions")
    panel.update({key: asked[key] for key in QUERY_OPTIONS if key in asked})
    panel["transformations"] = [_transformation(one) for one in group.tables("transformations")]
    panel["targets"] = [_target(one.table("spec")) for one in group.tables("queries")]
    return panel


def _transformation(table: Table) -> Table:
    """Return a step: v2alpha1 names it as the kind, v2beta1 as the group, and v2alpha1 in its spec, too."""
    step = Table(table.line)
    step.update(table.table("spec"))
    named = table.text("group") if table.get("kind") == "Transformation" else table.text("kind")
    step["id"] = named or step.text("id")
    return step


def _target(spec: Table) -> Table:
    query = spec.table("query")
    target = Table(spec.line)
    target.update(query.table("spec"))
    target["refId"] = spec.text("refId")
    target["hide"] = spec.get("hidden") is True
    target["datasource"] = _datasource(query, spec)
    return target


def _datasource(query: Table, spec: Table) -> Table:
    """Return the reference of a query: v2alpha1 names the type as the kind, v2beta1 as the group."""
    source = Table(query.line)
    source.update(spec.table("datasource"))
    if named := query.table("datasource").text("name"):
        source["uid"] = named
    kind = query.text("group") if query.get("kind") == "DataQuery" else query.text("kind")
    if kind:
        source["type"] = kind
    return source


def _variable(table: Table) -> Table:
    spec = table.table("spec")
    variable = Table(table.line)
    variable.update(spec)
    kind = str(table.get("kind"))
    variable["type"] = Text.at(_VARIABLES.get(kind, kind), table.line)
    for key in _NUMBERED:
        if spec.get(key) in WORDS[key]:
            variable[key] = WORDS[key].index(spec[key])
    if variable["type"] == "datasource":
        variable["query"] = spec.text("pluginId")
    query = spec.get("query")
    if isinstance(query, Table):
        inner = query.table("spec")
        variable["query"] = inner.text("query") or inner.text(PLAIN_QUERY)
        variable["datasource"] = _datasource(query, spec)
    return variable


def _annotation(spec: Table) -> Table:
    query = spec.table("query")
    annotation = Table(spec.line)
    annotation.update(spec.table("legacyOptions"))
    annotation["target"] = query.table("spec")
    annotation["name"] = spec.text("name")
    for key in ("enable", "hide", "iconColor", "filter"):
        if key in spec:
            annotation[key] = spec[key]
    annotation["datasource"] = _datasource(query, spec)
    return annotation
