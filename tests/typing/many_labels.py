"""Type-checked, never run: one to six labels, in a list, a tuple or a set, are right where they are the operation's.

Every line that must be refused carries an ignore and says why; both checkers report an ignore that is not needed, so a line that
comes to be accepted fails the check.
"""

# pyright: strict, reportUnnecessaryTypeIgnoreComment=true, reportUnusedExpression=false

from __future__ import annotations

from typing import assert_type

from signalproof.catalogue.labels import BoundedLabel, ClosedLabel, LabelSet, OpenLabel, labels
from signalproof.catalogue.metric import Counter, Gauge, Histogram
from signalproof.catalogue.operation import Adapter, Loop, Request, Status
from signalproof.instrument import (
    argument,
    count,
    iteration,
    observe,
    result,
    set_gauge,
    track_adapter_request,
    track_loop,
    track_request,
)
from signalproof.instrument.tracker import Tracker
from signalproof.promql.build import rate


class Endpoint(ClosedLabel):
    """Which part of the service."""

    LIST = "list"
    SHOW = "show"


class Method(ClosedLabel):
    """Which verb."""

    GET = "GET"
    POST = "POST"


class Region(ClosedLabel):
    """Where."""

    EU = "eu"


class Model(BoundedLabel, at_most=4):
    """Which model."""


class Tenant(BoundedLabel, at_most=9):
    """Whose."""


class Route(OpenLabel):
    """Which path."""


class Stranger(ClosedLabel):
    """A label of none of the operations."""

    OTHER = "other"


class Failure(ClosedLabel, name="error_type"):
    """Why not."""

    OTHER = "other"


ONE = Request("one", "a call", labels(Endpoint), Failure, owner="app.one")
TWO = Request("two", "a call", labels(Endpoint, Method), Failure, owner="app.two")
THREE = Request("three", "a call", labels(Endpoint, Method, Region), Failure, owner="app.three")
FOUR = Adapter("four", "a call", labels(Endpoint, Method, Region, Model), Failure, owner="app.four")
FIVE = Adapter("five", "a call", labels(Endpoint, Method, Region, Model, Tenant), Failure, owner="app.five")
SIX = Request(
    "six", "a call", labels(Endpoint, Method, Region, Model, Tenant, Route), Failure, owner="app.six"
)
TURN = Loop("turn", "a turn", labels(Endpoint, Method), Failure, owner="app.turn")
ASKED = Counter("asked_total", "Asked.", labels(Endpoint, Method, Region, Model, Tenant, Route))
DEPTH = Gauge("depth", "Depth.", labels(Endpoint, Method))
TAKEN = Histogram("taken_seconds", "Taken.", labels(Endpoint, Model))

assert_type(labels(Endpoint, Method), LabelSet[Endpoint | Method])
assert_type(
    labels(Endpoint, Method, Region, Model, Tenant, Route),
    LabelSet[Endpoint | Method | Region | Model | Tenant | Route],
)
assert_type(SIX.calls, Counter[Endpoint | Method | Region | Model | Tenant | Route | Status])
assert_type(track_request(TWO, labels=[Endpoint.LIST, Method.GET]), Tracker[Endpoint | Method, Failure])

# lists
track_request(ONE, labels=[Endpoint.LIST])
track_request(TWO, labels=[Endpoint.LIST, Method.GET])
track_request(THREE, labels=[Endpoint.LIST, Method.GET, Region.EU])
track_adapter_request(FOUR, labels=[Endpoint.LIST, Method.GET, Region.EU, Model("m")])
track_adapter_request(FIVE, labels=[Endpoint.LIST, Method.GET, Region.EU, Model("m"), Tenant("t")])
track_request(SIX, labels=[Endpoint.LIST, Method.GET, Region.EU, Model("m"), Tenant("t"), Route("/")])
track_loop(TURN, labels=[Endpoint.LIST, Method.GET])
iteration(TURN, labels=[Endpoint.LIST, Method.GET])

