"""How far the cells of a sheet span: a library that lays a sheet out as a rectangle needs memory for all of that."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Bytes after the last `<c` that must be there to read its place.
MARGIN = 20

_ANY_PLACE = re.compile(rb"\sr=[\"']([A-Za-z]{1,3})(\d{1,8})[\"']")
_LETTERS = np.zeros(256, dtype=np.bool_)
_LETTERS[ord("A") : ord("Z") + 1] = True
_LETTERS[ord("a") : ord("z") + 1] = True
_AFTER_NAME = np.zeros(256, dtype=np.bool_)
_AFTER_NAME[list(b" >/\t\r\n")] = True


class Span(NamedTuple):
    """The last column and row that a cell says it is in, and how many cells do not begin with saying so."""

    width: int
    height: int
    unplaced: int


def of_xml(piece: bytes) -> Span:
    """The span of the `<c r="A1"` elements in a piece of XML that lie before its last MARGIN bytes."""
    text = np.frombuffer(piece, dtype=np.uint8)
    if len(text) <= MARGIN:
        return Span(0, 0, 0)
    before = text[:-MARGIN]
    at = np.flatnonzero((text[1 : 1 - MARGIN] == ord("c")) & ((before == ord("<")) | (before == ord(":"))))
    at = at[_AFTER_NAME[text[at + 2]]]
    placed = (text[at + 3] == ord("r")) & (text[at + 4] == ord("=")) & (text[at + 5] == ord('"'))
    unplaced = len(at) - int(placed.sum())
    at = at[placed] + 6
    if not len(at):
        return Span(0, 0, unplaced)
    width, place = _columns(text, at)
    return Span(int(width.max()), int(_rows(text, place).max()), unplaced)


def _columns(text: NDArray[np.uint8], at: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The column numbers, from 1, that begin at these places, and where their letters end."""
    width, place = (text[at] & 31).astype(np.int64), at + 1
    for _ in range(2):
        letter = _LETTERS[text[place]]
        if not letter.any():
            break
        width = np.where(letter, width * 26 + (text[place] & 31), width)
        place = place + letter
    return width, place


def _rows(text: NDArray[np.uint8], place: NDArray[np.int64]) -> NDArray[np.int64]:
    row = np.zeros(len(place), dtype=np.int64)
    inside = np.ones(len(place), dtype=np.bool_)
    for step in range(8):
        digit = text[place + step] - ord("0")
        inside &= digit < 10
        if not inside.any():
            break
        row = np.where(inside, row * 10 + digit, row)
    return row


def of_unplaced(xml: bytes | bytearray) -> Span:
    """The span of a sheet whose cells do not all begin with saying where they are: by what they say later, and counted
    in order, as readers do."""
    rows = xml.split(b"row")
    widest = max(row.count(b"<c>") + row.count(b"<c ") + row.count(b":c>") + row.count(b":c ") for row in rows)
    places = set(_ANY_PLACE.findall(xml))
    columns = _columns(
        np.frombuffer(b"".join(c.ljust(4) for c, _ in places), dtype=np.uint8), np.arange(len(places)) * 4
    )
    highest = max((int(row) for _, row in places), default=0)
    return Span(max(widest, int(columns[0].max(initial=0))), max(len(rows), highest), 0)


def of_records(records: bytes | bytearray) -> Span:
    """The span of a binary sheet (MS-XLSB: BrtRowHdr is record 0, cells are 1 to 11)."""
    place, row, width, height, end = 0, 0, 0, 0, len(records)
    while place < end - 2:
        kind, size, place = _record(records, place)
        if kind == 0:
            row = int.from_bytes(records[place : place + 4], "little") + 1
        elif kind <= 11:
            height = max(height, row)
            width = max(width, int.from_bytes(records[place : place + 4], "little") + 1)
        place += size
    return Span(width, height, 0)


def _record(records: bytes | bytearray, place: int) -> tuple[int, int, int]:
    """Kind and size of the record that begins here, and where its body begins."""
    kind = records[place]
    place += 1
    if kind & 0x80:
        kind = kind & 0x7F | (records[place] & 0x7F) << 7
        place += 1
    size = shift = 0
    while place < len(records) and shift <= 21:
        byte = records[place]
        place += 1
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    return kind, size, place
