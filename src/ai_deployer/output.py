"""What comes back from a target, within bounds: an endless answer is ended, and little of a long one is held."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ai_deployer.errors import RolloutError
from signalproof.text import CUT, shown

MIB = 1024 * 1024
MOST_BYTES = 16 * MIB
"""What one command, log or answer may say."""
MOST_BUILD_BYTES = 64 * MIB
"""What the Docker Engine may say about one build, or one pull."""
CHUNK_BYTES = 64 * 1024
_HELD_BYTES = 8 * 1024
_SHOWN = 200


class OutputError(RolloutError):
    """A target says more than it may: it was not listened to any longer."""


class Output:
    """The end of what somebody says.

    Args:
        who: Who says it, for people.
        most: Bytes after which it is not taken any more.
    """

    def __init__(self, who: str, most: int = MOST_BYTES) -> None:
        self._who = who
        self._most = most
        self._said = 0
        self._end = b""

    def take(self, chunk: bytes) -> None:
        """Take the next *chunk*.

        Raises:
            OutputError: It is too much in all.
        """
        self._said += len(chunk)
        self._end = (self._end + chunk)[-_HELD_BYTES:]
        if self._said > self._most:
            raise OutputError(
                f"{self._who} said more than {self._most / MIB:g} MiB and was ended: {self.end}"
            )

    @property
    def end(self) -> str:
        """The end of it, in one line that begins with … where something was cut off."""
        text = self._end.decode(errors="replace")
        return (
            shortened(text) if self._said == len(self._end) else f"{CUT}{shortened(text).removeprefix(CUT)}"
        )


def shortened(text: str) -> str:
    """Return the end of *text*, in one line that begins with … where something was cut off."""
    one_line = " ".join(text.split())
    return shown(one_line if len(one_line) <= _SHOWN else f"{CUT}{one_line[-_SHOWN + 1 :]}")


def messages(stream: Iterable[bytes | str], who: str) -> Iterator[Mapping[str, Any]]:
    """Yield the JSON objects, one a line, that the Docker Engine says about a build or a pull.

    Raises:
        OutputError: They are too much in all, or one of them is longer than a single answer may be.
        RolloutError: One is no JSON.
    """
    all_of_it, rest = Output(who, MOST_BUILD_BYTES), b""
    for chunk in stream:
        data = chunk.encode() if isinstance(chunk, str) else chunk
        all_of_it.take(data)
        *lines, rest = (rest + data).split(b"\n")
        if len(rest) > MIB:
            raise OutputError(f"{who} said more than 1 MiB in one line and was ended")
        yield from map(_message, filter(bytes.strip, lines))
    if rest.strip():
        yield _message(rest)


def _message(line: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise RolloutError(f"the Docker Engine says what is no JSON object: {shortened(repr(line[:500]))}")
    return found
