"""Random metric families, of every kind that a catalogue file can hold."""

from __future__ import annotations

from hypothesis import strategies as st

from signalproof.catalogue.family import Family, Native, Type
from signalproof.catalogue.labels import LabelDomain
from signalproof.catalogue.units import UNITS, Dimension

LETTERS = "abcdefghijklmnopqrstuvwxyz"
# from two choices and not, as from a regular expression, from two for each character: there are many names in a family
NAMES = st.builds(str.__add__, st.sampled_from(LETTERS), st.text(LETTERS + "0123456789_", max_size=12))
TEXTS = st.text(max_size=8)
NUMBERS = st.floats(allow_nan=False)
VERSIONS = st.sampled_from(("", "0.1", "1.2.3", "v2"))


@st.composite
def domains(draw: st.DrawFn, name: str) -> LabelDomain:
    """A label, open, bounded or closed."""
    values = draw(st.none() | st.frozensets(TEXTS, max_size=3))
    most = draw(st.none() | st.integers(0, 9)) if values is None else len(values)
    return LabelDomain(name, values, most, draw(st.booleans()), draw(st.booleans()))


@st.composite
def families(draw: st.DrawFn, name: st.SearchStrategy[str] = NAMES) -> Family:
    """A family with any of its fields."""
    labels = draw(st.lists(NAMES, max_size=3, unique=True))
    units = st.sampled_from([one.dimension for one in UNITS.values()])
    scaled = st.builds(Dimension, st.just((("second", 1),)), st.sampled_from((0.001, 60.0)))
    bounds = st.lists(st.sampled_from(("0.5", "1", "1.0", "2.5", "1e+06")), max_size=3, unique=True).map(
        tuple
    )
    kind = draw(st.sampled_from(Type))
    return Family(
        name=draw(name),
        type=kind,
        help=draw(TEXTS),
        unit=draw(st.none() | units | scaled),
        labels={label: draw(domains(label)) for label in labels},
        open=draw(st.booleans()),
        endings=draw(st.sampled_from(((), ("",), ("", "_total"), ("_sum", "_count")))),
        buckets=draw(st.none() | bounds),
        quantiles=draw(st.none() | bounds),
        native=draw(st.sampled_from(Native)) if kind is Type.HISTOGRAM else Native.NO,
        low=draw(st.none() | NUMBERS),
        high=draw(st.none() | NUMBERS),
        monotonic=draw(st.booleans()),
        initialised=draw(st.booleans()),
        zero=draw(st.booleans()),
        totals=draw(st.frozensets(NAMES, max_size=2)),
        jobs=draw(st.none() | st.frozensets(TEXTS, max_size=2)),
        targets=draw(st.dictionaries(NAMES, st.frozensets(TEXTS, min_size=1, max_size=2), max_size=2)),
        follows=draw(st.dictionaries(NAMES, st.frozensets(NAMES, min_size=1, max_size=2), max_size=2)),
        stored=draw(st.booleans()),
        seen=draw(st.booleans()),
        meaning=draw(st.sampled_from(("", "rate", "quantile"))),
        since=draw(VERSIONS),
        until=draw(VERSIONS),
        renamed_from=draw(st.dictionaries(NAMES, VERSIONS, max_size=2)),
        presence=draw(st.sampled_from(("", "always", "lazy", "collector:cpu"))),
        stability=draw(st.sampled_from(("", "stable", "alpha"))),
        operation=draw(NAMES | st.just("")),
        owner=draw(NAMES | st.just("")),
        priority=draw(st.sampled_from(("", "P0"))),
    )


CATALOGUES = st.lists(NAMES, max_size=4, unique=True).flatmap(
    lambda names: st.tuples(*(families(st.just(f"{name}{at}x")) for at, name in enumerate(names)))
)
"""Families of which no two have a series in common."""
