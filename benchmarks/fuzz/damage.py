"""Files with damage: bits flipped, ends cut off, bytes repeated, parts of archives swapped, renamed or rewritten."""

from __future__ import annotations

import random
import warnings
import zipfile
from io import BytesIO

_NASTY = (
    b"\0", b"\xff" * 4, b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"<", b">", b"&", b'"', b"&#0;", b"&#xD800;", b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b'r="A1048577"', b'r="ZZZZ1"', b't="s"', b"<v>999999999</v>", b"<v>1e999</v>", b"</row>", b"<row>", b"]]>", b"<![CDATA[", b"\xef\xbb\xbf", b"\x1a",
    b'rowspan="99999999"', b'colspan="-1"', b'ss:Index="2147483648"', b'number-rows-repeated="1048576"', b"../../../x", b'ref="A1:XFD1048576"',
)  # fmt: skip


def bytes_of(data: bytes, rng: random.Random) -> bytes:
    """The bytes with one to six small damages."""
    body = bytearray(data)
    for _ in range(rng.randrange(1, 7)):
        if not body:
            break
        _ONE[rng.randrange(len(_ONE))](body, rng)
    return bytes(body)


def _flip(body: bytearray, rng: random.Random) -> None:
    body[rng.randrange(len(body))] ^= 1 << rng.randrange(8)


def _set(body: bytearray, rng: random.Random) -> None:
    body[rng.randrange(len(body))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))


def _cut(body: bytearray, rng: random.Random) -> None:
    if rng.random() < 0.3:
        del body[rng.randrange(len(body)) :]


def _drop(body: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(body))
    del body[at : at + rng.randrange(1, 64)]


def _repeat(body: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(body))
    body[at:at] = body[at : at + rng.randrange(1, 200)] * rng.randrange(1, 4)


def _insert(body: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(body))
    body[at:at] = rng.choice(_NASTY)


def _move(body: bytearray, rng: random.Random) -> None:
    at, to, size = rng.randrange(len(body)), rng.randrange(len(body)), rng.randrange(1, 300)
    body[to : to + size] = body[at : at + size]


_ONE = (_flip, _flip, _set, _cut, _drop, _repeat, _insert, _move)


def parts_of(data: bytes, rng: random.Random) -> bytes:
    """The archive packed again, whole, with damage inside: parts damaged, swapped, left out, doubled or renamed."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    for _ in range(rng.randrange(1, 4)):
        one, other = rng.randrange(len(parts)), rng.randrange(len(parts))
        name, content = parts[one]
        kind = rng.randrange(8)
        if kind < 4:
            parts[one] = (name, bytes_of(content, rng))
        elif kind == 4:
            parts[one], parts[other] = (name, parts[other][1]), (parts[other][0], content)
        elif kind == 5 and len(parts) > 1:
            del parts[one]
        elif kind == 6:
            parts.append((name, bytes_of(content, rng)))
        else:
            parts[one] = (
                rng.choice(("../../" + name, name.upper(), name.replace("/", "\\"), "/" + name, name + "\n")),
                content,
            )
    target = BytesIO()
    with (
        warnings.catch_warnings(action="ignore"),
        zipfile.ZipFile(target, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive,
    ):
        for name, content in parts:
            info = zipfile.ZipInfo(name)
            archive.writestr(info, content)
    return target.getvalue()