# tuples and sets
track_request(ONE, labels=(Endpoint.LIST,))
track_request(TWO, labels=(Endpoint.LIST, Method.GET))
track_request(THREE, labels=(Endpoint.LIST, Method.GET, Region.EU))
track_adapter_request(FOUR, labels=(Endpoint.LIST, Method.GET, Region.EU, Model("m")))
track_adapter_request(FIVE, labels=(Endpoint.LIST, Method.GET, Region.EU, Model("m"), Tenant("t")))
track_request(SIX, labels=(Endpoint.LIST, Method.GET, Region.EU, Model("m"), Tenant("t"), Route("/")))
track_loop(TURN, labels=(Endpoint.LIST, Method.GET))
track_request(TWO, labels={Endpoint.LIST, Method.GET})

# values, arguments and results beside each other
track_request(TWO, labels=[Endpoint.LIST, argument(Method, "method")])
track_request(TWO, labels=[argument(Endpoint, "endpoint"), argument(Method, "method")])
track_request(THREE, labels=(argument(Endpoint, "endpoint"), Method.GET, result(Region)))
track_request(
    SIX,
    labels=[
        Endpoint.LIST,
        Method.GET,
        argument(Region, "region"),
        argument(Model, "model", lambda one: Model(one.name)),
        result(Tenant, lambda one: one.tenant),
        Route("/"),
    ],
)
track_request(TWO, labels=[Endpoint.LIST, Method.GET], failure=lambda one: Failure.OTHER)

# by name, and given to it by name
track_request("two", labels=[Endpoint.LIST, Method.GET])
track_request("two", labels={"endpoint": "list", "method": Method.GET})

# calls and metrics that a program writes itself
with track_request(SIX) as call:
    call.label(Endpoint.LIST, Method.GET, Region.EU, Model("m"), Tenant("t"), Route("/"))
    call.label(Endpoint.LIST, Stranger.OTHER)  # type: ignore[arg-type]  # another operation's label
count(ASKED, Endpoint.LIST, Method.GET, Region.EU, Model("m"), Tenant("t"), Route("/"), by=2)
set_gauge(DEPTH, 3, Endpoint.LIST, Method.GET)
observe(TAKEN, 0.5, Endpoint.LIST, Model("m"))

# queries
rate(SIX.calls, where=(Endpoint.LIST, Method.GET, Region.EU), by=(Model, Tenant, Route))

# one label that is not the operation's, wherever it stands
track_request(ONE, labels=[Stranger.OTHER])  # type: ignore[list-item]  # a label that the operation does not have
track_request(TWO, labels=[Endpoint.LIST, Stranger.OTHER])  # type: ignore[list-item]  # the second is not its own
track_request(TWO, labels=(Stranger.OTHER, Method.GET))  # type: ignore[arg-type]  # the first is not its own
track_request(TWO, labels={Endpoint.LIST, Stranger.OTHER})  # type: ignore[arg-type]  # one of them is not its own
track_request(TWO, labels=[Endpoint.LIST, argument(Stranger, "s")])  # type: ignore[arg-type]  # the source is not of its labels
track_request(THREE, labels=[Endpoint.LIST, Method.GET, Model("m")])  # type: ignore[list-item]  # the third is not its own
track_adapter_request(FOUR, labels=[Endpoint.LIST, Method.GET, Region.EU, Route("/")])  # type: ignore[list-item]  # the fourth is not its own
track_loop(TURN, labels=[Endpoint.LIST, Region.EU])  # type: ignore[list-item]  # the second is not its own
iteration(TURN, labels=(Endpoint.LIST, Region.EU))  # type: ignore[arg-type]  # the second is not its own
track_request(TWO, labels=[Endpoint, Method])  # type: ignore[list-item]  # labels, not values of them
track_request(TWO, labels=[lambda: Endpoint.LIST])  # type: ignore[list-item]  # a function is no value
track_request(TWO, labels=["list", "GET"])  # type: ignore[list-item]  # text instead of labels
count(ASKED, Endpoint.LIST, Stranger.OTHER)  # type: ignore[misc]  # no label of it
rate(SIX.calls, where=(Endpoint.LIST, Stranger.OTHER))  # type: ignore[misc]  # no label of it
