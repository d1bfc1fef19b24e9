"""Panel kinds that ask nothing: lists of what Grafana has itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from signalproof.dashboard.panel import Panel
from signalproof.dashboard.said import NUMBER, SWITCH, TEXT, TEXTS, said


@dataclass(frozen=True, eq=False)
class AlertList(Panel):
    """The alerts that fire, or are about to.

    Attributes:
        most: Most alerts that are listed.
        name: Only those whose names contain it.
        matching: Only those that these label matchers select: ``{owner="planning"}``.
        folder: Only those of the rules in it, by its title.
        of_dashboard: Whether only those of this dashboard are listed.
    """

    kind = "alertlist"

    most: int | None = field(default=None, kw_only=True, metadata=said("options.maxItems", NUMBER))
    name: str | None = field(default=None, kw_only=True, metadata=said("options.alertName", TEXT))
    matching: str | None = field(
        default=None, kw_only=True, metadata=said("options.alertInstanceLabelFilter", TEXT)
    )
    folder: str | None = field(default=None, kw_only=True, metadata=said("options.folder.title", TEXT))
    of_dashboard: bool | None = field(
        default=None, kw_only=True, metadata=said("options.dashboardAlerts", SWITCH)
    )


@dataclass(frozen=True, eq=False)
class DashboardList(Panel):
    """Other dashboards.

    Attributes:
        tags: Only those that have all of these.
        query: Only those whose titles contain it.
        most: Most dashboards that are listed.
        search: Whether those that fit are listed.
        starred: Whether the reader's own favourites are listed.
        recent: Whether those that the reader saw last are listed.
        headings: Whether the lists have headings.
        keep_time: Whether the time range goes along.
        include_variables: Whether the variables go along.
    """

    kind = "dashlist"

    tags: tuple[str, ...] | None = field(default=None, kw_only=True, metadata=said("options.tags", TEXTS))
    query: str | None = field(default=None, kw_only=True, metadata=said("options.query", TEXT))
    most: int | None = field(default=None, kw_only=True, metadata=said("options.maxItems", NUMBER))
    search: bool | None = field(default=None, kw_only=True, metadata=said("options.showSearch", SWITCH))
    starred: bool | None = field(default=None, kw_only=True, metadata=said("options.showStarred", SWITCH))
    recent: bool | None = field(
        default=None, kw_only=True, metadata=said("options.showRecentlyViewed", SWITCH)
    )
    headings: bool | None = field(default=None, kw_only=True, metadata=said("options.showHeadings", SWITCH))
    keep_time: bool | None = field(default=None, kw_only=True, metadata=said("options.keepTime", SWITCH))
    include_variables: bool | None = field(
        default=None, kw_only=True, metadata=said("options.includeVars", SWITCH)
    )
