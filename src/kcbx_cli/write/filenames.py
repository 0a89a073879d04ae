"""Names of files and sheets that every office computer accepts, made from names that people wrote."""

from __future__ import annotations

import re
import unicodedata

_ILLEGAL = re.compile(r'[<>:"/\\|?*]')
_SHEET_ILLEGAL = re.compile(r"[\[\]:*?/\\]")
_RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"
}
_STEM_BYTES = 150
_SHEET_UNITS = 31


def safe_stem(text: str, fallback: str) -> str:
    """A file name without extension that Windows and Linux accept.

    Illegal and invisible characters go, device names (CON, LPT1 ...) and leading or trailing dots are changed, and
    what is longer than 150 bytes of UTF-8 is cut, so that name, number and extension stay under the 255 of both.
    """
    visible = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c)[0] != "C")
    stem = _ILLEGAL.sub("_", visible)
    stem = re.sub(r"\s+", " ", stem).strip(" .~")
    stem = _cut(stem, _STEM_BYTES, "utf-8").rstrip(" .")
    if not stem:
        return fallback
    return f"_{stem}" if stem.split(".")[0].rstrip().casefold() in _RESERVED else stem


def sheet_title(text: str, fallback: str) -> str:
    """A worksheet name that Excel accepts: at most 31 UTF-16 units, none of `[]:*?/\\`, no apostrophe at an end."""
    visible = "".join(c for c in text if unicodedata.category(c)[0] != "C")
    title = _SHEET_ILLEGAL.sub("_", visible).strip(" '")
    title = _cut(title, _SHEET_UNITS * 2, "utf-16-le").strip(" '")
    return fallback if not title or title.casefold() == "history" else title


def unique(name: str, taken: set[str], limit: int = 0) -> str:
    """The name, or the name with a number, so that it differs from all in `taken` (case is ignored); it is added.

    `limit` is the greatest length in UTF-16 units, 0 for none.
    """
    number, candidate = 1, name
    while candidate.casefold() in taken:
        number += 1
        suffix = f"({number})"
        room = _cut(name, (limit - len(suffix)) * 2, "utf-16-le") if limit else name
        candidate = room + suffix
    taken.add(candidate.casefold())
    return candidate


def _cut(text: str, size: int, encoding: str) -> str:
    return text.encode(encoding, "ignore")[:size].decode(encoding, "ignore")
