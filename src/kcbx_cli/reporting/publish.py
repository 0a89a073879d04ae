"""`kcbx publish`: the public notice of a month, from the ledger alone."""

from __future__ import annotations

from pathlib import Path

from kcbx_cli.ledger import open_ledger
from kcbx_cli.reporting.rebuild import issued_of
from kcbx_cli.result import Result, Trace
from kcbx_cli.settings import Settings
from kcbx_cli.write import give
from kcbx_cli.write.document import Document
from kcbx_cli.write.notice import TITLE, notice_document, notice_page
from kcbx_cli.write.single import check


def publish(ledger: Path, month: str, out: Path, settings: Settings) -> Result:
    """Writes 控辍保学工作公告 as a document and as a page; counts below `security.least_shown` are hidden.

    Raises:
        KcbxError: `usage`, `no_ledger`, `no_report`, `exists`, `bad_template`.
    """
    with open_ledger(ledger, create=False, readonly=True) as book:
        report = issued_of(book, month)
    limit = settings.security.least_shown
    template = Document.load("notice", settings.documents.notice)
    stem = f"{TITLE}_{report.head['as_of'][:7]}"
    files = [
        (out / f"{stem}.docx", notice_document(report, limit, template)),
        (out / f"{stem}.html", notice_page(report, limit)),
    ]
    for path, _ in files:
        check(path, parent=False)
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    told = give("publish", files)
    lines = [
        f"{report.head['county']}{report.head['as_of'][:7]} 公告:只有数字,少于 {limit} 人的数不写出来。",
        "公布前请核对,并按本县的规定审签。",
        f"结果在:{out}",
    ]
    data = {"as_of": report.head["as_of"], "out": str(out), "files": [p.name for p, _ in files], "least_shown": limit}
    return Result("publish", data, tuple(lines), trace=Trace(exports=told))
