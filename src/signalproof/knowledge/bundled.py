"""Public exporters that come with the package: catalogue files, read when a query names one of their metrics.

A small index says which file speaks for which beginning of a name, so that a lint that meets no foreign name reads
none. Of a file that is read only the families that are asked for are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import orjson

from signalproof.catalogue.closest import Closest
from signalproof.catalogue.exposition import Gone
from signalproof.catalogue.family import Family
from signalproof.errors import Location, SignalproofError, did_you_mean
from signalproof.files import read_bytes
from signalproof.knowledge.file import COMPLETE, CatalogueFile, family_of, parsed, read_catalogue
from signalproof.versions import key_of

FOLDER: Final = Path(__file__).parent / "data"
INDEX: Final = FOLDER / "index.json"
_STEMS: Final = ("_bucket", "_sum", "_count", "_total", "_created", "_info", "_gsum", "_gcount")


class Exporter:
    """What one catalogue file says, made a family at a time.

    Attributes:
        name: Of the exporter.
        asked: The version that a person named; empty for the newest one.
        file: The file.
    """

    def __init__(self, name: str, asked: str = "", file: Path | None = None) -> None:
        self.name, self.asked = name, asked
        self.file = file or FOLDER / f"{name}.json"

    @cached_property
    def _raw(self) -> dict[str, Any]:
        return parsed(read_bytes(self.file), self.file.name)

    @cached_property
    def version(self) -> str:
        """The version it speaks of."""
        return self.asked or str(self._raw.get("version", ""))

    @property
    def title(self) -> str:
        """Its name and version, for messages."""
        return f"{self.name} {self.version}".strip()

    @cached_property
    def _by_name(self) -> Mapping[str, dict[str, Any]]:
        """Family name → its entry, of every version."""
        return {one["name"]: one for one in self._raw["families"]}

    @cached_property
    def _by_series(self) -> Mapping[str, str]:
        """Series name → family name, of families whose series cannot be told from the name."""
        found = {}
        for name, one in self._by_name.items():
            if "endings" in one:
                found.update(dict.fromkeys((name + ending for ending in one["endings"]), name))
        return found

    @cached_property
    def renamed(self) -> Mapping[str, tuple[str, str]]:
        """Earlier name → the family that has it now, and the version in which that came."""
        return {
            old: (one["name"], str(since))
            for one in self._raw["families"]
            for old, since in one.get("renamed_from", {}).items()
        }

    @cached_property
    def _closest(self) -> Closest:
        present = (one for one in self._by_name.values() if self._has(one))
        return Closest(one["name"] + ending for one in present for ending in _endings(one))

    def prefix(self, name: str) -> str:
        """Return the longest beginning of *name* that the file speaks for; empty where it says nothing of such names."""
        return max((one for one in self._prefixes if name.startswith(one)), key=len, default="")

    @property
    def _prefixes(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self._raw.get("prefixes", {})
        return found

    def families(self) -> Iterator[Family]:
        """Yield every family that the version has."""
        for name, one in self._by_name.items():
            if self._has(one):
                yield self._made(name)

    def family(self, series: str) -> Family | None:
        """Return the family of a *series*, or the one it would belong to if that had another type; None for neither."""
        names = (self._by_series.get(series, series), series, *_stems(series))
        return next((self._made(one) for one in names if self._has(self._by_name.get(one))), None)

    def _made(self, name: str) -> Family:
        return family_of(self._by_name[name], self.file.name, self.title)

    def _has(self, entry: dict[str, Any] | None) -> bool:
        """Whether the version has the family of that *entry*."""
        if entry is None:
            return False
        since, until = entry.get("since", ""), entry.get("until", "")
        if not self.asked:
            return not until or bool(self._raw.get("side_by_side"))
        wanted = key_of(self.asked)
        return not (since and wanted < key_of(since)[: len(wanted)]) and not (
            until and wanted > key_of(until)[: len(wanted)]
        )

    def gone(self, series: str) -> Gone | None:
        """Return why *series* does not exist, where that is known."""
        stem = next(
            (
                one
                for one in (series, *_stems(series))
                if one in self._by_name and not self._has(self._by_name[one])
            ),
            "",
        )
        old = next((one for one in (series, *_stems(series)) if one in self.renamed), "")
        if old:
            new, version = self.renamed[old]
            ending = series.removeprefix(old)
            now = new + ending if ending in _STEMS else new
            if self._has(self._by_name[new]):
                return Gone(f"{self.name} calls it {now!r} since {version}", f"write {now!r}")
        if stem:
            entry = self._by_name[stem]
            since = entry.get("since", "")
            if since and self.asked and key_of(self.asked) < key_of(since)[: len(key_of(self.asked))]:
                return Gone(
                    f"{self.name} has it since {since}, and this is {self.asked}", self._instead(series)
                )
            until = entry.get("until", "")
            return Gone(f"{self.name} had it until {until}, {self.version} has not", self._instead(series))
        bare = series in self._by_name  # a family without a series of its bare name: M002 says which it has
        if self._prefixes.get(self.prefix(series)) == COMPLETE and not bare:
            return Gone(f"{self.title} has no such metric", self._instead(series))
        return None

    def proof(self, series: str) -> str:
        """Return the place in the source of the exporter that declares the family of *series*, or declared it; or nothing."""
        entries = (
            self._by_name.get(one) for one in (series, *_stems(series), self.renamed.get(series, ("", ""))[0])
        )
        return next((str(one["declared"]) for one in entries if one and "declared" in one), "")

    def _instead(self, name: str) -> str:
        close = self._closest.to(name)
        return f"did you mean {close!r}?" if close else "see signalproof catalogue " + self.name

    def catalogue(self) -> CatalogueFile:
        """Return the whole file, with the families of the version.

        Raises:
            SignalproofError: The file says nothing of that version.
        """
        whole = read_catalogue(read_bytes(self.file), self.file.name)
        if (
            self.asked
            and whole.oldest
            and key_of(self.asked) < key_of(whole.oldest)[: len(key_of(self.asked))]
        ):
            raise SignalproofError(
                f"{self.name} is known from {whole.oldest} to {whole.version}, not at {self.asked}",
                f"name a version of these: {self.name}@{whole.oldest}",
                where=Location(f"{self.name}@{self.asked}"),
            )
        kept = tuple(self.families())
        return CatalogueFile(
            families=kept, name=whole.name, version=self.version, oldest="" if self.asked else whole.oldest, date=whole.date,
            source=whole.source, how=whole.how, prefixes=whole.prefixes, side_by_side=whole.side_by_side,
        )  # fmt: skip


def _endings(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the series of a family are called beside its name, in most cases: enough to suggest one."""
    return ("_bucket", "_sum", "_count") if entry["type"] == "histogram" else ("",)


