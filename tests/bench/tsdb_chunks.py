"""The samples of a series as Prometheus stores them: XOR chunks of 120 samples, as in its chunk files.

Source: https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/chunks.md and tsdb/chunkenc/xor.go
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

SAMPLES = 120
"""Samples of a chunk: as many as Prometheus puts there."""
_XOR = 1


@dataclass(frozen=True, slots=True)
class Encoded:
    """A series without its labels.

    Attributes:
        chunks: All of its chunks, one after the other, each with length, encoding and checksum.
        times: Of each chunk: the first and the last moment, in Unix milliseconds.
        offsets: Of each chunk: where it begins in *chunks*.
        samples: How many samples there are.
    """

    chunks: bytes
    times: tuple[tuple[int, int], ...]
    offsets: tuple[int, ...]
    samples: int


def encode(values: Sequence[float], times: Sequence[int]) -> Encoded:
    """Return the series that has these *values* at these *times*, Unix milliseconds at even distances."""
    bits = array("Q", array("d", values).tobytes())
    made: list[bytes] = []
    spans: list[tuple[int, int]] = []
    offsets: list[int] = []
    at = 0
    for first in range(0, len(times), SAMPLES):
        own = times[first : first + SAMPLES]
        data = _chunk(bits[first : first + SAMPLES], own)
        content = bytes((_XOR,)) + data
        one = uvarint(len(data)) + content + crc32c(content)
        made.append(one)
        spans.append((own[0], own[-1]))
        offsets.append(at)
        at += len(one)
    return Encoded(b"".join(made), tuple(spans), tuple(offsets), len(times))


def _chunk(bits: Sequence[int], times: Sequence[int]) -> bytes:
    """Return the data of one chunk: *bits* are the values as 64-bit patterns."""
    head = struct.pack(">H", len(times)) + varint(times[0]) + struct.pack(">Q", bits[0])
    if len(times) == 1:
        return head
    head += uvarint(times[1] - times[0])
    stream, size = 0, 0
    before, leading, trailing = (
        bits[0],
        64,
        0,
    )  # nothing fits between 64 leading zeros: the first one says where it is
    for place in range(1, len(bits)):
        if place > 1:  # the distance is that of the sample before: one bit
            stream, size = stream << 1, size + 1
        now = bits[place]
        if now == before:
            stream, size = stream << 1, size + 1
            continue
        delta, before = now ^ before, now
        zeros, ends = min(31, 64 - delta.bit_length()), (delta & -delta).bit_length() - 1
        if leading != 64 and zeros >= leading and ends >= trailing:
            width = 64 - leading - trailing
            stream, size = (stream << 2 | 0b10) << width | delta >> trailing, size + 2 + width
        else:
            leading, trailing = zeros, ends
            width = 64 - leading - trailing
            mark = (0b11 << 5 | leading) << 6 | width & 63
            stream, size = (stream << 13 | mark) << width | delta >> trailing, size + 13 + width
    rest = -size % 8
    return head + (stream << rest).to_bytes((size + rest) // 8, "big")


def uvarint(number: int) -> bytes:
    """Return a non-negative *number* seven bits at a time, lowest first."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def varint(number: int) -> bytes:
    """Return a *number* of either sign: small ones of both are short."""
    return uvarint(number << 1 if number >= 0 else ~(number << 1))


def _table() -> tuple[int, ...]:
    found = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)  # noqa: PLW2901  # the byte is what is worked on
        found.append(byte)
    return tuple(found)


_TABLE = _table()


def crc32c(content: bytes) -> bytes:
    """Return the checksum (Castagnoli) of *content*, as it stands behind it."""
    table, crc = _TABLE, 0xFFFFFFFF
    for byte in content:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return struct.pack(">I", crc ^ 0xFFFFFFFF)
