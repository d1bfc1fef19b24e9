"""The catalogue in a running program: decorators, backends and the exposition server."""

from signalproof.instrument.active import use
from signalproof.instrument.decorators import iteration, track_adapter_request, track_loop, track_request
from signalproof.instrument.exposition import serve
from signalproof.instrument.installation import install
from signalproof.instrument.sources import argument, result
from signalproof.instrument.written import count, forget_gauge, move_gauge, observe, set_gauge

__all__ = [
    "argument",
    "count",
    "forget_gauge",
    "install",
    "iteration",
    "move_gauge",
    "observe",
    "result",
    "serve",
    "set_gauge",
    "track_adapter_request",
    "track_loop",
    "track_request",
    "use",
]
