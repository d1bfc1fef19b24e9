"""Operations: a tracked function, declared once, that expands to the metrics its decorator emits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar, overload

from signalproof.catalogue.buckets import LOOP, Buckets, buckets
from signalproof.catalogue.labels import ClosedLabel, L, Label, LabelSet
from signalproof.catalogue.metric import Counter, Gauge, Histogram, Metric
from signalproof.catalogue.units import COUNT, TIMESTAMP_SECONDS
from signalproof.errors import Location, SignalproofError, caller

E = TypeVar("E", bound=Label)


class Status(ClosedLabel):
    """How a call ended; a cancelled call is neither a success nor a failure."""

    SUCCESS = "success"
    FAILURE = "failure"
    CANCELLED = "cancelled"


class Priority(StrEnum):
    """How badly the operation is missed when it is not watched; P0 has alerts."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"


@dataclass(frozen=True, slots=True)
class Objective:
    """What users are promised of an operation, over 30 days.

    Attributes:
        latency: Seconds within which the share ``quantile`` of the calls ends; must be a bucket bound.
        quantile: That share, 0..1.
        success: Share of the calls that succeed, 0..1, cancelled calls apart.
    """

    latency: float | None = None
    quantile: float = 0.95
    success: float | None = None

    def check(self, where: Location) -> None:
        """Raise unless the shares lie strictly between 0 and 1 and something is promised."""
        if self.latency is None and self.success is None:
            raise SignalproofError(
                "an objective that promises nothing", "give latency=, success= or both", where=where
            )
        for name, share in (("quantile", self.quantile), ("success", self.success)):
            if share is not None and not 0 < share < 1:
                remedy = f"write {share / 100:g}" if 1 < share < 100 else "leave an error budget: 0.99, not 1"
                raise SignalproofError(
                    f"objective {name}={share:g} does not lie between 0 and 1", remedy, where=where
                )


class LastEnded:
    """The option ``last_ended`` of an operation, whose attribute of that name is the gauge that it adds.

    A dataclass hands what the option says to the descriptor, and a type checker reads the type of either from it. Each
    kind of operation repeats the field: mypy takes an inherited one for what the option is.
    """

    @overload
    def __get__(self, operation: None, owner: object) -> LastEnded: ...
    @overload
    def __get__(self, operation: Operation[L, E], owner: object) -> Gauge[L | Status]: ...
    def __get__(self, operation: Operation[L, E] | None, owner: object) -> LastEnded | Gauge[L | Status]:
        if operation is None:
            return self
        gauge = last_ended_of(operation)
        if gauge is None:
            raise SignalproofError(
                f"{operation.name} does not tell when its calls last ended",
                "declare it with last_ended=True",
                where=operation.where,
            )
        return gauge

    def __set__(self, operation: Operation[Any, Any], wanted: bool) -> None:
        vars(operation)["last_ended"] = wanted is True  # left out, it is the descriptor itself


