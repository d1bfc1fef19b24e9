"""Which of many names a misspelt one is closest to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches


class Closest:
    """Names, ready to be searched: by the trigrams that they share, so that ten thousand are no more work than ten."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names: dict[str, list[str]] = {}
        self._found: dict[str, str] = {}
        for name in names:
            for trigram in _trigrams(name):
                self._names.setdefault(trigram, []).append(name)

    def to(self, name: str) -> str:
        """Return the name that is closest to *name*; empty when none is close."""
        if name not in self._found:
            shared = Counter(one for part in _trigrams(name) for one in self._names.get(part, ()))
            likely = [one for one, _ in shared.most_common(24)]
            self._found[name] = next(iter(get_close_matches(name, likely, n=1, cutoff=0.75)), "")
        return self._found[name]


def _trigrams(name: str) -> frozenset[str]:
    return frozenset(name[at : at + 3] for at in range(max(len(name) - 2, 1)))
