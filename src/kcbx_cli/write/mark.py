"""The number that each exported workbook bears, and the line that says whom it is for: a copy that turns up is traced.

The number is made from month, place and content, so that the same month makes the same bytes; when it was given out,
and by whom, stands in the use log under this number.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from typing import Any

from kcbx_cli.stamps import Stamp
from kcbx_cli.write.audience import READERS, Audience
from kcbx_cli.write.cells import clean

_PROPERTIES = "docProps/core.xml"
_SUBJECT = re.compile(rb"<dc:subject>([^<]*)</dc:subject>")
_ABOUT = re.compile(rb"<dc:description>([^<]*)</dc:description>")
_GREY = "&8&K808080"


@dataclass(frozen=True, slots=True)
class Mark:
    """A workbook's number, whom it is for, the place that it is about, and its rows of people."""

    number: str
    audience: Audience
    place: str
    rows: int

    @property
    def code(self) -> str:
        """The code of its place; empty where it has none."""
        code = self.number.split("-")[1] if self.number.count("-") == 2 else ""
        return "" if code == "0" else code

    @property
    def words(self) -> str:
        """For whom it is, as it stands at the head of each page."""
        reader = self.place if self.audience in ("township", "school") else "县级"
        return f"仅供{reader}工作使用,不得转发、拍照外传"

    @property
    def properties(self) -> dict[str, str]:
        """What stands in the document's properties, by their names in Excel's dialogue."""
        return {"subject": self.number, "comments": f"{self.audience};{self.rows};{self.place}"}

    @property
    def header(self) -> str:
        """The head of each page, in the language of Excel's page headers."""
        return f"&L{_GREY}{_plain(self.words)}&R{_GREY}编号 {_plain(self.number)}"


def mark(stamp: Stamp, digest: str, rows: int) -> Mark:
    """The mark of a workbook with this stamp; `digest` is of all that is printed in it."""
    code = stamp.place_code or "0"
    number = f"{stamp.as_of:%Y%m}-{code}-{digest[:10].upper()}"
    return Mark(number, READERS.get(stamp.kind, "county"), clean(stamp.place), rows)


def mark_of(content: bytes) -> Mark | None:
    """The mark in the properties of a workbook or document; None where there is none."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            said = archive.read(_PROPERTIES)
    except (zipfile.BadZipFile, KeyError):
        return None
    subject, about = _SUBJECT.search(said), _ABOUT.search(said)
    if subject is None or about is None:
        return None
    parts = unescape(about[1].decode("utf-8")).split(";", 2)
    if len(parts) != 3 or not parts[1].isdigit():
        return None
    audience: Any = parts[0]
    return Mark(unescape(subject[1].decode("utf-8")), audience, parts[2], int(parts[1]))


def _plain(text: str) -> str:
    return text.replace("\n", " ").replace("&", "&&")[:80]
