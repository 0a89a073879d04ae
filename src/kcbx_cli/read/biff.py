"""What a workbook of 1997 to 2003 claims, checked before a library believes it: it would ask for memory accordingly.

Basis: MS-CFB (header and directory), MS-XLS (DIMENSIONS, SST and the cell records, which begin with row and column).
"""

from __future__ import annotations

import struct
from io import BytesIO

from kcbx_cli.errors import KcbxError

_MOST_ROWS, _MOST_COLUMNS = 65_536, 256
_DIMENSIONS, _STRINGS, _PASSWORD = 0x0200, 0x00FC, 0x002F
#: FORMULA, MULRK, MULBLANK, RSTRING, LABELSST, BLANK, NUMBER, LABEL, BOOLERR, STRING formula, RK.
_CELLS = frozenset((0x06, 0xBD, 0xBE, 0xD6, 0xFD, 0x201, 0x203, 0x204, 0x205, 0x206, 0x27E, 0x406))


def check(data: bytes, name: str) -> None:
    """Refuses a workbook whose structure claims more than a sheet of that time, or the file itself, can hold.

    Raises:
        KcbxError: so it does.
    """
    if not _container(data) or not all(_records(stream) for stream in _streams(data)):
        raise KcbxError(
            f"「{name}」不完整或已损坏,打不开", "请用 Excel 或 WPS 打开后另存为 .xlsx,或重新导出。", "unreadable_file"
        )


def _container(data: bytes) -> bool:
    """Whether the header's sector sizes are the usual ones and its counts of sectors fit into the file."""
    if len(data) < 512:
        return False
    shift, small = struct.unpack_from("<HH", data, 30)
    sectors = len(data) >> 9
    counts = (
        struct.unpack_from("<I", data, 44) + struct.unpack_from("<I", data, 64) + struct.unpack_from("<I", data, 72)
    )
    return shift in (9, 12) and small == 6 and all(count <= sectors for count in counts)


def _streams(data: bytes) -> list[bytes]:
    """The streams that hold the workbook; a single one that cannot be checked when the directory claims too much."""
    import olefile  # type: ignore[import-untyped]

    try:
        with olefile.OleFileIO(BytesIO(data)) as ole:
            names = [n for n in ole.listdir() if n[-1].lower() in ("workbook", "book")]
            if any(ole.get_size(n) > len(data) for n in ole.listdir()):
                return [b"\0"]
            return [ole.openstream(n).read() for n in names]
    except Exception:  # olefile raises anything on damaged files
        return [b"\0"]


def _records(stream: bytes) -> bool:
    """Whether all cells and dimensions lie within a sheet of that time. After a password nothing can be read."""
    place, end = 0, len(stream)
    if end < 8:
        return False
    while place + 4 <= end:
        kind = stream[place] | stream[place + 1] << 8
        size = stream[place + 2] | stream[place + 3] << 8
        if kind in _CELLS:
            if (
                stream[place + 7 : place + 8] > b"\0"
                or kind in (0xBD, 0xBE)
                and stream[place + size + 3 : place + size + 4] > b"\0"
            ):
                return False
        elif kind == _PASSWORD:
            return True
        elif kind == _DIMENSIONS and not _dimensions(stream[place + 4 : place + 4 + size]):
            return False
        elif kind == _STRINGS and int.from_bytes(stream[place + 8 : place + 12], "little") > end:
            return False
        place += 4 + size
    return True


def _dimensions(body: bytes) -> bool:
    if len(body) not in (10, 14):
        return False
    first, last, left, right = struct.unpack_from("<IIHH" if len(body) == 14 else "<HHHH", body)
    return bool(first <= last <= _MOST_ROWS and left <= right <= _MOST_COLUMNS)
