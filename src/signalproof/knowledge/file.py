"""The catalogue file: everything that is known of some metric families, as JSON.

Written by ``signalproof catalogue --format json``, read by ``--catalogue``; the bundled exporters are such files. Reading
what was written gives equal families. The schema is docs/catalogue.schema.json.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any, Final

import orjson

from signalproof.catalogue.family import Family, Native, Type
from signalproof.catalogue.labels import LabelDomain
from signalproof.catalogue.units import UNITS, Dimension
from signalproof.errors import Location, SignalproofError
from signalproof.knowledge.entry import Entry

VERSION: Final = 1
"""Of the format; a file of another version is refused."""

COMPLETE, OPEN = "complete", "open"

_NATIVE: Final[Mapping[object, Native]] = {
    True: Native.ALSO,
    False: Native.NO,
    **{str(one): one for one in Native},
}


@dataclass(frozen=True, kw_only=True)
class CatalogueFile:
    """What a catalogue file says.

    Attributes:
        families: By name.
        name: Of the program or the project.
        version: Newest version that it describes.
        oldest: Oldest version that it describes.
        date: When it was written.
        source: Where the facts come from.
        how: How they were got.
        prefixes: Beginning of a name → ``complete`` where no other name begins so, ``open`` where others may.
        side_by_side: Whether several versions of it run beside each other, as of a library that many programs use: what
            its newest version has no more may still be there.
        complete: Whether nothing else exists: the catalogue of a whole project.
        target_labels: Labels that the scrape adds, where that is known.
    """

    families: tuple[Family, ...]
    name: str = ""
    version: str = ""
    oldest: str = ""
    date: str = ""
    source: str = ""
    how: str = ""
    prefixes: Mapping[str, str] = field(default_factory=dict)
    side_by_side: bool = False
    complete: bool = False
    target_labels: tuple[str, ...] = ()


def is_catalogue(text: str | bytes) -> bool:
    """Whether *text* looks like a catalogue file: JSON with the version of the format at its beginning."""
    head = text[:400] if isinstance(text, str) else text[:400].decode("utf-8", "replace")
    return re.match(r'\s*\{\s*"signalproof"\s*:', head) is not None


def parsed(text: str | bytes, file: str) -> dict[str, Any]:
    """Return the JSON object of a catalogue file of this version.

    Raises:
        SignalproofError: It is no JSON, or of another version.
    """
    try:
        raw = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise SignalproofError(
            f"not valid JSON: {error.msg}", "mend the line", where=Location(file, error.lineno)
        ) from None
    found = raw.get("signalproof") if isinstance(raw, dict) else None
    if found != VERSION or found is True:
        raise SignalproofError(
            f"a catalogue file of version {found!r}; this program reads version {VERSION}",
            "write it again with the signalproof that is to read it: signalproof catalogue --format json",
            where=Location(file),
        )
    return raw  # type: ignore[no-any-return]  # orjson returns whatever the text holds


def read_catalogue(text: str | bytes, file: str) -> CatalogueFile:
    """Return what a catalogue *file* says.

    Raises:
        SignalproofError: It is broken, of another version, or declares a series twice.
    """
    head = Entry(parsed(text, file), "the file", file)
    head.get("signalproof", int, VERSION)
    listed = head.get("families", list, [])
    texts: dict[str, Any] = {
        key: head.get(key, str, "") for key in ("name", "version", "oldest", "date", "source", "how")
    }
    source = " ".join(filter(None, (texts["name"], texts["version"]))) or file
    families = tuple(family_of(one, file, source) for one in listed)
    taken: dict[str, str] = {}
    for family in families:
        for name in family.names:
            other = taken.setdefault(name, family.name)
            if other is not family.name or family.names.count(name) > 1:
                raise head.error(f"declares the series {name} twice", "leave one of the two out")
    prefixes = head.mapping("prefixes")
    for prefix, said in prefixes.items():
        if said not in (COMPLETE, OPEN):
            raise head.error(f"says of the prefix {prefix!r}: {said!r:.40}", "say complete or open")
    flags: dict[str, Any] = {key: head.get(key, bool, False) for key in ("complete", "side_by_side")}
    target_labels = head.texts("target_labels") or ()
    head.get("$schema", str, "")
    head.done()
    return CatalogueFile(families=families, prefixes=prefixes, target_labels=target_labels, **flags, **texts)


def family_of(raw: object, file: str, source: str) -> Family:
    """Return one family of a catalogue *file*; raises as `read_catalogue` does."""
    entry = Entry(raw, "a family", file)
    name = entry.get("name", str, "")
    if not name:
        raise entry.error("has no name", 'every family needs "name" and "type"')
    entry.place = f"family {name!r}"
    low, high = (_number(entry, key) for key in ("low", "high"))
    native = entry.raw["native"] if entry.has("native") else False
    if not isinstance(native, bool | str) or native not in _NATIVE:
        raise entry.error(f"has 'native' = {native!r:.40}", 'give true, "only" or "perhaps"')
    rest: dict[str, Any] = {key: entry.get(key, bool, False) for key in FLAGS}
    rest |= {key: entry.get(key, str, "") for key in TEXTS}
    family = Family(
        name=name,
        type=entry.one_of("type", Type, Type.UNKNOWN, Type),
        help=entry.get("help", str, ""),
        unit=_dimension(entry),
        labels={key: _domain(key, one, entry) for key, one in entry.mapping("labels").items()},
        open=entry.get("open", bool, not entry.has("labels")),
        endings=entry.texts("endings") or (),
        buckets=_numbers(entry, "buckets"),
        quantiles=_numbers(entry, "quantiles"),
        native=_NATIVE[native],
        low=low,
        high=high,
        per_hour=entry.get("per_hour", float, 0.0),
        totals=frozenset(entry.texts("totals") or ()),
        jobs=None if (jobs := entry.texts("jobs")) is None else frozenset(jobs),
        targets={key: frozenset(map(str, one)) for key, one in entry.mapping("targets").items()},
        follows={key: frozenset(map(str, one)) for key, one in entry.mapping("follows").items()},
        renamed_from={key: str(one) for key, one in entry.mapping("renamed_from").items()},
        **rest,
        source=source,
        where=_place(entry.get("declared", str, "")),
    )
    entry.done()
    return family


FLAGS: Final = ("monotonic", "initialised", "zero", "stored", "seen")
TEXTS: Final = (
    "meaning", "since", "until", "presence", "stability", "operation", "owner", "priority", "noun",
)  # fmt: skip


def _number(entry: Entry, key: str) -> float | None:
    if not entry.has(key):
        return None
    value = entry.raw[key]
    if value in ("+Inf", "-Inf"):
        return inf if value == "+Inf" else -inf
    return entry.get(key, float, 0.0)


def _numbers(entry: Entry, key: str) -> tuple[str, ...] | None:
    found = entry.texts(key)
    try:
        list(map(float, found or ()))
    except ValueError:
        raise entry.error(f"has {key!r} = {found!r:.40}", 'give numbers as they are exposed: "0.5"') from None
    return found


def _dimension(entry: Entry) -> Dimension | None:
    said = entry.raw.get("unit")
    if isinstance(said, dict):
        powers = Entry(entry.get("unit", dict, {}), f"the unit of {entry.place}", entry.file)
        scale = powers.get("scale", float, 1.0)
        return Dimension.of({base: powers.get(base, int, 0) for base in powers.raw if base != "scale"}, scale)
    return entry.one_of(
        "unit", lambda text: UNITS[text].dimension if text in UNITS else _raise(text), None, UNITS
    )


def _raise(text: str) -> Dimension:
    raise ValueError(text)


def _domain(name: str, raw: object, family: Entry) -> LabelDomain:
    entry = Entry(raw, f"label {name!r} of {family.place}", family.file)
    values = entry.texts("values")
    most = entry.get("at_most", int, 0) if entry.has("at_most") else None
    found = LabelDomain(
        name,
        None if values is None else frozenset(values),
        len(values) if most is None and values is not None else most,
        entry.get("optional", bool, False),
        entry.get("assumed", bool, False),
    )
    entry.done()
    return found


def _place(text: str) -> Location | None:
    file, _, line = text.rpartition(":")
    return (Location(file, int(line)) if file and line.isdecimal() else Location(text)) if text else None
