"""M003: a dump of the program does not show the metric."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.catalogue.exposition import Exposition, Role, Series
from signalproof.errors import Location
from signalproof.knowledge.site import first_word
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule, Setting
from signalproof.lint.rules.m001_unknown_metric import remedy, written_name
from signalproof.promql.ast import Selector
from signalproof.promql.query import Query

_SEEN = Exposition(
    {one: Series(one, one, Role.COUNTER, seen=True) for one in ("shop_orders_total", "shop_refunds_total")},
    complete=False,
    glimpsed=frozenset({"shop"}),
)


def _asked(text: str) -> Setting:
    return Setting((Query(text, Location("q")),), _SEEN)


class NotSeen(Rule[Selector]):
    """The program was seen, and this metric of it was not.

    A dump of ``/metrics``, or the series of a running Prometheus, shows metrics that begin as this one does, and not this
    one: it may be misspelt, renamed or gone. It may also be there and not yet: a metric with labels appears with its
    first event, others need a setting, a device, another version. So this is a warning. ``--complete`` says that the
    dump shows everything there is; then rule M001 makes it an error.
    """

    code = "M003"
    slug = "not-seen"
    severity = "warning"
    visits = (Selector,)
    bad = ((_asked("rate(shop_order_total[5m])"), "shop_order_total"), (_asked("shop_carts"), "shop_carts"))
    good = (_asked("rate(shop_orders_total[5m])"), _asked("rate(http_requests_total[5m])"))

    def check(self, seen: Selector, context: Context) -> Iterator[Problem]:
        """Yield the name when other metrics of its program were seen, and no other source knows it."""
        exposition = context.world.exposition
        if exposition.complete or not exposition.glimpsed:
            return
        name, span = written_name(seen)
        if not name or name in exposition.series or name in exposition.gone:
            return
        if ":" not in name and first_word(name) in exposition.glimpsed and name not in context.world.families:
            near = f"{name}_total" in exposition.series or context.world.closest(name)
            yield Problem(
                f"{name!r} was not seen, and other metrics of its program were",
                remedy(name, context.world)
                if near
                else "it may come with its first event; --complete says that what was not seen does not exist",
                span,
            )
