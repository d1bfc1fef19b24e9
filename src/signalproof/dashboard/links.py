"""Where a reader can go from here."""

from __future__ import annotations

from dataclasses import dataclass, field

from signalproof.errors import Location, SignalproofError, caller


@dataclass(frozen=True)
class Link:
    """A link to a page: of the dashboard, of a row's panels, of one panel, or of a data point.

    ``{row}`` and ``{panel}`` in the address become the keys of the row and the panel that carry the link.

    Attributes:
        title: What is behind it.
        url: Address; Grafana's variables may stand in it.
        new_tab: Whether it opens beside the dashboard.
        where: The declaration.
    """

    title: str
    url: str
    new_tab: bool = field(default=True, kw_only=True)
    where: Location = field(default_factory=caller, kw_only=True, compare=False)

    def __post_init__(self) -> None:
        if not self.title or not self.url:
            raise SignalproofError(
                "a link without a title or an address",
                "give both: Link('Runbook', 'https://…')",
                where=self.where,
            )


@dataclass(frozen=True)
class RowLink:
    """A link from a panel to the first panel of a row of the same dashboard, time range and variables kept.

    Attributes:
        row: Key of the row.
        title: What is behind it; the title of the row when empty.
        where: The declaration.
    """

    row: str
    title: str = ""
    where: Location = field(default_factory=caller, kw_only=True, compare=False)


@dataclass(frozen=True)
class DashboardLink:
    """Links to every dashboard that has all of these *tags*, time range and variables kept.

    Attributes:
        tags: The tags that are wanted.
        title: What the dashboards have in common; heads the menu.
        menu: Whether they stand in a menu instead of side by side.
        where: The declaration.
    """

    tags: tuple[str, ...]
    title: str = ""
    menu: bool = field(default=True, kw_only=True)
    where: Location = field(default_factory=caller, kw_only=True, compare=False)

    def __post_init__(self) -> None:
        if not self.tags:
            raise SignalproofError(
                "a dashboard link without tags",
                "name at least one: DashboardLink(('hive',))",
                where=self.where,
            )
