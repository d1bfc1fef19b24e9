"""What the shop calls things."""

from enum import Enum

NAMESPACE = "shop"
HTTP = "http"
COMMON = ["method", "route"]
LATENCY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
SIZES = tuple(2.0**power for power in range(3))


class Carrier(Enum):
    POST = "post"
    COURIER = "courier"


def named(name: str) -> str:
    """Return the full name of a metric."""
    return f"{NAMESPACE}_{name}"
