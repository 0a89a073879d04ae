"""The monthly report over half a year: its totals are the ledger's to the child, and a past month is written again."""

import io
import shutil
import sqlite3
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import docx
import openpyxl
import pytest
from offices import Office, member, pupil
from returned_sheets import Sheet

from kcbx_cli.ledger import open_ledger
from kcbx_cli.tables import Issued
from kcbx_cli.tables.issued import CASES_BY_SCHOOL, CASES_BY_TOWNSHIP, DROPPED, ISSUED_CASES, PROGRESS, RATIOS, TREND
from kcbx_cli.write import report_figures as figures

LEDGER = Path("kcbx-ledger.db")
FILES = ("月报.xlsx", "月报.docx", "report.html")
STAYS, LEAVES, BACK, MOVES, JUNIOR, BROUGHT = (
    ("张小明", "20120315", 1), ("李小红", "20120416", 2), ("周海洋", "20120719", 5), ("吴思远", "20120820", 7),
    ("郑子轩", "20080208", 11), ("孙雅琴", "20090618", 4),
)  # fmt: skip
MONTHS = ("2021-09-30", "2021-10-31", "2021-11-30", "2021-12-31", "2022-01-31")
KCBX_TOML = """[county]
name = "甲县"
[[townships]]
code = "999999001"
name = "甲乡"
[[townships]]
code = "999999002"
name = "乙乡"
[[townships]]
code = "999999003"
name = "丙乡"
"""


def lists(office: Office, month: int) -> None:
    """The files of a month, 0 to 4."""
    enrolled = [pupil("王大力", "20120101", 9), pupil("钱多多", "20070912", 12, 年级="九年级", 学校名称="甲县初级中学")]
    status = {"学生当前状态": "流失", "状态日期": "20211020"} if 1 <= month <= 2 else {}
    enrolled.append(pupil(*LEAVES, 学校名称="乙乡中心小学", **status))
    enrolled += [pupil(*BACK, 状态日期="20211210")] if month >= 3 else []
    office.registry(*enrolled)
    rows = [member(*who) for who in (STAYS, LEAVES, BACK, JUNIOR, BROUGHT)]
    rows.append(member(*MOVES, 乡="乙乡" if month >= 3 else "甲乡"))
    office.households(*rows)


def month(office: Office, n: int) -> Issued:
    """Runs month n and returns its report."""
    lists(office, n)
    assert office.reconcile("--ledger", LEDGER, "--config", "kcbx.toml", as_of=MONTHS[n]) == 0
    return issued(n)


def issued(n: int) -> Issued:
    """What the ledger keeps of month n."""
    with open_ledger(LEDGER, create=False, readonly=True) as book:
        found = book.issued(int(MONTHS[n][:7].replace("-", "")))
    assert found is not None
    return found


def answered(office: Office, name: str, finding: str) -> None:
    """The township finds something of a child, on the sheet of the last month."""
    with open_ledger(LEDGER, create=False, readonly=True) as book:
        (case,) = [case for case, who in book.persons().items() if who.name == name]
    for path in sorted((office.out / "乡镇核查表").glob("*.xlsx")):
        sheet = Sheet(path)
        at_ = sheet.columns["编号"]
        rows = [r for r in range(sheet.head + 1, sheet.sheet.max_row + 1) if sheet.sheet.cell(r, at_).value == case]
        if rows:
            sheet.fill(rows[0], 核查结论=finding, 佐证材料="证明", 核查人="李老师")
            saved = sheet.save(office.folder / "收到" / f"{office.out.name}_{path.name}")
            assert office.kcbx("collect", saved, "--ledger", LEDGER, "--config", "kcbx.toml") == 0, office.stderr
            saved.unlink()


Half = tuple[Office, list[Issued], list[dict[str, bytes]]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, bytes]]]:
    """Five months with answers in between, and the files as they were issued."""
    folder, files = tmp_path_factory.mktemp("office"), []
    office = Office(folder, NoScreen())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        (folder / "kcbx.toml").write_text(KCBX_TOML, "utf-8")
        for n in range(len(MONTHS)):
            month(office, n)
            files.append({name: (office.out / name).read_bytes() for name in FILES})
            finding = {0: (JUNIOR, "确认辍学"), 1: (BROUGHT, "劝返中"), 2: (BROUGHT, "已劝返复学")}.get(n)
            if finding:
                answered(office, finding[0][0], finding[1])
    return folder, files


class NoScreen:
    """In place of pytest's capture, which a shared fixture cannot have."""

    def readouterr(self) -> SimpleNamespace:
        """Nothing was caught."""
        return SimpleNamespace(out="", err="")


@pytest.fixture
def half_year(told: tuple[Path, list[dict[str, bytes]]], office: Office) -> Half:
    """A copy of those five months; the reports, and the files as they were issued."""
    shutil.copytree(told[0], office.folder, dirs_exist_ok=True)
    return office, [issued(n) for n in range(len(MONTHS))], told[1]


