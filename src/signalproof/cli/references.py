"""``--catalogue REF`` and ``--prometheus URL``: what a person points at, as a source of knowledge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.exposition import Exposition
from signalproof.catalogue.family import Family, exposition_of
from signalproof.cli.definitions import load_object
from signalproof.cli.project import declared
from signalproof.errors import Location, SignalproofError
from signalproof.files import MAX_DUMP_BYTES, is_there
from signalproof.knowledge.answers import families_of_json
from signalproof.knowledge.bundled import Exporter, exporter, names
from signalproof.knowledge.file import is_catalogue, read_catalogue
from signalproof.knowledge.merge import Rank, Source
from signalproof.knowledge.text import families_of_text, looks_like_samples
from signalproof.live.address import address, shown
from signalproof.text_files import read_text

if TYPE_CHECKING:
    from signalproof.config import Config

_KINDS = "a catalogue file, a dump or URL of /metrics, metadata or series JSON, EXPORTER[@VERSION], or module[:attribute]"
_SUFFIXES = frozenset({".prom", ".txt", ".json", ".om", ".metrics"})


def exposed(reference: str) -> Exposition:
    """Return what a program really exposed, label values included: a dump of its ``/metrics``, or the URL.

    Raises:
        SignalproofError: It cannot be read.
    """
    if _is_url(reference):
        return exposition_of(families_of_text(_fetch(reference), shown(reference), values=True))
    return exposition_of(families_of_text(_text(Path(reference)), reference, values=True))


def shown_by(reference: str, config: Config) -> tuple[Family, ...]:
    """Return the families of what *reference* names, of a page with the label values that it shows.

    Raises:
        SignalproofError: As of `source_of`, or there is no metric in it.
    """
    if _is_url(reference):
        text, name = _fetch(reference), shown(reference)
    elif is_there(Path(reference)):
        text, name = _text(Path(reference)), reference
    else:
        text, name = "", reference
    if text.strip() and not is_catalogue(text) and not _is_json(text):
        families = families_of_text(text, name, values=True)
    elif text.strip() or not (_is_url(reference) or is_there(Path(reference))):
        found = _of_file(text, name) if text.strip() else source_of(reference, config)
        families = found.catalogue().families if isinstance(found, Exporter) else found.families
    else:
        families = ()
    if not families:
        raise SignalproofError(f"no metric in {name}", f"give {_KINDS}", where=Location(name))
    return families


def source_of(reference: str, config: Config) -> Source | Exporter:
    """Return what *reference* says exists.

    Args:
        reference: As ``--catalogue`` takes it.
        config: The configuration, for the services of the project.

    Raises:
        SignalproofError: It names nothing, or what it names cannot be read.
    """
    if _is_url(reference):
        return Source(shown(reference), Rank.SEEN, families_of_text(_fetch(reference), shown(reference)))
    path = Path(reference)
    if is_there(path):
        return _of_file(_text(path), reference)
    name, _, version = reference.partition("@")
    if version or name in names():
        found = exporter(name, version)
        found.catalogue()  # a version that the file does not know is refused here
        return found
    if "/" in reference or path.suffix in _SUFFIXES:
        raise SignalproofError(f"no catalogue file {reference}", f"give {_KINDS}", where=Location(reference))
    return own_source(load_object(reference, Catalogue, "CATALOGUE"), reference, config)


def own_source(catalogue: Catalogue, reference: str, config: Config) -> Source:
    """Return a catalogue in Python as a source: it says everything there is."""
    families = declared(catalogue, config)
    return Source(reference, Rank.DECLARED, families, complete=True, target_labels=config.target_labels)


def _text(path: Path) -> str:
    return read_text(path, most=MAX_DUMP_BYTES)


def _of_file(text: str, reference: str) -> Source | Exporter:
    if is_catalogue(text):
        said = read_catalogue(text, reference)
        if said.prefixes:
            return Exporter(said.name or reference, said.version, Path(reference))
        return Source(
            reference, Rank.DECLARED, said.families, said.complete, target_labels=said.target_labels
        )
    if _is_json(text):
        families = families_of_json(text, reference)
        metadata = all(one.open for one in families)
        return Source(reference, Rank.TOLD if metadata else Rank.SEEN, families)
    return Source(reference, Rank.SEEN, families_of_text(text, reference))


def _is_json(text: str) -> bool:
    return text.lstrip().startswith(("{", "[")) and not looks_like_samples(text)


def _is_url(reference: str) -> bool:
    return reference.startswith(("http://", "https://"))


@contextmanager
def placed(what: str) -> Iterator[None]:
    """Say of a mistake that knows no place that it is about *what* the person gave, without what a URL has to hide."""
    try:
        yield
    except SignalproofError as error:
        if error.where is not None:
            raise
        raise SignalproofError(str(error), error.help, where=Location(shown(what))) from error


def _fetch(url: str) -> str:
    from signalproof.live.client import Client

    with placed(url):
        client = Client(address(url, "http://127.0.0.1:9464/metrics"))
        try:
            answer = client.request("GET", "", b"", {"Accept": "text/plain"})
        finally:
            client.close()
    if answer.status != 200:
        raise SignalproofError(
            f"{shown(url)} answered with status {answer.status}",
            "give the URL of a /metrics",
            where=Location(shown(url)),
        )
    return answer.body.decode("utf-8", "replace")
