"""The dashboard reference: dashboard → row → panel → how to read it → what it asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from signalproof.catalogue.exposition import Exposition
from signalproof.dashboard.model import Dashboard, Row
from signalproof.dashboard.panels import Panel, QueryPanel, Text
from signalproof.promql.ast import Selector
from signalproof.promql.expr import Expr
from signalproof.promql.tree import walk
from signalproof.render.markdown import cell, code
from signalproof.text import shown


def dashboard_reference(dashboards: Iterable[Dashboard], exposition: Exposition) -> str:
    """Return the dashboard reference in Markdown.

    Args:
        dashboards: What it describes.
        exposition: Where the families of the queried series are looked up.
    """
    return "\n".join(_page(dashboards, exposition)) + "\n"


def metrics_of(exprs: Iterable[Expr], exposition: Exposition) -> tuple[str, ...]:
    """Return the families that the expressions query, each once, in the order of first use."""
    names = (
        node.name for expr in exprs for node in walk(expr.node) if isinstance(node, Selector) and node.name
    )
    families = (exposition.series[name].family if name in exposition.series else name for name in names)
    return tuple(dict.fromkeys(families))


def _page(dashboards: Iterable[Dashboard], exposition: Exposition) -> Iterator[str]:
    yield "<!-- Written by `make dashboards` from the definitions in this folder; edit there. -->\n"
    yield "# Dashboards"
    for dashboard in dashboards:
        panels = [panel for row in dashboard.rows for panel in row.panels if isinstance(panel, QueryPanel)]
        count = sum(len(panel.exprs) for panel in panels)
        yield f"\n## {shown(dashboard.title)}\n"
        if dashboard.description:
            yield f"{shown(dashboard.description, lines=True)}\n"
        place = f"folder `{dashboard.folder}`" if dashboard.folder else "in no folder"
        yield (
            f"uid `{dashboard.uid}`, {place}: {len(dashboard.rows)} rows, {len(panels)} panels, "
            f"{count} queries. Variables: data source, {', '.join(f'`{one.label_name}`' for one in dashboard.filters)}."
        )
        for annotation in dashboard.annotations:
            used = ", ".join(map(code, metrics_of((annotation.expr,), exposition)))
            yield f"\nMarked on every panel: **{shown(annotation.title)}**, from {used}."
        for row in dashboard.rows:
            yield from _row(row, exposition)


def _row(row: Row, exposition: Exposition) -> Iterator[str]:
    yield f"\n### {shown(row.title)}\n"
    yield "| panel | kind | how to read it | metrics |"
    yield "|---|---|---|---|"
    for panel in row.panels:
        yield _panel(panel, exposition)


def _panel(panel: Panel, exposition: Exposition) -> str:
    why = panel.why if isinstance(panel, QueryPanel) else panel.markdown if isinstance(panel, Text) else ""
    used = ", ".join(map(code, metrics_of(panel.exprs, exposition)))
    return f"| {cell(panel.title)} | {panel.kind} | {cell(' '.join(why.split()))} | {used} |"
