"""What a workbook holds, as JSON that a person can compare; `python tests/write/golden.py` writes the folder anew.

Look at the difference, and at the pages, before committing it.
"""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import months
import openpyxl

from kcbx_cli.write import plan_month

FOLDER = Path(__file__).parent / "golden"


def snapshot(content: bytes) -> dict[str, Any]:
    """Every sheet's cells and the properties that decide how it prints and behaves."""
    book = openpyxl.load_workbook(BytesIO(content))
    about = {"number": book.properties.subject, "about": book.properties.description}
    return {"properties": about, **{sheet.title: _sheet(sheet) for sheet in book.worksheets}}


def _sheet(sheet: Any) -> dict[str, Any]:
    page = sheet.page_setup
    return {
        "state": sheet.sheet_state,
        "page": [page.orientation, page.paperSize, page.fitToWidth, page.fitToHeight, sheet.sheet_properties.pageSetUpPr and sheet.sheet_properties.pageSetUpPr.fitToPage],
        "margins": [sheet.page_margins.left, sheet.page_margins.right, sheet.page_margins.top, sheet.page_margins.bottom],
        "header": [sheet.oddHeader.left.text, sheet.oddHeader.right.text],
        "footer": [sheet.oddFooter.left.text, sheet.oddFooter.center.text, sheet.oddFooter.right.text],
        "repeated": sheet.print_title_rows,
        "frozen": sheet.freeze_panes,
        "filter": sheet.auto_filter.ref,
        "protected": sheet.protection.sheet,
        "widths": {k: round(d.width, 3) for k, d in sorted(sheet.column_dimensions.items())},
        "heights": {str(k): d.height for k, d in sorted(sheet.row_dimensions.items()) if d.height},
        "merged": sorted(str(r) for r in sheet.merged_cells.ranges),
        "rules": sorted([str(v.sqref), v.type, v.formula1, v.errorStyle] for v in sheet.data_validations.dataValidation),
        "colours": sorted([str(c.sqref), r.formula] for c in sheet.conditional_formatting for r in c.rules),
        "rows": [["" if v is None else v for v in row] for row in sheet.iter_rows(values_only=True)],
    }  # fmt: skip


def snapshots() -> dict[str, str]:
    """The snapshot of each workbook of the small month, by file name."""
    planned = plan_month(months.small(), months.SETTINGS, {})
    return {
        f.path.replace("/", "·").removesuffix(".xlsx") + ".json": json.dumps(
            snapshot(f.content), ensure_ascii=False, indent=1
        )
        + "\n"
        for f in planned
        if f.path.endswith(".xlsx")
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for name, text in snapshots().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
