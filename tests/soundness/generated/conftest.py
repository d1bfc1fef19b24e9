"""Worlds to ask in: a catalogue with roles and target labels, samples for it, and random queries.

The queries lean towards quotients of parts and wholes, where the inference claims most.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import pytest

from signalproof.catalogue.exposition import Exposition, Role, Series
from signalproof.catalogue.labels import LabelDomain
from signalproof.catalogue.units import EVENT, SECOND

BOUNDS = ("0.1", "0.5", "2.0", "+Inf")
STATUS = ("success", "failure", "cancelled")
STRATEGY = ("ssh", "docker")
TARGETS = (("a", "i1"), ("a", "i2"), ("b", "i3"))
LABELS = ("strategy", "status", "le", "job", "instance", "region", "version", "nope")
_STEPS = 41
_OVER_TIME = (
    "rate", "rate", "increase", "irate", "delta", "idelta", "deriv", "max_over_time", "avg_over_time", "sum_over_time", "count_over_time", "last_over_time", "changes", "resets", "absent_over_time", "stddev_over_time",
)  # fmt: skip
_AGGREGATIONS = (
    "sum", "sum", "sum", "avg", "min", "max", "count", "group", "stddev", "topk", "bottomk", "quantile", "count_values",
)  # fmt: skip
_PARAMETERS = {"topk": "1, ", "bottomk": "2, ", "quantile": "0.5, ", "count_values": '"v", '}
_OPERATORS = ("+", "-", "*", "/", "%", "^", "==", "!=", ">", "<", ">=", "<=", "and", "or", "unless", "or")
_KINDS = ("range", "range", "aggregate", "aggregate", "binary", "binary", "quotient", "function")
_FUNCTIONS = ("abs", "ceil", "floor", "sqrt", "exp", "ln", "sgn", "round", "sort", "timestamp", "hour")


def _domain(name: str, *values: str, optional: bool = False) -> LabelDomain:
    return LabelDomain(name, frozenset(values), len(values), optional)


def _series(
    name: str,
    role: Role,
    *labels: LabelDomain,
    family: str = "",
    low: float = 0.0,
    high: float = math.inf,
    sure: bool = True,
) -> Series:
    unit = SECOND if role is Role.SUM else EVENT
    known = {one.name: one for one in labels}
    return Series(name, family or name, role, known, unit, low=low, high=high, initialised=sure)


_BY_STRATEGY = _domain("strategy", *STRATEGY)
SERIES = {
    one.name: one
    for one in (
        _series("calls_total", Role.COUNTER, _BY_STRATEGY, _domain("status", *STATUS)),
        _series("errors_total", Role.COUNTER, _BY_STRATEGY, sure=False),
        _series("took_bucket", Role.BUCKET, _BY_STRATEGY, _domain("le", *BOUNDS), family="took"),
        _series("took_sum", Role.SUM, _BY_STRATEGY, family="took"),
        _series("took_count", Role.COUNT, _BY_STRATEGY, family="took"),
        _series("level", Role.GAUGE, _BY_STRATEGY, low=-5, high=5),
        _series("busy", Role.GAUGE, high=1),
        _series("partial", Role.GAUGE, _domain("region", "eu", "us", optional=True), _BY_STRATEGY, low=-2, high=9, sure=False),
        _series("build", Role.INFO, _BY_STRATEGY, LabelDomain("version"), low=1, high=1, sure=False),
        _series("up", Role.GAUGE, high=1),
    )
}  # fmt: skip
EXPOSITION = Exposition(SERIES, frozenset({"job", "instance"}))


def samples(random: Random) -> list[dict[str, str]]:
    """Return input series: counters that restart now and then, coherent histograms, gauges, series that are not there."""
    found: list[dict[str, str]] = []

    def add(name: str, labels: str, values: Sequence[float | str]) -> None:
        found.append({"series": f"{name}{{{labels}}}", "values": " ".join(map(str, values))})

    def counter() -> list[float]:
        value, values = 0, []
        for _ in range(_STEPS):
            value = (0 if random.random() < 0.03 else value) + random.choice([0, 0, 1, 2])
            values.append(float(value))
        return values

    def gauge(*choices: float | str) -> list[float | str]:
        return [random.choice(choices) for _ in range(_STEPS)]

    for job, instance in TARGETS:
        target = f'job="{job}",instance="{instance}"'
        add("busy", target, gauge(0, 0.25, 0.5, 1))
        add("up", target, gauge(0, 1, 1))
        for strategy in STRATEGY:
            labels = f'{target},strategy="{strategy}"'
            for status in STATUS:
                add("calls_total", f'{labels},status="{status}"', counter())
            if random.random() < 0.5:
                add("errors_total", labels, counter())
            histogram = _histogram(random)
            for bound, values in zip(BOUNDS, histogram, strict=False):
                add("took_bucket", f'{labels},le="{bound}"', values)
            add("took_count", labels, histogram[3])
            add("took_sum", labels, histogram[4])
            add("level", labels, gauge(-5, -1, 0, 0.5, 5))
            if random.random() < 0.6:
                add(
                    "partial",
                    labels + random.choice(["", ',region="eu"', ',region="us"']),
                    gauge("_", -2, 0, 3, 9),
                )
            if random.random() < 0.8:
                add("build", f'{labels},version="{random.choice("12")}"', [1.0] * _STEPS)
    return found


def _histogram(random: Random) -> list[list[float]]:
    """Return the samples of four buckets and of the sum, of which a restart is seen in all."""
    rows: list[list[float]] = [[], [], [], [], []]
    current = [0.0] * 5
    for _ in range(_STEPS):
        if random.random() < 0.02:
            current = [0.0] * 5
        for _ in range(random.choice([0, 0, 1, 3])):
            seconds = random.choice([0.05, 0.3, 1.0, 5.0])
            current = [
                *(count + (seconds <= float(bound)) for count, bound in zip(current, BOUNDS, strict=False)),
                round(current[4] + seconds, 6),
            ]
        for row, value in zip(rows, current, strict=True):
            row.append(value)
    return rows


class Queries:
    """Writes random queries."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.pick = random.choice

    def often(self, share: float) -> bool:
        return self.random.random() < share

    def matchers(self, name: str) -> str:
        found = []
        for label, values in (
            ("status", STATUS),
            ("strategy", STRATEGY),
            ("le", BOUNDS),
            ("region", ("eu", "")),
            ("job", ("a", "b")),
        ):
            if self.often(0.15) and (label == "job" or label in SERIES[name].labels or self.often(0.1)):
                operator, value = self.pick(["=", "!=", "=~", "!~"]), self.pick(values)
                if "~" in operator:
                    value = value.replace("+", "[+]")
                    value = self.pick([value, f"{value}|success", "s.*", ".+", ".*", "(a|b)"])
                found.append(f'{label}{operator}"{value}"')
        return "{" + ",".join(found) + "}" if found else ""

    def selector(self) -> str:
        if self.often(0.04):
            return str(self.pick(["nothing", '{__name__=~"took_(sum|count)"}', '{strategy="ssh"}']))
        name = self.pick(list(SERIES))
        return name + self.matchers(name)

    def grouping(self) -> str:
        if self.often(0.25):
            return ""
        return f" {self.pick(['by', 'by', 'without'])} ({', '.join(self.random.sample(LABELS, self.pick([0, 1, 1, 2, 3])))}) "

    def matching(self, group: bool) -> str:
        if self.often(0.55):
            return ""
        names = self.random.sample(LABELS, self.pick([0, 1, 1, 2]))
        word = self.pick(["on", "ignoring"])
        found = f" {word} ({', '.join(names)})"
        if group and self.often(0.5):
            rest = [one for one in LABELS if one not in names]
            include = self.random.sample(rest, self.pick([0, 0, 1])) if word == "on" else []
            found += f" {self.pick(['group_left', 'group_right'])} ({', '.join(include)})"
        return found

    def number(self) -> str:
        return str(self.pick(["0", "1", "2", "100", "0.5", "-1", "60"]))

    def vector(self, depth: int) -> str:
        if depth <= 0 or self.often(0.12):
            return self.selector() + self.pick(["", "", "", " offset 1m"])
        return str(getattr(self, f"_{self.pick(_KINDS)}")(depth))

    def _range(self, depth: int) -> str:
        function = self.pick(_OVER_TIME)
        if self.often(0.85):
            return f"{function}({self.selector()}[{self.pick(['5m', '5m', '2m', '30s', '15s'])}])"
        return f"{function}(({self.vector(depth - 2)})[{self.pick(['5m', '2m'])}:{self.pick(['30s', '1m', ''])}])"

    def _aggregate(self, depth: int) -> str:
        operator = self.pick(_AGGREGATIONS)
        parameter = _PARAMETERS.get(operator, "")
        return f"{operator}{self.grouping()}({parameter}{self.vector(depth - 1)})"

    def _binary(self, depth: int) -> str:
        operator = self.pick(_OPERATORS)
        left = f"({self.vector(depth - 1)})"
        if operator in ("and", "or", "unless"):
            right = f"({self.vector(depth - 1)})" if self.often(0.7) else f"vector({self.number()})"
            return f"{left} {operator}{self.matching(group=False)} {right}"
        boolean = self.pick(["", " bool"]) if operator in ("==", "!=", ">", "<", ">=", "<=") else ""
        if self.often(0.4):
            sides = self.random.sample([left, self.number()], 2)
            return f"{sides[0]} {operator}{boolean} {sides[1]}"
        return f"{left} {operator}{boolean}{self.matching(group=True)} ({self.vector(depth - 1)})"

    def _function(self, depth: int) -> str:
        inner = self.vector(depth - 1)
        replaced = ", ".join(
            f'"{self.pick(one)}"'
            for one in (
                ["strategy", "new", "job"],
                ["x", "$1", "", "v-$1"],
                ["strategy", "status", "nope"],
                ["(.*)", "(.+)", "s(.*)"],
            )
        )
        buckets = f"sum by (le, strategy) (rate(took_bucket{self.matchers('took_bucket')}[5m]))"
        return str(
            self.pick(
                [
                    f"{self.pick(_FUNCTIONS)}({inner})",
                    f"clamp_{self.pick(['min', 'max'])}({inner}, {self.number()})",
                    f"histogram_quantile({self.pick(['0.5', '0.95', '-1', '2'])}, {self.pick([inner, buckets, buckets])})",
                    f"label_replace({inner}, {replaced})",
                    f'label_join({inner}, "{self.pick(["strategy", "new"])}", "-", "strategy", "status")',
                    f"absent({inner})",
                    f"vector(scalar({inner}))",
                    f"-({inner})",
                ]
            )
        )

    def _quotient(self, depth: int) -> str:
        del depth
        name = self.pick(["calls_total", "took_count", "took_sum", "took_bucket", "busy", "up", "level"])
        form = self.pick(["rate({}[5m])", "increase({}[5m])", "{}", "avg_over_time({}[5m])"])
        grouping = self.grouping()

        def side() -> str:
            part = form.format(name + self.matchers(name))
            if self.often(0.1):
                part = f"({part} {self.pick(['>', '<', '==', '!='])} {self.number()})"
            operator = self.pick(["sum", "sum", "sum", "count", "max", "avg", ""])
            return f"{operator}{grouping}({part})" if operator else part

        above, below = side(), side()
        if self.often(0.3):
            below = self.pick(
                [f"({below} + {side()})", f"({above} + {below})", f"({below} > 0)", f"clamp_min({below}, 1)"]
            )
        if self.often(0.3):
            above = self.pick(
                [
                    f"({above} + {side()})",
                    f"({above} or vector(0))",
                    f"100 * {above}",
                    f"({above} - {side()})",
                ]
            )
        return f"{above} {self.pick(['/', '/', '-'])}{self.matching(group=True)} {below}"


@dataclass(frozen=True)
class Generated:
    """A world and what is asked in it.

    Attributes:
        exposition: Every series that exists.
        samples: Input series as promtool reads them.
        queries: Expressions.
    """

    exposition: Exposition
    samples: list[dict[str, str]]
    queries: list[str]


@pytest.fixture(scope="session")
def generate() -> Callable[[int, int], Generated]:
    """Makes a world from a seed, with as many queries as wanted."""

    def make(seed: int, count: int) -> Generated:
        random = Random(seed)
        writer = Queries(random)
        queries = [writer.vector(writer.pick([1, 2, 3, 4])) for _ in range(count)]
        return Generated(EXPOSITION, samples(random), queries)

    return make
