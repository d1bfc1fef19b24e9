"""A v2 dashboard, element by element, in the classic shape, so that only one shape has to be read further on."""

from __future__ import annotations

from signalproof.documents import Table, Text

_SORTS = (
    "disabled", "alphabeticalAsc", "alphabeticalDesc", "numericalAsc", "numericalDesc",
    "alphabeticalCaseInsensitiveAsc", "alphabeticalCaseInsensitiveDesc", "naturalAsc", "naturalDesc",
)  # fmt: skip
_NUMBERED = {
    "hide": ("dontHide", "hideLabel", "hideVariable", "inControlsMenu"),
    "sort": _SORTS,
    "refresh": ("never", "onDashboardLoad", "onTimeRangeChanged"),
}
"""Of a variable: words for what the classic shape has numbers."""


def classic(spec: Table) -> Table:
    """Return what the v2 body *spec* says of its panels, variables and annotations, in classic shape."""
    body = Table(spec.line)
    for key in ("title", "description", "links", "tags", "timeSettings"):
        if key in spec:
            body[key] = spec[key]
    body["title"] = spec.text("title")
    elements = [one for one in spec.table("elements").values() if isinstance(one, Table)]
    body["panels"] = [_panel(one.table("spec")) for one in elements if one.get("kind") == "Panel"]
    variables = [_variable(one) for one in spec.tables("variables")]
    repeated = _repeated(spec.table("layout"))
    for one in variables:
        if one.text("name") in repeated:  # what repeats for a variable sees one value of it at a time
            one["multi"] = one["includeAll"] = False
    body["templating"] = _listed(spec, variables)
    body["annotations"] = _listed(
        spec, [_annotation(one.table("spec")) for one in spec.tables("annotations")]
    )
    return body


def _repeated(layout: Table) -> set[str]:
    """Return the variables that rows, tabs or panels of a layout repeat for."""
    found: set[str] = set()
    pending: list[object] = [layout]
    while pending:
        one = pending.pop()
        if isinstance(one, Table):
            found.add(one.table("repeat").text("value"))
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)
    return found


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
    panel["interval"] = group.table("queryOptions").text("interval")
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
    variable["type"] = Text.at(str(table.get("kind")).removesuffix("Variable").lower(), table.line)
    for key, words in _NUMBERED.items():
        if spec.get(key) in words:
            variable[key] = words.index(spec[key])
    if variable["type"] == "datasource":
        variable["query"] = spec.text("pluginId")
    query = spec.get("query")
    if isinstance(query, Table):
        inner = query.table("spec")
        variable["query"] = inner.text("query") or inner.text("__legacyStringValue")
        variable["datasource"] = _datasource(query, spec)
    return variable


def _annotation(spec: Table) -> Table:
    query = spec.table("query")
    annotation = Table(spec.line)
    annotation.update(spec.table("legacyOptions"))
    annotation.update(query.table("spec"))
    annotation["name"] = spec.text("name")
    if "enable" in spec:
        annotation["enable"] = spec["enable"]
    annotation["datasource"] = _datasource(query, spec)
    return annotation
