"""Builds the golden inputs again and writes what the readers make of them: `python tests/read/regenerate.py`.

Look at the differences before you commit them: the JSON files are what is expected.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from golden_files import FILES, ONCE, PASSWORD

from kcbx_cli import read
from kcbx_cli.settings import Settings

GOLDEN = Path(__file__).parent / "golden"


def plain(cell: Any) -> Any:
    """A cell as JSON can hold it, its type visible."""
    if isinstance(cell, (datetime, date, time)):
        return {type(cell).__name__: cell.isoformat()}
    if isinstance(cell, float):
        return {"float": repr(cell)}
    return cell


def told(path: Path) -> dict[str, Any]:
    """Everything that reading a file gives."""
    (source,) = read.find([str(path)])
    loaded = read.load(source, Settings(), PASSWORD)
    tables = [
        {
            "sheet": t.sheet, "role": t.role, "layout": t.layout,
            "rows": [{k: plain(v) for k, v in row.items() if v is not None} for row in t.frame.to_dict("records")],
        }
        for t in loaded.tables
    ]  # fmt: skip
    problems = [f"{p.code} {p.sheet} {p.row} {p.field} {p.detail}" for p in loaded.problems.itertuples()]
    return {"kind": loaded.kind, "tables": tables, "sheets": read.as_data(loaded)["sheets"], "problems": problems}


def main() -> None:
    """Writes all golden files."""
    GOLDEN.mkdir(exist_ok=True)
    for name, make in FILES.items():
        path = GOLDEN / name
        if name not in ONCE or not path.exists():
            path.write_bytes(make())
        expected = json.dumps(told(path), ensure_ascii=False, indent=1)
        path.with_name(name + ".json").write_text(expected + "\n", "utf-8")
        sys.stdout.write(f"{name}\n")


if __name__ == "__main__":
    main()
