"""What an edit of a file changed in what the file says: the texts that are others now, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from signalproof.documents import Table, Text, Tree, read_json, read_yaml
from signalproof.errors import SignalproofError
from signalproof.manifests import is_json, may_hold

_FIELDS = frozenset({"expr", "query"})
"""Keys under which a query stands: in a panel, an annotation, a rule or a variable."""
_MOST_LEVELS = 4
"""How deep documents may stand in texts of documents: a dashboard in a ConfigMap in a list is one level."""


@dataclass(frozen=True)
class Edit:
    """One text of a file and what it is to become.

    Attributes:
        old: The query as it was read.
        new: What it is to be.
    """

    old: Text
    new: str

    def made(self, key: str, before: Text, after: Text) -> bool:
        """Whether this edit, and nothing else, turns the text *before* under *key* into *after*."""
        return (
            key in _FIELDS
            and before.line == self.old.line
            and before.count(self.old) == 1
            and before.replace(self.old, self.new) == after
        )


def only(edits: Sequence[Edit], before: list[Tree], after: list[Tree]) -> bool:
    """Whether *after* is *before* with each of *edits* made once, and nothing else changed."""
    left = list(edits)
    for key, old, new in _differences(before, after, 0):
        made = (
            next((one for one in left if one.made(key, old, new)), None)
            if isinstance(old, Text) and isinstance(new, Text)
            else None
        )
        if made is None:
            return False
        left.remove(made)
    return not left


def _differences(before: Tree, after: Tree, level: int) -> Iterator[tuple[str, Tree, Tree]]:
    """Yield the key and both values of whatever is another one; of a text that holds a document, what is within."""
    pending: list[tuple[str, Tree, Tree]] = [("", before, after)]
    seen: set[tuple[int, int]] = set()
    while pending:
        key, old, new = pending.pop()
        if isinstance(old, Table) and isinstance(new, Table):
            if (id(old), id(new)) in seen:  # an alias of YAML
                continue
            seen.add((id(old), id(new)))
            if list(old) != list(new):
                yield key, old, new
            else:
                pending += [(name, one, new[name]) for name, one in old.items()]
        elif isinstance(old, list) and isinstance(new, list):
            if (id(old), id(new)) in seen:
                continue
            seen.add((id(old), id(new)))
            if len(old) != len(new):
                yield key, old, new
            else:
                pending += [(key, one, other) for one, other in zip(old, new, strict=True)]
        elif type(old) is not type(new) or old != new:
            inner = _documents(key, old, new) if level < _MOST_LEVELS else None
            if inner is None:
                yield key, old, new
            else:
                yield from _differences(*inner, level + 1)


def _documents(key: str, old: Tree, new: Tree) -> tuple[list[Tree], list[Tree]] | None:
    """Return what stands in two texts, where each is a document of its own."""
    if key in _FIELDS or not (isinstance(old, Text) and isinstance(new, Text)) or not may_hold(old):
        return None
    try:
        return _read(old), _read(new)
    except SignalproofError:
        return None


def _read(text: Text) -> list[Tree]:
    return [read_json(text, "")] if is_json(text) else list(read_yaml(text, ""))
