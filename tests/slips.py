"""Slips of the keyboard, word by word: what a parser has to refuse, or to take as its engine does."""

from __future__ import annotations

import random
from collections.abc import Sequence


def slipped(tokens: Sequence[str], extra: Sequence[str], choice: random.Random) -> str:
    """Return *tokens* as one text with one to three of them lost, added, replaced or swapped.

    Args:
        tokens: The words of a text, what stands between them among them.
        extra: Words that may be added.
        choice: Where the chance comes from.
    """
    words = list(tokens)
    for _ in range(choice.choice((1, 1, 2, 3))):
        place = choice.randrange(len(words) + 1)
        match choice.randrange(4):
            case 0:
                words[place : place + 1] = []
            case 1:
                words.insert(place, choice.choice(extra))
            case 2:
                words[place : place + 1] = [choice.choice(extra)]
            case _:
                other = choice.randrange(len(words) + 1)
                words[place : place + 1], words[other : other + 1] = (
                    words[other : other + 1],
                    words[place : place + 1],
                )
    return "".join(words)