def on_list(month: int) -> set[str]:
    """The cases on the list of a month (yyyymm), from the events alone: its newest monthly event leaves them open."""
    query = (
        "SELECT number, what FROM events WHERE as_of / 100 = ? AND what IN ('opened', 'carried', 'reopened', 'closed')"
        " AND kind <> 'written_in' ORDER BY event"
    )
    with sqlite3.connect(LEDGER) as ledger:
        newest = dict(ledger.execute(query, (month,)).fetchall())
    return {f"{n // 1000000}-{n % 1000000:04d}" for n, what in newest.items() if what != "closed"}


def test_totals_are_the_ledgers_to_the_child(half_year):
    office, reports, _ = half_year
    for before, report in zip([None, *reports], reports, strict=False):
        now = on_list(report.month)
        rows = report.table(ISSUED_CASES)
        listed = rows[rows["change"] != "closed"]["case_id"].tolist()
        assert sorted(listed) == sorted(now)
        county = figures.whole(report)
        former = on_list(before.month) if before else set()
        assert (county.before, county.now) == (len(former), len(now))
        assert county.before + county.new + county.reopened - county.closed == county.now
        assert Counter(rows["change"]) == +Counter(
            new=county.new, reopened=county.reopened, closed=county.closed, continuing=county.before - county.closed
        )
        for parts in (figures.by_township(report), figures.by_school(report), figures.by_stage(report)):
            for name in ("before", "new", "reopened", "closed", "now"):
                assert sum(getattr(f, name) for f in parts.values()) == getattr(county, name)
            assert sum(f.moved for f in parts.values()) == 0
            for f in parts.values():
                assert f.before + f.moved + f.new + f.reopened - f.closed == f.now == sum(f.groups.values())
        trend = report.table(TREND)
        assert trend["now"].tolist() == [figures.whole(r).now for r in reports[: reports.index(report) + 1]]


def test_each_place_starts_where_it_ended(half_year):
    _, reports, _ = half_year
    for before, report in zip(reports, reports[1:], strict=False):
        for parts in (figures.by_township, figures.by_school, figures.by_stage):
            ended = {place: f.now for place, f in parts(before).items() if f.now}
            assert {place: f.before for place, f in parts(report).items() if f.before} == ended
    moved = {place: f.moved for place, f in figures.by_township(reports[3]).items()}
    assert moved == {"甲乡": -1, "乙乡": 1, "丙乡": 0}


def test_dropouts_and_those_who_are_back(half_year):
    _, reports, _ = half_year
    dropouts = [figures.whole(r).group("dropout") for r in reports]
    returned = [sum(figures.whole(r).returned.values()) for r in reports]
    assert dropouts == [0, 1, 2, 1, 1] and returned == [0, 0, 0, 1, 0]
    assert len(reports[4].table(DROPPED)) == 2
    ratios = {(r.name, r.scope): r for r in reports[4].table(RATIOS).itertuples()}
    junior = ratios["dropout", "junior"]
    assert (junior.over, junior.under, junior.base) == (2, 1, 202109)
    assert ratios["retention", "junior_three"].under == 0
    assert set(reports[3].table(CASES_BY_TOWNSHIP)["how"]) == {"", "registry", "finding"}
    assert "乙乡中心小学" in reports[1].table(CASES_BY_SCHOOL)["school"].tolist()


def test_what_came_back_of_the_former_sheets(half_year):
    _, reports, _ = half_year
    assert not len(reports[0].table(PROGRESS))
    told = {(p.kind, p.place): p for p in reports[1].table(PROGRESS).itertuples()}
    here = told["township", "甲乡"]
    assert (here.printed, here.returned, here.answered) == (5, True, 1)
    assert not told["township", "丙乡"].returned


def test_any_past_month_is_written_again_the_same(half_year):
    office, _, files = half_year
    for n, name in enumerate(MONTHS):
        assert office.kcbx("report", "--month", name[:7], "--ledger", LEDGER, "--out", f"又{n}") == 0
        assert {f: (Path(f"又{n}") / f).read_bytes() for f in FILES} == files[n]
    assert office.kcbx("report", "--month", MONTHS[0][:7], "--ledger", LEDGER, "--out", "又0") == 2
    assert "已经有了" in office.stderr
    assert office.kcbx("report", "--month", "2020-01", "--ledger", LEDGER) == 2 and "2021-09" in office.stderr


def test_a_month_that_is_run_again_leaves_the_ledger_as_it_is(half_year):
    office, _, files = half_year
    with sqlite3.connect(LEDGER) as ledger:
        before = ledger.execute("SELECT COUNT(*), MAX(run) FROM runs").fetchone()
    month(office, 4)
    assert {name: (office.out / name).read_bytes() for name in FILES} == files[4]
    with sqlite3.connect(LEDGER) as ledger:
        assert ledger.execute("SELECT COUNT(*), MAX(run) FROM runs").fetchone() == before


