"""Reading what is to be linted: any dashboard, rule file, ConfigMap, or a folder of them."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from signalproof.dashboard.foreign import ForeignDashboard, dashboards, queries_of
from signalproof.documents import Tree, read_json, read_yaml
from signalproof.errors import Location, SignalproofError
from signalproof.lint.recognise import OTHER, Kind, looks_like
from signalproof.promql.query import Query
from signalproof.rules.foreign import queries_of as queries_of_group
from signalproof.rules.foreign import rule_groups

STDIN = Path("-")
"""Standard input, as a path."""

_SUFFIXES = frozenset({".json", ".yaml", ".yml"})
_TEMPLATES = frozenset({".jsonnet", ".libsonnet"})
# [ \t]* and not \s*: in a file of blank lines that would try every line from each line before it
_OURS = re.compile(
    r'"(?:panels|targets|schemaVersion)"\s*:|^[ \t]*(?:-[ \t]*)?(?:expr|record|alert|datasourceUid):\s',
    re.MULTILINE,
)


@dataclass(frozen=True)
class Sources:
    """What was read.

    Attributes:
        queries: Every PromQL expression, in the order of the files.
        dashboards: The dashboards as a whole.
        broken: Files found in a folder that are dashboards or rules by their looks and cannot be read.
        files: How many files held something.
        templates: Files found in a folder out of which dashboards or rules come once they are rendered.
    """

    queries: tuple[Query, ...]
    dashboards: tuple[ForeignDashboard, ...]
    broken: tuple[SignalproofError, ...]
    files: int
    templates: tuple[tuple[Path, Kind], ...] = ()


def read(paths: Iterable[Path], *, skip_others: bool = False) -> Sources:
    """Return what the files and folders *paths* hold, ``-`` being standard input. In a folder, other files are passed over.

    Args:
        paths: What to read.
        skip_others: Whether named files of other kinds are passed over too, as when every changed file is named.

    Raises:
        SignalproofError: A file that was named cannot be read, or holds neither a dashboard nor rules.
    """
    queries: list[Query] = []
    found: list[ForeignDashboard] = []
    broken: list[SignalproofError] = []
    templates: list[tuple[Path, Kind]] = []
    files = 0
    for path in paths:
        for file in _walk(path) if path.is_dir() else (path,):
            text, kind = "", OTHER
            try:
                text = _text(file)
                if file is not path and file.suffix in _TEMPLATES:
                    templates.append((file, looks_like(text, str(file))))
                    continue
                if (skip_others or file is not path) and not _OURS.search(text):
                    continue
                trees = _trees(text, file)
                here = list(dashboards(trees, _shown(file)))
                groups = list(rule_groups(trees, _shown(file)))
            except SignalproofError as error:
                kind = looks_like(text, str(file))
                if file is path:
                    raise (error if kind is OTHER else _refusal(file, kind)) from None
                if kind.template:
                    templates.append((file, kind))
                else:
                    broken.append(error)
                continue
            here_too = [query for dashboard in here for query in queries_of(dashboard)]
            here_too += [query for group in groups for query in queries_of_group(group, _shown(file))]
            if file is path and not here and not groups and not skip_others:
                raise _refusal(file, looks_like(text, str(file)))
            files += bool(here or groups)
            found += here
            queries += here_too
    return Sources(tuple(queries), tuple(found), tuple(broken), files, tuple(templates))


def _refusal(file: Path, kind: Kind) -> SignalproofError:
    said = kind.name if kind is OTHER else f"nothing in it can be read: it looks like {kind.name}"
    return SignalproofError(said, kind.remedy, where=Location(_shown(file)))


def _shown(file: Path) -> str:
    return "<stdin>" if file == STDIN else str(file)


def read_path(path: Path) -> Iterator[Query]:
    """Yield every query of the file or folder *path*.

    Raises:
        SignalproofError: The file cannot be read or holds no queries; of a folder, after all else, its first broken one.
    """
    sources = read([path])
    yield from sources.queries
    if sources.broken:
        raise sources.broken[0]


def _walk(folder: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith(".") and one != "node_modules")
        yield from (
            Path(where, name) for name in sorted(names) if Path(name).suffix in _SUFFIXES | _TEMPLATES
        )


def _text(file: Path) -> str:
    try:
        if file == STDIN:
            return sys.stdin.buffer.read().decode("utf-8-sig")
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SignalproofError(
            f"cannot read {file}: {error.strerror}",
            "give a readable file or folder",
            where=Location(str(file)),
        ) from None
    except UnicodeDecodeError:
        raise SignalproofError(
            f"{_shown(file)} is no UTF-8 text", "save it as UTF-8", where=Location(_shown(file))
        ) from None


def _trees(text: str, file: Path) -> list[Tree]:
    is_json = file.suffix == ".json" or (file.suffix not in _SUFFIXES and text.lstrip().startswith("{"))
    return [read_json(text, _shown(file))] if is_json else list(read_yaml(text, _shown(file)))
