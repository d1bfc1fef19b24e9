"""D012: a link that does not lead where it should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from signalproof.dashboard.addresses import (
    Link,
    links_of,
    passed_to,
    target_of,
    used_in,
)
from signalproof.dashboard.foreign import ForeignDashboard
from signalproof.errors import did_you_mean
from signalproof.lint.addressed import not_there, unknown, variables_of
from signalproof.lint.fields import queried, unmatched
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.pointing import panel_problem, times
from signalproof.lint.rule import Context, Everything, Rule, Setting
from signalproof.lint.shown import dashboard, later
from signalproof.lint.transformations import after_all
from signalproof.promql.ast import Span

_PANEL = """{
  "uid": "jobs", "title": "Jobs", "templating": {"list": [{"type": "query", "name": "queue", "query": "label_values(queue)"}]},
  "panels": [{
    "type": "timeseries", "title": "Waiting",
    "targets": [{"refId": "A", "expr": "sum by (queue) (queue_length{queue=~'$queue'})", "legendFormat": "{{queue}}"}],
    "fieldConfig": {"defaults": {"links": [{"title": "more", "url": "%s"}]}}
  }]
}"""
_TABLE = """{
  "title": "Jobs", "templating": {"list": []},
  "panels": [{
    "type": "table", "title": "Waiting",
    "targets": [{"refId": "A", "format": "table", "instant": true, "expr": "sum by (queue) (queue_length)"}],
    "transformations": [{"id": "organize", "options": {"renameByName": {"queue": "Queue"}}}],
    "fieldConfig": {"defaults": {"links": [{"title": "more", "url": "/d/queue?var-queue=${__data.fields.%s}"}]}}
  }]
}"""
_QUEUE = """{"uid": "queue", "title": "Queue", "templating": {"list": [{"type": "textbox", "name": "queue"}]},
  "panels": [{"type": "text", "title": "$queue"}]}"""
_TREE = 5
"""So many links of a tree have to find their dashboards before one that does not is taken for wrong."""


def _beside(url: str) -> Setting:
    return Setting(dashboards=(dashboard(_PANEL % url), dashboard(_QUEUE)))


class BrokenLink(Rule[Everything]):
    """A link with a variable that does not exist, or that hands its target a variable that the target does not have.

    What nothing replaces stays in the address as it is written, and the dashboard behind it opens with nothing chosen. So
    does one that is handed ``var-pod`` and has no variable ``pod``. Known are the variables of the dashboard, Grafana's own
    (``${__url_time_range}``, ``${__field.labels.x}`` …), the labels that the queries of the panel can have, and its fields.

    Targets are looked up among the dashboards that are read together. A uid that is none of them is info, and said only
    where at least five other links find theirs.
    """

    code = "D012"
    slug = "broken-link"
    severity = "warning"
    visits = (Everything,)
    bad = later(
        lambda: (
            (dashboard(_PANEL % "/d/queue?var-queue=${queu}"), "${queu}"),
            (dashboard(_PANEL % "/d/queue?${__url_timerange}"), "${__url_timerange}"),
            (dashboard(_PANEL % "/d/queue?var-queue=${__field.label.queue}"), "${__field.label.queue}"),
            (dashboard(_PANEL % "/d/queue?var-queue=${__field.labels.pod}"), "${__field.labels.pod}"),
            (dashboard(_TABLE % "Pod"), "${__data.fields.Pod}"),
            (_beside("/d/queue/queue?var-queues=${queue}"), "queues"),
        )
    )
    good = later(
        lambda: (
            dashboard(_PANEL % "/d/queue?var-queue=${queue:queryparam}&${__url_time_range}&$__all_variables"),
            dashboard(_PANEL % "/d/queue?var-queue=${__field.labels.queue}&from=${__value.time}&x=$1"),
            dashboard(_PANEL % "https://wiki/?x=${__data.fields.Value}&y=${__data.fields[0]}&z=[[queue]]"),
            dashboard(_TABLE % "Queue"),
            dashboard(_PANEL % "/d/elsewhere?var-anything=1"),
            _beside("/d/queue/queue?var-queue=${queue}"),
        )
    )

    def check(self, seen: Everything, context: Context) -> Iterator[Problem]:
        """Yield, of every dashboard, the first of the links with the same mistake."""
        by_uid: dict[str, list[ForeignDashboard]] = {}
        for one in seen.dashboards:
            by_uid.setdefault(one.uid, []).append(one)
            by_uid.setdefault(str(one.spec.text("uid")), []).append(one)
        followed = [
            uid
            for one in seen.dashboards
            for link in links_of(one.spec)
            if (uid := target_of(link.url)) in by_uid
        ]
        for found in seen.dashboards:
            places: dict[tuple[str, str], list[tuple[Span, Link, str]]] = {}
            for link in links_of(found.spec):
                for what, remedy, span in _wrong(link, found, seen, by_uid):
                    key = what, link.url[span.start : span.end]
                    places.setdefault(key, []).append((span, link, remedy))
            for (what, _), where in places.items():
                span, link, remedy = where[0]
                yield panel_problem(
                    f"{what}{times(len(where))}", remedy, link.url, "link", link.owner, found, span=span
                )
            if len(followed) >= _TREE:
                yield from _nowhere(found, by_uid)


def _wrong(
    link: Link, found: ForeignDashboard, seen: Everything, by_uid: Mapping[str, list[ForeignDashboard]]
) -> Iterator[tuple[str, str, Span]]:
    """Yield what is wrong, what helps, and where."""
    if link.matcher is not None:
        fields = after_all(link.owner, queried(link.owner, seen))
        if unmatched(link.matcher, fields, link.owner) is not None:
            return  # no field has the link; G005 says so
    declared = variables_of(found.spec)
    for used in used_in(link.url):
        what = unknown(used, link, declared, found.spec)
        if what is None and link.of_data:
            what = not_there(used, link, seen)
        if what is not None:
            yield (*what, used.span)
    uid = target_of(link.url)
    targets = by_uid.get(uid, []) if uid and "$" not in uid else []
    for name, span in passed_to(link.url) if targets else ():
        known = set[str]().union(*(variables_of(one.spec) for one in targets))
        if name not in known:
            title = targets[0].spec.text("title") or uid
            remedy = did_you_mean(name, known, f"it has {', '.join(sorted(known)) or 'none'}")
            yield f"the dashboard {str(title)!r} has no variable {name!r}", remedy, span


def _nowhere(found: ForeignDashboard, by_uid: Mapping[str, list[ForeignDashboard]]) -> Iterator[Problem]:
    missing: dict[str, list[Link]] = {}
    for link in links_of(found.spec):
        uid = target_of(link.url)
        if uid and uid not in by_uid:
            missing.setdefault(uid, []).append(link)
    for uid, links in missing.items():
        start = links[0].url.find(uid)
        yield panel_problem(
            f"no dashboard beside this one has the uid {uid!r}{times(len(links))}",
            did_you_mean(
                uid, (one for one in by_uid if one), "read it with the others, or take the link out"
            ),
            links[0].url,
            "link",
            links[0].owner,
            found,
            span=Span(start, start + len(uid)),
            severity=Severity.INFO,
        )