def test_a_month_whose_detail_was_purged_is_written_in_counts(half_year):
    office, reports, _ = half_year
    with sqlite3.connect(LEDGER) as ledger:
        ledger.execute("DELETE FROM issued_detail")
    assert office.kcbx("report", "--month", "2021-11", "--ledger", LEDGER, "--out", "又") == 0
    assert "只有数字" in office.stdout
    book = openpyxl.load_workbook("又/月报.xlsx")
    cells = [str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row if c]
    assert any("已按规定清除" in c for c in cells) and not any(c.startswith("2021-0") and len(c) == 9 for c in cells)
    assert [r[-1] for r in book["总表"].iter_rows(values_only=True) if r[0] == "合计"] == [
        str(figures.whole(reports[2]).now)
    ]


def test_how_far_the_sheets_have_come(half_year):
    office, _, _ = half_year
    assert office.kcbx("report", "--as-of-now", "--month", "2021-09", "--ledger", LEDGER) == 0
    assert "收回 1 份" in office.stdout and "甲乡" in office.stdout
    for option in (("--out", "进度"), ("--suppress", "3")):
        assert office.kcbx("report", "--as-of-now", *option, "--ledger", LEDGER) == 2
        assert option[0] in office.stderr and not Path("进度").exists()


def test_a_zero_month_is_a_report_too(office: Office):
    (office.folder / "kcbx.toml").write_text(KCBX_TOML, "utf-8")
    office.registry(pupil("王大力", "20120101", 9))
    office.households(member("王大力", "20120101", 9))
    assert office.reconcile("--config", "kcbx.toml") == 0
    said = "\n".join(p.text for p in docx.Document(office.out / "月报.docx").paragraphs)
    assert "零报告声明" in said and "经排查，本月无疑似辍学学生" in said and "{{" not in said
    cells = [
        str(c)
        for row in openpyxl.load_workbook(office.out / "月报.xlsx")["总表"].iter_rows(values_only=True)
        for c in row
        if c
    ]
    assert any("本表为零报告" in c for c in cells)
    assert "经排查，本月无疑似辍学学生" in (office.out / "report.html").read_text("utf-8")


def test_no_child_stands_in_the_report(half_year):
    office, _, files = half_year
    html = files[2]["report.html"].decode()
    names = {who[0] for who in (STAYS, LEAVES, BACK, MOVES, JUNIOR, BROUGHT)}
    assert not [word for word in names if word in html] and "2021-000" not in html
    book = openpyxl.load_workbook(office.out / "月报.xlsx")
    cells = [str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row if c]
    assert not [c for c in cells if any(name in c for name in names)]


def test_the_tables_of_the_bulletin_and_the_ratios_of_the_page_show_what_they_are_made_of(half_year):
    _, reports, files = half_year
    county = figures.whole(reports[2])
    bulletin = docx.Document(io.BytesIO(files[2]["月报.docx"]))
    ends = {t.rows[0].cells[0].text: [c.text for c in t.rows[-1].cells] for t in bulletin.tables}
    back = sum(county.returned.values())
    groups = [county.group("dropout"), county.group("suspected")]
    flow = [county.before, county.new, county.reopened, county.closed, county.now]
    assert ends["学段"] == ["合计", *map(str, (*groups, back, county.closed, county.now))]
    assert ends["乡镇（街道）"] == ["合计", *map(str, (*flow, *groups))]
    (town,) = [t for t in bulletin.tables if t.rows[0].cells[0].text == "乡镇（街道）"]
    assert [sum(int(r.cells[n].text) for r in town.rows[1:-1]) for n in range(1, 8)] == [*flow, *groups]
    (ratio,) = [r for r in reports[2].table(RATIOS).itertuples() if r.name == "enrolment"]
    assert f"{ratio.over} ÷ {ratio.under}" in files[2]["report.html"].decode()


def test_files_that_are_there_are_no_matter_of_an_option_that_is_not(half_year):
    office, _, _ = half_year
    assert office.kcbx("report", "--month", "2021-11", "--ledger", LEDGER, "--out", "三") == 0
    assert office.kcbx("report", "--month", "2021-11", "--ledger", LEDGER, "--out", "三") == 2
    assert "已经有了" in office.stderr and "--force" not in office.stderr


def test_small_counts_are_hidden_where_that_is_asked_for(half_year):
    office, _, _ = half_year
    assert office.kcbx("report", "--month", "2021-11", "--ledger", LEDGER, "--suppress", "3", "--out", "又") == 0
    html = Path("又/report.html").read_text("utf-8")
    assert "＊" in html and "已隐去" in html
    assert '<td>甲乡</td><td class="number">2</td>' not in html


def test_the_county_has_its_own_bulletin(half_year, tmp_path):
    office, _, _ = half_year
    own = docx.Document()
    own.add_paragraph("{{ county }} {{ month }}:{{ county_flow.now }}")
    own.save(tmp_path / "通报.docx")
    with (office.folder / "kcbx.toml").open("a", encoding="utf-8") as config:
        config.write('\n[documents]\nreport = "通报.docx"\n')
    month(office, 4)
    issued_ = (office.out / "月报.docx").read_bytes()
    assert [p.text for p in docx.Document(office.out / "月报.docx").paragraphs] == ["甲县 2022年1月:3"]
    (tmp_path / "通报.docx").unlink()
    assert office.kcbx("report", "--ledger", LEDGER, "--out", "又") == 0
    assert Path("又/月报.docx").read_bytes() == issued_
