"""What an honest office writes for itself: pandas, openpyxl, a lookup by ID number, then by name.

Usage: python benchmarks/vlookup.py COUNTY OUT

Reads the made-up county as `kcbx sample` writes it, looks each school-age child's ID number up in the registry, then
the name; whoever is found nowhere goes on the list of the township, one workbook each. It is written plainly and knows
where each header stands, which kcbx has to find out; it reads each file once and loops over nothing that pandas can do.
"""

from __future__ import annotations

import sys
from pathlib import Path

import openpyxl
import pandas as pd
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

FIRST, LAST = 20060901, 20150831
BLANKS = ["核查方式", "核查日期", "核查结论", "去向/就读学校", "佐证材料", "劝返记录", "核查人", "联系电话"]
COLUMNS = ["序号", "村", "姓名", "性别", "出生日期", "身份证号", "户主", "电话", "列入原因", *BLANKS]


def workbook(path: Path) -> pd.DataFrame:
    """All sheets of a workbook whose header stands in one of the first rows."""
    frames = []
    for sheet in pd.read_excel(path, sheet_name=None, header=None, dtype=str).values():
        at = next((i for i in range(min(5, len(sheet))) if "姓名" in set(sheet.iloc[i].astype(str).str.strip())), None)
        if at is None:
            continue
        body = sheet.iloc[at + 1 :].copy()
        body.columns = [str(h).strip() for h in sheet.iloc[at]]
        frames.append(body.loc[:, ~body.columns.duplicated()])
    return pd.concat(frames) if frames else pd.DataFrame()


def table(path: Path) -> pd.DataFrame:
    """A workbook, an HTML table named .xls, or a CSV."""
    start = path.read_bytes()[:4]
    if start[:2] == b"PK":
        return workbook(path)
    if path.suffix == ".csv":
        frame = pd.read_csv(path, dtype=str, encoding="gb18030")
        return frame.apply(lambda column: column.str.replace(r'^="(.*)"$', r"\1", regex=True))
    sheet = pd.read_html(path, encoding="gb18030")[0].astype(str)
    at = next(i for i in range(len(sheet)) if "姓名" in set(sheet.iloc[i]))
    body = sheet.iloc[at + 1 :].copy()
    body.columns = sheet.iloc[at]
    return body


def column(frame: pd.DataFrame, *names: str) -> pd.Series:
    """The first of these columns that the frame has, cleaned of spaces."""
    for name in names:
        if name in frame:
            return frame[name].fillna("").astype(str).str.replace(r"\s", "", regex=True)
    return pd.Series("", index=frame.index)


def people(frame: pd.DataFrame) -> pd.DataFrame:
    """What the lookup and the sheets need."""
    number = column(frame, "身份证件号", "证件号码", "身份证号码", "身份证号", "公民身份号码").str.upper().str[:18]
    return pd.DataFrame(
        {
            "number": number,
            "name": column(frame, "姓名", "学生姓名"),
            "sex": column(frame, "性别"),
            "birth": pd.to_numeric(number.str[6:14], errors="coerce").fillna(0),
            "township": column(frame, "乡", "乡/镇", "乡镇", "乡(镇)"),
            "village": column(frame, "村", "行政村"),
            "head": column(frame, "户主姓名"),
            "phone": column(frame, "家庭成员联系电话", "成员联系电话", "户联系电话", "联系电话", "电话"),
            "status": column(frame, "学生当前状态"),
        }
    )


def checklist(path: Path, township: str, children: pd.DataFrame) -> None:
    """One township's workbook, ready to print."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "核查表"
    sheet.append([f"{township}疑似辍学学生核查表"])
    sheet.append(COLUMNS)
    for number, child in enumerate(children.itertuples(), 1):
        birth = f"{int(child.birth)}" if child.birth else ""
        sheet.append(
            [number, child.village, child.name, child.sex, birth, child.number, child.head, child.phone, "学籍中未找到"]
        )
    for number in range(20):
        sheet.append([len(children) + number + 1])
    side = Side(style="thin")
    border, wrap = Border(left=side, right=side, top=side, bottom=side), Alignment(wrap_text=True, vertical="center")
    for row in sheet.iter_rows(min_row=2, max_col=len(COLUMNS)):
        for cell in row:
            cell.border, cell.alignment = border, wrap
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(COLUMNS))
    sheet["A1"].font = Font(size=16, bold=True)
    for number in range(1, len(COLUMNS) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 14
    choice = DataValidation(type="list", formula1='"在校,休学,辍学,其他"', allow_blank=True)
    sheet.add_data_validation(choice)
    choice.add(f"L3:L{sheet.max_row}")
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.print_title_rows = "landscape", 9, "1:2"
    sheet.freeze_panes = "A3"
    book.save(path)


def main() -> None:
    """Reads, looks up, writes."""
    county, out = Path(sys.argv[1]), Path(sys.argv[2])
    registry = pd.concat([people(table(p)) for p in sorted((county / "学籍").iterdir())])
    listed = pd.concat([people(table(p)) for p in sorted((county / "低收入").iterdir())])
    special = people(table(county / "特殊学生台账.xlsx"))
    children = listed[listed["birth"].between(FIRST, LAST)]
    there = registry[~registry["status"].isin(["退学", "流失", "辍学"])]
    found = children["number"].isin(there["number"]) | children["number"].isin(special["number"])
    found |= children["name"].isin(there["name"])
    suspects = children[~found].sort_values(["township", "village", "name"])
    (out / "乡镇核查表").mkdir(parents=True, exist_ok=True)
    suspects.to_excel(out / "疑似辍学学生名单.xlsx", index=False)
    for township, group in suspects.groupby("township"):
        checklist(out / "乡镇核查表" / f"{township or '未明乡镇'}.xlsx", str(township), group)


if __name__ == "__main__":
    main()
