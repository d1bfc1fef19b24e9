"""Reading what is to be linted: any dashboard, rule file, ConfigMap, or a folder of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from signalproof.dashboard.foreign import ForeignDashboard, asked_by, dashboards
from signalproof.datasources import Other
from signalproof.documents import Table, Tree, read_json, read_yaml
from signalproof.errors import Location, SignalproofError
from signalproof.files import read_bytes
from signalproof.lint.folders import RENDERED, TEMPLATES, USUAL, closed, excluded, is_folder, unread, walk
from signalproof.lint.recognise import OTHER, Kind, looks_like
from signalproof.manifests import is_json, looks_ours, may_hold, unpacked
from signalproof.promql.query import Query
from signalproof.rules.foreign import RuleFile, rule_files
from signalproof.rules.foreign import asked_by as asked_by_group
from signalproof.scraping import NO_SETUP, DataSource, Scraping, Setup, data_sources, scrapings
from signalproof.text_files import decoded, read_text, shown


@dataclass(frozen=True)
class Sources:
    """What was read.

    Attributes:
        queries: Every PromQL expression, in the order of the files.
        dashboards: The dashboards as a whole.
        broken: Files found in a folder that are dashboards or rules by their looks and cannot be read.
        files: How many files held something.
        templates: Files found in a folder out of which dashboards or rules come once they are rendered.
        rules: The rule files as a whole.
        others: The queries of other data sources, which are left out.
        passed: Files that were passed over, and what they are.
        setup: What configurations of Prometheus and data sources of Grafana say.
    """

    queries: tuple[Query, ...]
    dashboards: tuple[ForeignDashboard, ...]
    broken: tuple[SignalproofError, ...]
    files: int
    templates: tuple[tuple[Path, Kind], ...] = ()
    rules: tuple[RuleFile, ...] = ()
    others: tuple[Other, ...] = ()
    passed: tuple[tuple[Path, str], ...] = ()
    setup: Setup = NO_SETUP

    @property
    def groups(self) -> int:
        """How many rule groups there were."""
        return sum(len(one.groups) for one in self.rules)

    def figures(self) -> dict[str, object]:
        """Return how much was read, and how much was not, for programs."""
        return {
            "files": self.files,
            "dashboards": len(self.dashboards),
            "groups": self.groups,
            "left_out": dict(sorted(Counter(one.kind for one in self.others).items())),
            "passed_over": len(self.passed),
            "templates": len(self.templates),
            "broken": len(self.broken),
        }


def read(
    paths: Iterable[Path],
    *,
    skip_others: bool = False,
    exclude: Collection[str] = (),
    instead: Mapping[Path, bytes] = MappingProxyType({}),
) -> Sources:
    """Return what the files and folders *paths* hold, ``-`` being standard input. In a folder, other files are passed over.

    Args:
        paths: What to read.
        skip_others: Whether named files of other kinds are passed over too, as when every changed file is named.
        exclude: Globs of names and paths that are not read; ``*`` stands for slashes, too.
        instead: File → what is taken as its content, instead of what it holds.

    Raises:
        SignalproofError: A file that was named cannot be read, or holds neither a dashboard nor rules.
    """
    reading = _Reading(instead)
    for path in paths:
        if is_folder(path):
            here = (path, Path.cwd())
            for file in walk(path, exclude, reading.closed):
                reading.found(file, here)
        elif not excluded(path, exclude):
            reading.named(path, skip_others=skip_others)
    return Sources(
        tuple(reading.queries),
        tuple(reading.dashboards),
        tuple(reading.broken),
        reading.files,
        tuple(reading.templates),
        tuple(reading.rules),
        tuple(reading.others),
        tuple(reading.passed),
        Setup(tuple(reading.scrapings), tuple(reading.data_sources)),
    )


class _Reading:
    """What has been read so far."""

    def __init__(self, instead: Mapping[Path, bytes]) -> None:
        self.instead = instead
        self.queries: list[Query] = []
        self.dashboards: list[ForeignDashboard] = []
        self.broken: list[SignalproofError] = []
        self.templates: list[tuple[Path, Kind]] = []
        self.others: list[Other] = []
        self.passed: list[tuple[Path, str]] = []
        self.rules: list[RuleFile] = []
        self.scrapings: list[Scraping] = []
        self.data_sources: list[DataSource] = []
        self.files = 0

    def named(self, file: Path, *, skip_others: bool) -> None:
        """Read a file that somebody named."""
        text = self.text(file)
        if skip_others and not may_hold(text):
            self.passed.append((file, looks_like(text, str(file)).name))
            return
        try:
            something = self.take(text, file)
        except SignalproofError as error:
            kind = looks_like(text, str(file))
            raise (error if kind is OTHER else _refusal(file, kind)) from None
        if something:
            return
        kind = looks_like(text, str(file))
        if not skip_others:
            raise _refusal(file, kind)
        self.passed.append((file, kind.name))

    def text(self, file: Path) -> str:
        """Return what *file* holds, or is taken to hold."""
        if file in self.instead:
            return decoded(self.instead[file], str(file))
        return read_text(file, "give a readable file or folder")

    def closed(self, folder: Path, error: OSError) -> None:
        """Note a folder that cannot be listed: what stands in it nobody knows."""
        self.broken.append(closed(folder, error))

    def found(self, file: Path, below: Collection[Path]) -> None:
        """Read a file of a folder, if it is one of ours and lies *below* one of these."""
        try:
            reason = unread(file, below)
        except OSError as error:
            if file.suffix in USUAL - {""}:
                self.broken.append(closed(file, error))
            else:
                self.passed.append((file, f"cannot be read: {error.strerror}"))
            return
        if reason:
            self.passed.append((file, reason))
            return
        try:
            text = self.text(file)
        except SignalproofError as error:
            self.give_up(file, _as_far_as_readable(file), error)
            return
        if file.suffix in TEMPLATES:
            self.templates.append((file, looks_like(text, str(file))))
            return
        try:
            if not may_hold(text) or not self.take(text, file):
                self.passed.append((file, looks_like(text, str(file)).name))
        except SignalproofError as error:
            self.give_up(file, text, error)

    def give_up(self, file: Path, text: str, error: SignalproofError) -> None:
        """Note a file of a folder that could not be read: a mistake if it looks like ours."""
        kind = looks_like(text, str(file))
        if kind.template and file.suffix in USUAL | RENDERED:
            self.templates.append((file, kind))
        elif file.suffix in USUAL and looks_ours(text):
            self.broken.append(error)
        else:
            self.passed.append((file, str(error) if kind is OTHER else kind.name))

    def take(self, text: str, file: Path) -> bool:
        """Take what stands in *text*, and return whether anything does."""
        name = shown(file)
        tables: list[Tree] = [*unpacked(trees_of(text, file), name)]
        here = list(dashboards(tables, name))
        tops = [one for one in tables if isinstance(one, Table)]
        configured = [*scrapings(tops, name)], [*data_sources(tops, name)]
        rules = list(rule_files(tables, name))
        asked = [one for dashboard in here for one in asked_by(dashboard)]
        for whole in rules:
            told = [one for group in whole.groups for one in asked_by_group(group, name)]
            asked += [replace(one, dialect=whole.dialect) if isinstance(one, Query) else one for one in told]
        self.queries += [one for one in asked if isinstance(one, Query)]
        self.others += [one for one in asked if isinstance(one, Other)]
        self.dashboards += here
        self.rules += rules
        self.scrapings += configured[0]
        self.data_sources += configured[1]
        something = bool(here or rules or any(configured))
        self.files += something
        return something


def _refusal(file: Path, kind: Kind) -> SignalproofError:
    said = kind.name if kind is OTHER else f"nothing in it can be read: it looks like {kind.name}"
    return SignalproofError(said, kind.remedy, where=Location(shown(file)))


def read_path(path: Path) -> Iterator[Query]:
    """Yield every query of the file or folder *path*.

    Raises:
        SignalproofError: The file cannot be read or holds no queries; of a folder, after all else, its first broken one.
    """
    sources = read([path])
    yield from sources.queries
    if sources.broken:
        raise sources.broken[0]


def _as_far_as_readable(file: Path) -> str:
    try:
        return read_bytes(file).decode("utf-8", errors="replace")
    except SignalproofError:
        return ""


def trees_of(text: str, file: Path) -> list[Tree]:
    """Return the documents in the *text* of *file*: JSON or YAML, by its name or else by its looks.

    Raises:
        SignalproofError: It is neither.
    """
    name = shown(file)
    if file.suffix == ".json":
        return [read_json(text, name)]
    if file.suffix in (".yaml", ".yml") or not is_json(text):
        return list(read_yaml(text, name))
    try:
        return [read_json(text, name)]
    except SignalproofError as error:  # YAML may begin with a bracket, too
        try:
            return list(read_yaml(text, name))
        except SignalproofError:
            raise error from None
