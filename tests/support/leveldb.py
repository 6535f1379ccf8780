"""Reads every value that lies in Chromium's LevelDB files, also those that are overwritten or deleted.

Formats: https://github.com/google/leveldb/blob/main/doc/table_format.md and log_format.md;
https://github.com/google/snappy/blob/main/format_description.txt.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE_MAGIC = 0xDB4775248B80FB57
FOOTER_BYTES = 48
LOG_BLOCK_BYTES = 32_768
LOG_HEADER_BYTES = 7
UNCOMPRESSED, SNAPPY = 0, 1
FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def unsnap(data: bytes, *, exactly: bool = True) -> bytes:
    """Decompress Snappy; something else may follow unless it is ``exactly`` that.

    Raises:
        ValueError, IndexError: it is not Snappy.
    """
    length, at = varint(data, 0)
    out = bytearray()
    while at < len(data) and (exactly or len(out) < length):
        tag = data[at]
        at += 1
        kind, high = tag & 3, tag >> 2
        if kind == 0:  # literal
            if high >= 60:
                more = high - 59
                high = int.from_bytes(data[at : at + more], "little")
                at += more
            out += data[at : at + high + 1]
            at += high + 1
            continue
        if kind == 1:
            size, offset = (high & 7) + 4, ((tag >> 5) << 8) | data[at]
            at += 1
        else:
            width = 2 if kind == 2 else 4
            size, offset = high + 1, int.from_bytes(data[at : at + width], "little")
            at += width
        if not 0 < offset <= len(out):
            raise ValueError("not Snappy: it points before the beginning")
        for _ in range(size):
            out.append(out[-offset])
    if len(out) != length:
        raise ValueError("not Snappy: another length")
    return bytes(out)


def is_table(data: bytes) -> bool:
    """Whether a file is a sorted table (``.ldb``)."""
    return len(data) >= FOOTER_BYTES and struct.unpack("<Q", data[-8:])[0] == TABLE_MAGIC


def table_blocks(data: bytes) -> Iterator[bytes]:
    """Every block of a table, decompressed."""
    at = len(data) - FOOTER_BYTES
    for _ in range(2):  # the meta index, the index
        offset, at = varint(data, at)
        size, at = varint(data, at)
        index = _block(data, offset, size)
        yield index
        for value in _values(index):
            start, end = varint(value, 0)
            length, _end = varint(value, end)
            yield _block(data, start, length)


def _block(data: bytes, offset: int, size: int) -> bytes:
    kind = data[offset + size]
    block = data[offset : offset + size]
    if kind == UNCOMPRESSED:
        return block
    if kind == SNAPPY:
        return unsnap(block)
    raise ValueError(f"a block compressed in another way: {kind}")


def _values(block: bytes) -> Iterator[bytes]:
    restarts = struct.unpack("<I", block[-4:])[0]
    end, at = len(block) - 4 - 4 * restarts, 0
    while at < end:
        _shared, at = varint(block, at)
        unshared, at = varint(block, at)
        length, at = varint(block, at)
        at += unshared
        yield block[at : at + length]
        at += length


def log_records(data: bytes) -> Iterator[bytes]:
    """Every record of a log file, put together again where it lay in pieces."""
    record = b""
    for start in range(0, len(data), LOG_BLOCK_BYTES):
        block = data[start : start + LOG_BLOCK_BYTES]
        at = 0
        while at + LOG_HEADER_BYTES <= len(block):
            length, kind = struct.unpack("<HB", block[at + 4 : at + LOG_HEADER_BYTES])
            piece = block[at + LOG_HEADER_BYTES : at + LOG_HEADER_BYTES + length]
            at += LOG_HEADER_BYTES + length
            if kind not in (FULL, FIRST, MIDDLE, LAST):
                break  # the rest of the block is padding
            record = piece if kind in (FULL, FIRST) else record + piece
            if kind in (FULL, LAST):
                yield record