def _stems(name: str) -> tuple[str, ...]:
    """Return the families that *name* may be a series of."""
    return (
        *(name.removesuffix(one) for one in _STEMS if name.endswith(one)),
        f"{name}_total",
        f"{name}_info",
    )


@lru_cache(maxsize=1)
def index() -> Mapping[str, list[str]]:
    """Return the beginnings of names and the exporters that speak for each, from the index."""
    found: dict[str, list[str]] = orjson.loads(INDEX.read_bytes())
    return found


def index_text() -> str:
    """Return what the index has to say of the files: beginning of a name → those that speak for it.

    A family that begins as none of its file's prefixes do stands there by its whole name.
    """
    found: dict[str, list[str]] = {}
    for file in sorted(one for one in FOLDER.glob("*.json") if one != INDEX):
        raw = orjson.loads(file.read_bytes())
        prefixes = tuple(raw["prefixes"])
        others = (one["name"] for one in raw["families"] if not one["name"].startswith(prefixes))
        for beginning in (*prefixes, *others):
            found.setdefault(beginning, []).append(file.stem)
    return orjson.dumps(found, option=orjson.OPT_SORT_KEYS).decode().replace('],"', '],\n"') + "\n"


@lru_cache(maxsize=64)
def exporter(name: str, version: str = "") -> Exporter:
    """Return what is bundled of an exporter.

    Raises:
        SignalproofError: None is called so.
    """
    known = names()
    if name not in known:
        raise SignalproofError(
            f"no exporter called {name!r} is bundled",
            did_you_mean(name, known, f"bundled are {', '.join(known)}"),
            where=Location(f"{name}@{version}" if version else name),
        )
    return Exporter(name, version)


def names() -> tuple[str, ...]:
    """Return the names of the exporters that are bundled."""
    return tuple(sorted({one for found in index().values() for one in found}))


def exporters_of(name: str) -> Iterator[str]:
    """Yield the exporters whose metrics begin as *name* does, those with the longest beginning first."""
    prefixes, seen = index(), set[str]()
    for length in range(len(name), 0, -1):
        for one in prefixes.get(name[:length], ()):
            if one not in seen:
                seen.add(one)
                yield one
