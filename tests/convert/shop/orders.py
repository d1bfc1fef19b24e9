"""Orders: metrics of classes, made by a factory and in a loop."""

from __future__ import annotations

import prometheus_client as prom
from prometheus_client import Summary

from .names import Carrier, named


def counter(what: str, help_text: str, *labels: str, unit: str = "") -> prom.Counter:
    """Return a counter of the shop."""
    return prom.Counter(named(what), help_text, labels, unit=unit)


def gauge(what: str, help_text: str, labels: tuple[str, ...] = ()) -> prom.Gauge:
    """Return a gauge of the shop."""
    return prom.Gauge(named(what), help_text, labels)


class Orders:
    """What is ordered."""

    taken = prom.Counter(named("orders"), "Orders taken.", ["payment"])
    basket = Summary("shop_basket_items", "Items of an order.")

    def __init__(self, warehouse: str) -> None:
        self.prefix = f"shop_{warehouse}"
        self.stock = prom.Gauge(f"{self.prefix}_stock_items", "Items in stock.", labelnames=["shelf"])
        self.state = prom.Enum(f"{self.prefix}_state", "What the warehouse does.", states=["open", "closed"])
        self.build = prom.Info("shop_build", "What runs.")
        self.build.info({"version": "1.2", "revision": "abc"})
        self.open_carts = gauge("open_carts", "Carts that nobody has paid for.")
        self.returned = counter("returns", "Orders sent back.", "reason")
        self.returned.labels(reason="broken")
        self.read = counter("read", "Scanned at the door.", unit="bytes")
        self.queue = gauge("queue_length", "Parcels that wait.", ("carrier",))
        for carrier in Carrier:
            self.queue.labels(carrier.value).set(0)

    def take(self, items: int, payment: str) -> None:
        """Take an order."""
        self.taken.labels(payment="card" if payment == "card" else "invoice").inc()
        self.basket.observe(items)
        self.stock.labels(payment).set(7)


PARCELS = {
    carrier.value: prom.Counter(f"shop_{carrier.value}_parcels", f"Parcels sent by {carrier.value}.")
    for carrier in Carrier
}
WAREHOUSE = Orders("north")
WEIGHT = prom.Histogram(
    "shop_parcel_weight_grams", "Weight of a parcel.", buckets=[100, 500, 1000, 5000, float("inf")]
)
