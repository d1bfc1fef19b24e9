"""A decorator below ours that has kept the function will call it without us: the log says so when it is decorated."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, labels
from signalproof.catalogue.operation import Adapter, Loop, Request
from signalproof.instrument import order, track_adapter_request, track_loop, track_request, use

F = TypeVar("F", bound=Callable[..., Any])


class Failure(ClosedLabel, name="error_type"):
    OTHER = "other"


WORK = Request("work", "a piece of work", labels(), Failure, owner="app.work")
CALL = Adapter("call", "a call", labels(), Failure, owner="app.call")
TURN = Loop("turn", "a turn", labels(), Failure, owner="app.turn")


class Command:
    """What command lines and task queues make of a function."""

    def __init__(self, callback: Callable[..., Any]) -> None:
        self.name = "command"
        self.callback = callback

    def __call__(self) -> Any:
        return self.callback()


class Application:
    """Keeps functions in the ways in which frameworks do."""

    def __init__(self) -> None:
        self.routes: dict[str, Callable[..., Any]] = {}
        self.commands: list[Command] = []
        self.signals: list[weakref.ref[Any]] = []

    def get(self, path: str, **options: str) -> Callable[[F], F]:
        def keep(function: F) -> F:
            self.routes[path] = function
            return function

        return keep

    def command(self, function: Callable[..., Any]) -> Any:
        self.commands.append(Command(function))
        return self.commands[-1]

    def receiver(self, function: F) -> F:
        self.signals.append(weakref.ref(function))
        return function


app = Application()


def marked(function: F) -> F:
    function.__dict__["marked"] = True
    return function


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What the log says of the order of decorators."""
    return lambda: [one.getMessage() for one in caplog.records if "are not recorded" in one.getMessage()]


Said = Callable[[], list[str]]


def test_a_function_that_the_decorator_below_has_kept_is_warned_of(said: Said) -> None:
    @track_request(WORK)
    @app.get("/a")
    def page() -> None: ...

    assert len(said()) == 1
    assert "test_order.py:" in said()[0]
    assert (
        "calls of test_a_function_that_the_decorator_below_has_kept_is_warned_of.<locals>.page by @app.get('/a')"
        in said()[0]
    )


def test_so_is_a_coroutine_function(said: Said) -> None:
    @track_adapter_request(CALL)
    @app.get("/b")
    async def page() -> None: ...

    assert len(said()) == 1


def test_so_is_a_loop(said: Said) -> None:
    @track_loop(TURN)
    @app.get("/c")
    def turn() -> None: ...

    assert len(said()) == 1


def test_so_is_a_method(said: Said) -> None:
    class Page:
        @track_request(WORK)
        @app.get("/d")
        def show(self) -> None: ...

    assert len(said()) == 1


def test_so_is_a_function_that_is_kept_weakly_as_signals_do(said: Said) -> None:
    @track_request(WORK)
    @app.receiver
    def seen() -> None: ...

    assert len(said()) == 1


def test_so_is_a_function_of_which_a_command_was_made_that_is_kept(said: Said) -> None:
    @track_request(WORK)
    @app.command
    def run() -> None: ...

    assert len(said()) == 1


def test_so_is_one_whose_decorators_have_several_lines(said: Said) -> None:
    # fmt: off
    @track_request(
        WORK,
    )
    # kept here
    @app.get(
        "/e",
        text="""
@text
""",
    )
    @marked
    def page() -> None: ...
    # fmt: on

    assert len(said()) == 1


def test_the_order_that_records_is_not(said: Said) -> None:
    @app.get("/f")
    @track_request(WORK)
    def page() -> None: ...

    assert (said(), app.routes["/f"] is page) == ([], True)


def test_a_decorator_that_keeps_nothing_is_not(said: Said) -> None:
    @track_request(WORK)
    @marked
    def page() -> None: ...

    assert said() == []


def test_a_decorator_that_makes_another_function_is_not(said: Said) -> None:
    @track_request(WORK)
    @functools.cache
    def page() -> None: ...

    @track_request(WORK)
    @Command
    def run() -> None: ...

    @track_request(WORK)
    @track_adapter_request(CALL)
    def twice() -> None: ...

    assert said() == []


def test_a_function_that_is_decorated_by_a_call_is_not(said: Said) -> None:
    @app.get("/g")
    def page() -> None: ...

    track_request(WORK)(page)
    assert said() == []


def test_a_function_of_which_the_source_is_gone_is_not(said: Said) -> None:
    source = "@track_request(WORK)\n@app.get('/h')\ndef page(): ...\n"
    exec(compile(source, "nowhere.py", "exec"), {"track_request": track_request, "WORK": WORK, "app": app})
    assert said() == []


def test_nothing_is_said_where_instrumentation_is_off(said: Said) -> None:
    use(Catalogue.of_entries([WORK]), enabled=False)
    try:

        @track_request(WORK)
        @app.get("/i")
        def page() -> None: ...

    finally:
        use(Catalogue.of_entries([WORK]))
    assert (said(), app.routes["/i"] is page) == ([], True)


@pytest.fixture
def _broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Any:
        raise ValueError

    monkeypatch.setattr(order, "_decorators_below", fail)


@pytest.mark.usefixtures("_broken")
def test_what_goes_wrong_in_looking_does_not_break_an_import(said: Said) -> None:
    @track_request(WORK)
    @app.get("/j")
    def page() -> int:
        return 1

    assert (page(), said()) == (1, [])
