"""A block of Prometheus' storage, written as it is read: millions of series in minutes, which no text format takes.

``promtool tsdb create-blocks-from openmetrics`` parses a million samples a second, four times over, and a large fleet has
thousands of millions of them. Prometheus checks every checksum, and ``promtool tsdb analyze`` reads the block.

Source: https://github.com/prometheus/prometheus/tree/main/tsdb/docs/format
"""

from __future__ import annotations

import json
import struct
import sys
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, TypeAlias

from tests.bench.tsdb_chunks import Encoded, crc32c, uvarint, varint

Labels: TypeAlias = tuple[tuple[str, str], ...]
"""Names and values of a series, sorted by name; ``__name__`` is one of them."""

_SEGMENT = 512 * 1024 * 1024
"""Bytes after which a new chunk file begins."""
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def write_block(
    storage: Path, series: Iterable[tuple[Labels, Encoded]], symbols: Iterable[str], identity: int
) -> Path:
    """Write one block under *storage* and return its folder.

    Args:
        storage: Folder of the storage of a Prometheus.
        series: Every series once, sorted by labels; they are not kept.
        symbols: Every label name and value that occurs.
        identity: A number below 2**128 that is no other block's.
    """
    ulid = "".join(_ALPHABET[identity >> shift & 31] for shift in range(125, -1, -5))
    block = storage / ulid
    (block / "chunks").mkdir(parents=True)
    chunks = _Chunks(block / "chunks")
    with (block / "index").open("wb") as file:
        index = _Index(file, sorted(set(symbols)))
        low, high, samples, pieces = sys.maxsize, 0, 0, 0
        for labels, one in series:
            index.add(labels, one, chunks.add(one))
            low, high = min(low, one.times[0][0]), max(high, one.times[-1][1])
            samples, pieces = samples + one.samples, pieces + len(one.offsets)
        index.finish()
    chunks.close()
    meta = {
        "ulid": ulid,
        "minTime": low,
        "maxTime": high + 1,
        "stats": {"numSamples": samples, "numSeries": index.series, "numChunks": pieces},
        "compaction": {"level": 1, "sources": [ulid]},
        "version": 1,
    }
    (block / "meta.json").write_text(json.dumps(meta))
    return block


class _Chunks:
    """The chunk files of a block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self._at = _SEGMENT
        self._file: BinaryIO | None = None

    def add(self, one: Encoded) -> int:
        """Write the chunks of a series; return the reference of the first."""
        if self._at + len(one.chunks) > _SEGMENT or self._file is None:
            self.close()
            self._number += 1
            self._file = (self._folder / f"{self._number:06}").open("wb")
            self._at = self._file.write(struct.pack(">IBxxx", 0x85BD40DD, 1))
        place = (self._number - 1) << 32 | self._at
        self._at += self._file.write(one.chunks)
        return place

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


class _Index:
    """The index of a block: symbols, series, and which series have which label."""

    def __init__(self, file: BinaryIO, symbols: Sequence[str]) -> None:
        self.series = 0
        self._file = file
        self._at = 0
        self._write(struct.pack(">IB", 0xBAAAD700, 2))
        self._symbols_at = self._at
        texts = (text.encode() for text in symbols)
        self._section(struct.pack(">I", len(symbols)) + b"".join(uvarint(len(text)) + text for text in texts))
        self._pad(16)
        self._series_at = self._at
        self._numbers = {text: uvarint(number) for number, text in enumerate(symbols)}
        self._all: array[int] = array("I")
        self._having: dict[tuple[str, str], array[int]] = {}
        self._tails: dict[int, bytes] = {}

    def add(self, labels: Labels, one: Encoded, place: int) -> None:
        """Write the entry of a series whose chunks begin at the reference *place*."""
        self._pad(16)
        number, numbers, having = self._at >> 4, self._numbers, self._having
        self._all.append(number)
        parts = [uvarint(len(labels))]
        for pair in labels:
            parts += (numbers[pair[0]], numbers[pair[1]])
            if (known := having.get(pair)) is None:
                known = having[pair] = array("I")
            known.append(number)
        first, last = one.times[0]
        parts += (uvarint(len(one.offsets)), varint(first), uvarint(last - first), uvarint(place))
        if (
            tail := self._tails.get(id(one))
        ) is None:  # whoever makes the series keeps what many of them share
            tail = self._tails[id(one)] = _tail(one)
        parts.append(tail)
        content = b"".join(parts)
        self._write(uvarint(len(content)) + content + crc32c(content))
        self.series += 1

    def finish(self) -> None:
        """Write what follows the series."""
        postings_at = self._at
        offsets = [(("", ""), self._postings(self._all))]
        offsets += [(pair, self._postings(self._having[pair])) for pair in sorted(self._having)]
        table_at = self._at
        self._section(
            struct.pack(">I", len(offsets))
            + b"".join(b"\x02" + _text(name) + _text(value) + uvarint(at) for (name, value), at in offsets)
        )
        labels_at = 0  # nobody reads the indices of label names since there are offsets of postings
        content = struct.pack(
            ">6Q", self._symbols_at, self._series_at, labels_at, labels_at, postings_at, table_at
        )
        self._write(content + crc32c(content))

    def _postings(self, numbers: array[int]) -> int:
        self._pad(4)
        at = self._at
        big = array("I", numbers)
        if sys.byteorder == "little":
            big.byteswap()
        self._section(struct.pack(">I", len(numbers)) + big.tobytes())
        return at

    def _section(self, content: bytes) -> None:
        self._write(struct.pack(">I", len(content)) + content + crc32c(content))

    def _pad(self, to: int) -> None:
        if missing := -self._at % to:
            self._write(bytes(missing))

    def _write(self, content: bytes) -> None:
        self._at += self._file.write(content)


def _text(text: str) -> bytes:
    content = text.encode()
    return uvarint(len(content)) + content


def _tail(one: Encoded) -> bytes:
    """Return the entry's part about the chunks after the first: how far each begins after the one before."""
    parts = []
    for place in range(1, len(one.offsets)):
        (_, before), (first, last) = one.times[place - 1], one.times[place]
        gap = one.offsets[place] - one.offsets[place - 1]
        parts.append(uvarint(first - before) + uvarint(last - first) + varint(gap))
    return b"".join(parts)
