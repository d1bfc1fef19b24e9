"""Where a reader can go from here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from signalproof.catalogue.labels import Label
from signalproof.dashboard.keys import check_uid
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
class Drilldown:
    """A link from a data point to another dashboard, about the same labels: time range and variables are kept.

    Attributes:
        uid: The dashboard.
        title: What is behind it.
        by: Labels of the point; each sets the variable of its name there.
        where: The declaration.
    """

    uid: str
    title: str
    by: tuple[type[Label], ...] = field(default=(), kw_only=True)
    where: Location = field(default_factory=caller, kw_only=True, compare=False)

    def __post_init__(self) -> None:
        check_uid(self.uid, self.where)
        if not self.title:
            raise SignalproofError("a drilldown without a title", "say what is behind it", where=self.where)

    def link(self, value_of: str, variables: Iterable[str]) -> Link:
        """Return the link.

        Args:
            value_of: Where Grafana keeps the labels of a point: ``__field.labels``, or ``__data.fields`` in a table.
            variables: Those of the dashboard it stands in, without the dollar; what *by* sets is not passed twice.
        """
        own = [one.label_name for one in self.by]
        passed = [f"${{{one}:queryparam}}" for one in variables if one not in own]
        passed += [f"var-{one}=${{{value_of}.{one}}}" for one in own]
        url = "&".join((f"/d/{self.uid}?${{__url_time_range}}", *passed))
        return Link(self.title, url, new_tab=False, where=self.where)


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
