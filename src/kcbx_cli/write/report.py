"""The three files of a month's report, written from its counts and from nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from kcbx_cli.parallel import apart
from kcbx_cli.tables import Issued

_PAGE = "report.html"


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One file to be made: its name, about what it costs in rows of a checklist, and how."""

    path: str
    cost: float
    make: Callable[[], bytes]


def report_files(report: Issued) -> list[ReportFile]:
    """月报.xlsx, 月报.docx and report.html; the same bytes for the same report, whenever and wherever they are made."""
    return [
        ReportFile("月报.xlsx", 250.0, partial(_book, report)),
        ReportFile("月报.docx", 700.0, partial(_document, report)),
        ReportFile(_PAGE, 900.0, partial(_page, report)),
    ]


# Their libraries are slow to import: only who makes the file pays for them.


def _book(report: Issued) -> bytes:
    from kcbx_cli.write.report_book import report_book

    return report_book(report)


def _document(report: Issued) -> bytes:
    from kcbx_cli.write.report_document import report_document

    return report_document(report)


def _page(report: Issued) -> bytes:
    from kcbx_cli.write.report_page import report_page

    return apart(lambda: report_page(report))
