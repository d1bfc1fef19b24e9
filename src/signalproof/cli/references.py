"""``--catalogue REF``: a catalogue in Python, an exposition file, metadata JSON, or a running ``/metrics``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.exposition import Exposition
from signalproof.catalogue.foreign import exposition_of_text, read_exposition
from signalproof.cli.definitions import load_object
from signalproof.errors import Location, SignalproofError


def exposed(reference: str) -> Exposition:
    """Return what a program really exposed, label values included: a dump of its ``/metrics``, or the URL.

    Raises:
        SignalproofError: It cannot be read.
    """
    if reference.startswith(("http://", "https://")):
        return exposition_of_text(_fetch(reference), reference, values=True)
    try:
        return exposition_of_text(Path(reference).read_text(encoding="utf-8"), reference, values=True)
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise SignalproofError(
            f"cannot read {reference}: {said}",
            "give a dump of /metrics, or its URL",
            where=Location(reference),
        ) from None


def exposition_of(reference: str, target_labels: Iterable[str]) -> Exposition:
    """Return what *reference* says exists.

    Args:
        reference: ``module[:attribute]``, a file, or a URL of ``/metrics``.
        target_labels: Labels that the scrape adds.

    Raises:
        SignalproofError: It names nothing, or what it names cannot be read.
    """
    if reference.startswith(("http://", "https://")):
        return replace(
            exposition_of_text(_fetch(reference), reference), target_labels=frozenset(target_labels)
        )
    path = Path(reference)
    if path.is_file():
        return replace(read_exposition(path), target_labels=frozenset(target_labels))
    if "/" in reference or path.suffix in {".prom", ".txt", ".json", ".om"}:
        raise SignalproofError(
            f"no catalogue file {reference}",
            "give module[:attribute], an exposition file, metadata JSON, or a URL of /metrics",
            where=Location(reference),
        )
    return load_object(reference, Catalogue, "CATALOGUE").exposition(target_labels)


def _fetch(url: str) -> str:
    from signalproof.live.client import Client, address

    client = Client(address(url, "http://127.0.0.1:9464/metrics"))
    try:
        answer = client.request("GET", "", b"", {"Accept": "text/plain"})
    finally:
        client.close()
    if answer.status != 200:
        raise SignalproofError(
            f"{url} answered with status {answer.status}", "give the URL of a /metrics", where=Location(url)
        )
    return answer.body.decode("utf-8", "replace")
