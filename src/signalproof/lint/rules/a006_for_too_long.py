"""A006: ``for`` is longer than the condition can last."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.exposition import Exposition, Role, Series
from signalproof.infer.windows import spoken
from signalproof.lint.finding import Problem
from signalproof.lint.lasting import lasting
from signalproof.lint.rule import Context, Rule, Setting
from signalproof.lint.shown import alert
from signalproof.promql.ast import Span
from signalproof.promql.query import Query, Use

_ROLES = {
    "up": Role.GAUGE,
    "mysql_global_status_uptime": Role.UNKNOWN,
    "process_start_time_seconds": Role.GAUGE,
    "node_boot_time_seconds": Role.GAUGE,
    "node_time_seconds": Role.GAUGE,
    "falco_events": Role.COUNTER,
    "worker_restarts_total": Role.COUNTER,
}
_CLOCKS = Exposition({name: Series(name, name, role) for name, role in _ROLES.items()})


def _age(text: str, wait: float = 0.0) -> Setting:
    return Setting((alert(text, wait=wait),), _CLOCKS)


class ForTooLong(Rule[Query]):
    """``for`` asks that the condition holds longer than one event keeps it true.

    ``increase(restarts_total[10m]) > 0`` is true for ten minutes after a restart, for then the window has left it behind:
    with ``for: 15m`` the alert fires only when restart follows restart. An uptime is below 60 s for 60 s, and with
    ``for: 5m`` no single restart is ever told of. Leave ``for`` out, or make the window or the bound longer than it.

    It rests on this: that the thing happens now and then, for what happens again and again keeps the condition true; that
    may be what ``for`` is to ask for, and then it is to be allowed. So ``increase`` and ``changes`` are looked at only
    where the name of the metric says that it counts such things (events, restarts, kills, evictions, failovers …), or is the
    time of a start: errors come again with each attempt. A rate is not looked at, which asks how much goes on, and of an uptime without a unit it is
    taken that it is one of seconds. How long an alert stays after its condition (``keep_firing_for``) is something else.
    """

    code = "A006"
    slug = "for-too-long"
    severity = "warning"
    visits = (Query,)
    about = ("for_seconds",)
    uses = frozenset({Use.ALERT})
    bad = (
        (_age("increase(falco_events[10m]) > 0", 900.0), "for: 15m"),
        (_age("sum by (job) (increase(worker_restarts_total[10m])) >= 1", 600.0), "for: 10m"),
        (_age("mysql_global_status_uptime < 60", 300.0), "for: 5m"),
        (_age("time() - process_start_time_seconds < 300 and on (job) up == 1", 600.0), "for: 10m"),
        (_age("(time() - node_boot_time_seconds) / 60 < 5", 600.0), "for: 10m"),
        (_age("node_time_seconds - node_boot_time_seconds < 300", 600.0), "for: 10m"),
        (_age("worker_restarts_total - worker_restarts_total offset 10m >= 1", 600.0), "for: 10m"),
        (_age("changes(process_start_time_seconds[5m]) > 0", 600.0), "for: 10m"),
    )
    good = (
        alert('increase(payments_total{status="failure"}[10m]) > 0', wait=900.0),
        alert("changes(payment_errors_total[1m]) > 0", wait=120.0),
        _age("increase(worker_restarts_total[15m]) > 0", 600.0),
        _age("increase(worker_restarts_total[10m]) > 5", 900.0),
        _age("increase(worker_restarts_total[10m]) > 0 or up == 0", 900.0),
        alert("rate(payments_total[5m]) > 0", wait=900.0),
        _age("mysql_global_status_uptime < 600", 300.0),
        _age("mysql_global_status_uptime < 60"),
        _age("mysql_global_status_uptime > 60", 300.0),
        _age("time() - process_start_time_seconds > 300", 600.0),
        alert("time() - last_run_timestamp_seconds < 300", wait=600.0),
        _age("changes(process_start_time_seconds[15m]) > 2", 900.0),
        _age("worker_restarts_total - worker_restarts_total offset 15m > 0", 600.0),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield ``for`` where what is asked for is over before."""
        found = lasting(context.root, context)
        if found is None or found.seconds > seen.for_seconds:
            return
        text = f"for: {spoken(seen.for_seconds)}"
        yield Problem(
            f"{found.thing} keeps the condition true for {spoken(found.seconds)} at most, and never fires the alert: "
            f"{found.why}",
            "leave `for` out, or make it shorter than that; where it is to fire only if it happens again and again, allow it",
            Span(0, len(text)),
            text=text,
            part="for",
        )
