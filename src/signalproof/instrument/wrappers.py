"""The wrapped function: one wrapper for each kind of function, so that the kind does not change.

The wrappers of plain functions and coroutine functions exist twice. The short form is for the usual case, in which all
label values are fixed and so the recorder is known beforehand; it spends nothing on what is not needed. The other form
is told of the start and the end of a call and leaves the rest to whom it tells.
"""

from __future__ import annotations

import functools
import inspect
import types
from bisect import bisect_left
from collections.abc import AsyncGenerator, Callable, Generator
from sys import exception
from typing import Any, Protocol

from signalproof.catalogue.instrumentation import Stage
from signalproof.instrument.awaited import until_awaited
from signalproof.instrument.faults import blame
from signalproof.instrument.meter import Recorder
from signalproof.instrument.unfinished import Watch

Function = Callable[..., Any]


class Started(Protocol):
    """Something that began with a call and wants to know how it ended; its methods do not raise."""

    def returned(self, result: Any) -> None:
        """End with a result."""

    def raised(self, error: BaseException) -> None:
        """End with an error."""


Start = Callable[[tuple[Any, ...], dict[str, Any]], Started]
"""Takes the positional and the keyword arguments of a call that begins; does not raise."""


def wrap(
    function: Function, start: Start, *, recorder: Recorder | None = None, awaits: bool = False
) -> Function:
    """Return *function* with its calls recorded; its kind, signature, result and exceptions stay what they are.

    Args:
        function: Function, coroutine function, generator function, asynchronous generator function, or any callable.
        start: Is told of every call.
        recorder: What takes duration and outcome of every call, if that is all there is to record.
        awaits: Whether an awaitable that a plain function returns is part of the call.
    """
    inner = function if inspect.isroutine(function) or isinstance(function, functools.partial) else None
    called = inner or getattr(type(function), "__call__")  # noqa: B004, B009  # the method decides what kind of function a callable object is
    if inspect.isasyncgenfunction(called):
        return _asynchronous_generator(function, start)
    if inspect.isgeneratorfunction(called):
        generator = _generator(function, start)
        made = inspect.unwrap(called)
        flags = getattr(getattr(made, "__code__", None), "co_flags", 0)
        return types.coroutine(generator) if flags & inspect.CO_ITERABLE_COROUTINE else generator
    if inspect.iscoroutinefunction(called):
        return _coroutine(function, start) if recorder is None else _fixed_coroutine(function, recorder)
    if awaits:
        return _awaiting(function, start)
    if recorder is None:
        return _function(function, start)
    return _fixed_function(function, recorder)


def _fixed_function(function: Function, recorder: Recorder) -> Function:
    name, bounds, last = recorder.name, recorder.layout.bounds, recorder.layout.last
    watch = Watch(function, awaitables=True)

    @functools.wraps(function)
    def tracked(*args: Any, **kwargs: Any) -> Any:
        start: float | None
        kind: Any
        clock = recorder.clock
        try:
            start = clock()
        except Exception as fault:  # noqa: BLE001  # a broken clock must not break the caller
            start = None
            blame(name, Stage.CLOCK, fault)
        try:
            # passing on keyword arguments makes a new dictionary, even of none
            result = function(*args, **kwargs) if kwargs else function(*args)
        except BaseException:  # "as error" would make it pass through one handler more
            if start is not None:
                try:
                    kind, seconds = type(exception()), clock() - start
                    if seconds < 0.0:
                        seconds = 0.0
                    if (local := recorder.local) is None:
                        outcome = recorder.outcomes.get(kind) or recorder.outcome(kind)
                        outcome(seconds)
                    else:
                        try:
                            place, cell = recorder.places[kind], local.cell
                        except (KeyError, AttributeError):  # a class or a thread that was not seen before
                            recorder.outcome(kind)(seconds)
                        else:
                            cell[place + bisect_left(bounds, seconds)] += 1
                            cell[last] += seconds
                except Exception as fault:  # noqa: BLE001  # a broken backend must not break the caller
                    blame(name, Stage.RECORD, fault)
            raise
        if start is not None:
            try:
                seconds = clock() - start
                if seconds < 0.0:
                    seconds = 0.0
                if (local := recorder.local) is None:
                    observe, succeeded = recorder.success
                    observe(seconds)
                    if succeeded is not None:
                        succeeded()
                else:
                    try:
                        cell = local.cell
                    except AttributeError:
                        cell = recorder.move_in()
                    cell[bisect_left(bounds, seconds)] += 1
                    cell[last] += seconds
            except Exception as fault:  # noqa: BLE001  # a broken backend must not break the caller
                blame(name, Stage.RECORD, fault)
        if watch.left:
            watch.look_at(result)
        return result

    return tracked


