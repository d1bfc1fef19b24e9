"""The links of a classic dashboard body, and what stands in their addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from signalproof.dashboard.foreign import panels_of
from signalproof.documents import Table, Text
from signalproof.promql.ast import Span

IN_LINKS: Final = frozenset(
    {
        "__url_time_range", "__all_variables", "__from", "__to", "__interval", "__interval_ms", "__range", "__range_s",
        "__range_ms", "__rate_interval", "__rate_interval_ms", "__series", "__field", "__value", "__data", "__dashboard",
        "__org", "__user", "__timezone", "__url", "__name", "__searchFilter", "__cell", "__trace", "__span", "__tags",
        "__timeFilter", "__variables", "__page", "__calc", "__action",
    }
)  # fmt: skip
"""Grafana's own variables in the address of a link, those of traces and of old tables among them."""
PARTS: Final = {
    "__value": frozenset({"raw", "numeric", "text", "time", "calc"}),
    "__series": frozenset({"name"}),
    "__field": frozenset({"name", "labels", "displayName"}),
    "__data": frozenset({"fields", "name", "refId"}),
}
"""What follows the point after some of them."""

_USED: Final = re.compile(
    r"\$\{(?P<braced>\w++)(?P<path>(?:\.\w++|\.?\[[^\[\]{}]*+\])*+)(?::[^{}]*+)?\}"
    r"|(?<![\w$%])\$(?P<bare>[A-Za-z_]\w*+)|\[\[(?P<old>\w++)(?::\w++)?\]\]"
)
_DASHBOARD: Final = re.compile(r"(?:^|/)d/([\w-]++)")
_PASSED: Final = re.compile(r"[?&]var-([\w.-]++)=")
_STEP: Final = re.compile(r"""\.(\w++)|\.?\[\s*+["']?([^\[\]"']*+)["']?\s*+\]""")


@dataclass(frozen=True)
class Link:
    """A link with an address.

    Attributes:
        url: The address as written.
        owner: The panel it belongs to; the body of the dashboard for its own links.
        of_data: Whether it is a link of a value, which knows the field and the series.
        matcher: Of a link that an override sets: which fields have it.
    """

    url: Text
    owner: Table
    of_data: bool
    matcher: Table | None = None


@dataclass(frozen=True)
class Used:
    """A variable in an address.

    Attributes:
        name: Without the dollar.
        path: What is asked of it: ``("labels", "pod")`` of ``__field.labels.pod``.
        span: Where it stands.
        bare: Whether it is written without braces, as ordinary text may be.
    """

    name: str
    path: tuple[str, ...]
    span: Span
    bare: bool


def links_of(spec: Table) -> Iterator[Link]:
    """Yield every link with an address: of the dashboard, of its panels, of their values."""
    for one in spec.tables("links"):
        if one.get("type", "link") == "link" and one.text("url"):
            yield Link(one.text("url"), spec, of_data=False)
    for panel in panels_of(spec):
        for one in panel.tables("links"):
            if one.text("url"):
                yield Link(one.text("url"), panel, of_data=False)
        config = panel.table("fieldConfig")
        listed = [*config.table("defaults").tables("links"), *panel.table("options").tables("dataLinks")]
        yield from (Link(one.text("url"), panel, of_data=True) for one in listed if one.text("url"))
        for override in config.tables("overrides"):
            for given in override.tables("properties"):
                for one in given.tables("value") if given.get("id") == "links" else ():
                    if one.text("url"):
                        yield Link(one.text("url"), panel, of_data=True, matcher=override.table("matcher"))


def used_in(url: str) -> Iterator[Used]:
    """Yield the variables in the address *url*."""
    for one in _USED.finditer(url) if "$" in url or "[[" in url else ():
        path = tuple(a or b for a, b in _STEP.findall(one["path"] or ""))
        yield Used(
            one["braced"] or one["bare"] or one["old"], path, Span(*one.span()), bare=bool(one["bare"])
        )


def target_of(url: str) -> str:
    """Return the uid of the dashboard of this Grafana to which *url* leads; empty where it leads elsewhere."""
    found = _DASHBOARD.search(url.partition("?")[0])
    return found[1] if found and not url.startswith(("http:", "https:", "//")) else ""


def passed_to(url: str) -> Iterator[tuple[str, Span]]:
    """Yield the variables that *url* sets at its target: ``var-pod=…``."""
    return ((one[1], Span(*one.span(1))) for one in _PASSED.finditer(url))