@dataclass(frozen=True, eq=False)
class Operation(Generic[L, E]):
    """A tracked function; `Request`, `Adapter` and `Loop` are its kinds.

    Attributes:
        name: What the decorator is given: ``@track_request("deployment_execution")``.
        help: A noun phrase that names one call.
        labels: Labels of all its metrics; a fixed value, or a class whose value comes from an argument or the result.
        errors: Closed label named ``error_type``: exception class names, and ``other`` for the rest.
        owner: Dotted path of the tracked function.
        priority: How badly it is missed.
        buckets: Preset for the duration; must contain the latency objective.
        objective: What users are promised, if anything.
        noun: What a call brings, in the plural: ``plans``; panels say plans/s.
        per_hour: How many calls an hour of a normal day brings, over all processes; what is rare is shown over windows
            that hold some of it. 0 where nobody knows.
        in_flight: Gauge of calls in progress, if wanted; has no labels or the operation's own.
        last_ended: Whether it tells, by status, when a call last ended; the gauge itself, once it is declared.
        where: The declaration.

    Raises:
        SignalproofError: A name breaks a naming rule, or the objective is no bucket bound.
    """

    kind: ClassVar[str]
    prefix: ClassVar[str] = ""

    name: str
    help: str
    labels: LabelSet[L]
    errors: type[E]
    owner: str = field(kw_only=True)
    priority: Priority = field(default=Priority.P1, kw_only=True)
    buckets: str | Buckets = field(default="http", kw_only=True)
    objective: Objective | None = field(default=None, kw_only=True)
    noun: str = field(default="", kw_only=True)
    per_hour: float = field(default=0.0, kw_only=True)
    in_flight: Gauge[Any] | None = field(default=None, kw_only=True)
    last_ended: LastEnded = field(default=LastEnded(), kw_only=True, repr=False)
    where: Location = field(default_factory=caller, kw_only=True)
    duration: Histogram[L] = field(init=False)
    calls: Counter[L | Status] = field(init=False)
    failures: Counter[L | E] = field(init=False)

    def __post_init__(self) -> None:
        _check_errors(self.errors, self.where)
        preset = buckets(self.buckets, self.where)
        if self.objective is not None:
            self.objective.check(self.where)
            if self.objective.latency is not None:
                preset.check_objective(self.objective.latency, self.where)
        full, where = self.prefix + self.name, self.where
        one = {
            "duration": Histogram(
                f"{full}_duration_seconds",
                f"Seconds per call: {self.help}.",
                self.labels,
                buckets=preset,
                noun=self.noun,
                per_hour=self.per_hour,
                where=where,
            ),
            "calls": Counter(
                f"{full}_calls_total",
                f"Calls that ended, by status: {self.help}.",
                self.labels.with_label(Status),
                noun=self.noun,
                per_hour=self.per_hour,
                where=where,
            ),
            "failures": Counter(
                f"{full}_errors_total",
                f"Calls that failed, by type of error: {self.help}.",
                self.labels.with_label(self.errors),
                noun="errors",
                where=where,
            ),
        }
        for attribute, metric in one.items():
            object.__setattr__(self, attribute, metric)
        vars(self)["last_ended"] = self._last_ended() if vars(self)["last_ended"] else None

    def _last_ended(self) -> Gauge[L | Status]:
        return Gauge(
            f"{self.prefix}{self.name}_last_ended_timestamp_seconds",
            f"Unix time when a call last ended, by how it ended; 0 until the first does: {self.help}.",
            self.labels.with_label(Status),
            TIMESTAMP_SECONDS,
            low=0,
            where=self.where,
        )

    @property
    def metrics(self) -> Iterator[Metric[Any]]:
        """Every metric the decorator emits for this operation."""
        yield from self.recorded
        if self.in_flight is not None:
            yield self.in_flight

    @property
    def recorded(self) -> Iterator[Metric[Any]]:
        """Those that only the decorator writes, when a call ends."""
        yield self.duration
        yield self.calls
        yield self.failures
        if (ends := last_ended_of(self)) is not None:
            yield ends


def last_ended_of(operation: Operation[L, E]) -> Gauge[L | Status] | None:
    """Return the gauge of when the calls of *operation* last ended, or None where it has none."""
    found: Gauge[L | Status] | None = vars(operation)["last_ended"]
    return found


@dataclass(frozen=True, eq=False)
class Request(Operation[L, E]):
    """A unit of work; exposed as ``X_duration_seconds``, ``X_calls_total{status}``, ``X_errors_total{error_type}``."""

    kind = "request"

    last_ended: LastEnded = field(default=LastEnded(), kw_only=True, repr=False)


@dataclass(frozen=True, eq=False)
class Adapter(Operation[L, E]):
    """A call to something outside the process; exposed like a request, under ``adapter_X``."""

    kind = "adapter"
    prefix = "adapter_"

    last_ended: LastEnded = field(default=LastEnded(), kw_only=True, repr=False)


@dataclass(frozen=True, eq=False)
class Loop(Operation[L, E]):
    """A function that never returns: its metrics keep a request's names and count *iterations*.

    Adds ``X_running`` (loops running in the process) and ``X_last_iteration_timestamp_seconds`` (when one last ended).
    """

    kind = "loop"

    buckets: str | Buckets = field(default=LOOP, kw_only=True)
    last_ended: LastEnded = field(default=LastEnded(), kw_only=True, repr=False)
    running: Gauge[L] = field(init=False)
    last_iteration: Gauge[L] = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        running = Gauge(
            f"{self.name}_running",
            f"Loops running in the process: {self.help}.",
            self.labels,
            COUNT,
            low=0,
            where=self.where,
        )
        last = Gauge(
            f"{self.name}_last_iteration_timestamp_seconds",
            f"Unix time when an iteration last ended: {self.help}.",
            self.labels,
            TIMESTAMP_SECONDS,
            low=0,
            where=self.where,
        )
        object.__setattr__(self, "running", running)
        object.__setattr__(self, "last_iteration", last)

    @property
    def metrics(self) -> Iterator[Metric[Any]]:  # noqa: D102  # said at Operation.metrics
        yield from super().metrics
        yield self.running
        yield self.last_iteration


def _check_errors(errors: type[Label], where: Location) -> None:
    values = errors.domain().values or frozenset()
    if errors.label_name != "error_type":
        raise SignalproofError(
            f"the label of the errors is called {errors.label_name!r}",
            'it is error_type everywhere: class PlanError(ClosedLabel, name="error_type")',
            where=where,
        )
    if "other" not in values:
        raise SignalproofError(
            f"{errors.__name__} has no value 'other'",
            "add OTHER = 'other' for errors nobody foresaw",
            where=where,
        )