def _fixed_coroutine(function: Function, recorder: Recorder) -> Function:
    name, bounds, last = recorder.name, recorder.layout.bounds, recorder.layout.last
    watch = Watch(function)

    @functools.wraps(function)
    async def tracked(*args: Any, **kwargs: Any) -> Any:
        start: float | None
        kind: Any
        clock = recorder.clock
        try:
            start = clock()
        except Exception as fault:  # noqa: BLE001  # a broken clock must not break the caller
            start = None
            blame(name, Stage.CLOCK, fault)
        try:
            result = await (function(*args, **kwargs) if kwargs else function(*args))
        except BaseException:  # "as error" would make it pass through one handler more
            if start is not None:
                try:
                    kind, seconds = type(exception()), clock() - start
                    if seconds < 0.0:
                        seconds = 0.0
                    if (local := recorder.local) is None:
                        outcome = recorder.outcomes.get(kind) or recorder.outcome(kind)
                        outcome(seconds)
                    else:
                        try:
                            place, cell = recorder.places[kind], local.cell
                        except (KeyError, AttributeError):  # a class or a thread that was not seen before
                            recorder.outcome(kind)(seconds)
                        else:
                            cell[place + bisect_left(bounds, seconds)] += 1
                            cell[last] += seconds
                except Exception as fault:  # noqa: BLE001  # a broken backend must not break the caller
                    blame(name, Stage.RECORD, fault)
            raise
        if start is not None:
            try:
                seconds = clock() - start
                if seconds < 0.0:
                    seconds = 0.0
                if (local := recorder.local) is None:
                    observe, succeeded = recorder.success
                    observe(seconds)
                    if succeeded is not None:
                        succeeded()
                else:
                    try:
                        cell = local.cell
                    except AttributeError:
                        cell = recorder.move_in()
                    cell[bisect_left(bounds, seconds)] += 1
                    cell[last] += seconds
            except Exception as fault:  # noqa: BLE001  # a broken backend must not break the caller
                blame(name, Stage.RECORD, fault)
        if watch.left:
            watch.look_at(result)
        return result

    return tracked


def _function(function: Function, start: Start) -> Function:
    watch = Watch(function, awaitables=True)

    @functools.wraps(function)
    def tracked(*args: Any, **kwargs: Any) -> Any:
        call = start(args, kwargs)
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            call.raised(error)
            raise
        call.returned(result)
        if watch.left:
            watch.look_at(result)
        return result

    return tracked


def _awaiting(function: Function, start: Start) -> Function:
    watch = Watch(function)

    @functools.wraps(function)
    def tracked(*args: Any, **kwargs: Any) -> Any:
        call = start(args, kwargs)
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            call.raised(error)
            raise
        if watch.left:
            watch.look_at(result)
        return until_awaited(result, call)

    return tracked


def _coroutine(function: Function, start: Start) -> Function:
    watch = Watch(function)

    @functools.wraps(function)
    async def tracked(*args: Any, **kwargs: Any) -> Any:
        call = start(args, kwargs)
        try:
            result = await function(*args, **kwargs)
        except BaseException as error:
            call.raised(error)
            raise
        call.returned(result)
        if watch.left:
            watch.look_at(result)
        return result

    return tracked


def _generator(function: Function, start: Start) -> Function:
    @functools.wraps(function)
    def tracked(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        call = start(args, kwargs)
        try:
            result = yield from function(*args, **kwargs)
        except BaseException as error:
            call.raised(error)
            raise
        call.returned(result)
        return result

    return tracked


def _asynchronous_generator(function: Function, start: Start) -> Function:
    @functools.wraps(function)
    async def tracked(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        call = start(args, kwargs)
        try:
            items = function(*args, **kwargs)
            step = items.__anext__()
            while True:
                try:
                    item = await step
                except StopAsyncIteration:
                    break
                try:
                    sent = yield item
                except GeneratorExit:
                    await items.aclose()
                    raise
                except BaseException as error:  # noqa: BLE001  # it is thrown on into the generator, which decides
                    # the frame that the throw added is taken off again: the generator alone will add its own
                    step = items.athrow(
                        error.with_traceback(error.__traceback__ and error.__traceback__.tb_next)
                    )
                else:
                    step = items.asend(sent)
        except BaseException as error:
            call.raised(error)
            raise
        call.returned(None)

    return tracked
