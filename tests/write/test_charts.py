"""Charts and pages: the same every time, whole in themselves, told in words, harmless whatever the text."""

import re
import shutil
import subprocess
from xml.etree import ElementTree

import pandas as pd
import pytest

from kcbx_cli.write import charts, pages

STEPS = [("先验", -4.5), ("姓名", 12.25), ("出生日期", 8.0), ("其他候选", -3.0)]


def drawn(name="one", title="一张图", description="合计 12.75。"):
    return charts.svg(charts.waterfall(STEPS, 8.0, -2.0), name, title, description)


def test_a_chart_is_the_same_every_time():
    assert drawn() == drawn()


def test_a_chart_is_xml_with_a_title_and_a_description():
    root = ElementTree.fromstring(drawn(title="<一> & 二"))
    title, description = root[0], root[1]
    assert (title.text, description.text) == ("<一> & 二", "合计 12.75。")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
    assert "viewBox" in root.attrib and "width" not in root.attrib


def test_charts_on_one_page_share_no_id():
    ids = [re.findall(r'\bid="([^"]+)"', drawn(name)) for name in ("one", "two")]
    assert len(ids[0]) > 2 and not set(ids[0]) & set(ids[1])
    assert set(re.findall(r"url\(#([^)]+)\)", drawn("one"))) <= set(ids[0])


def test_every_step_and_the_sum_stand_in_the_chart():
    text = re.sub(r"<[^>]+>", " ", drawn())
    for words in ("先验", "姓名", "出生日期", "其他候选", "合计", "+12.2", "12.8"):
        assert words in text


def test_a_chart_that_cannot_be_drawn_is_an_error():
    class Broken:
        def to_svg(self):
            return "<svg><text>generateSvg() - Exception: no</text></svg>"

    with pytest.raises(ValueError, match="broken"):
        charts.svg(Broken(), "broken", "", "")


def test_intervals_are_drawn_where_there_are_any():
    def curve(low, high):
        shares = {"threshold": [1.0, 2.0, 3.0], "precision": [0.9, 0.95, 0.97], "recall": [0.9, 0.8, 0.7]}
        bounds = {f"{what}_{end}": v for what in ("precision", "recall") for end, v in (("low", low), ("high", high))}
        return charts.svg(charts.precision_recall(pd.DataFrame(shares | bounds), 1.5), "curve", "", "")

    nothing = [float("nan")] * 3
    with_bands, without = curve([0.6, 0.6, 0.5], [0.98, 0.97, 0.98]), curve(nothing, nothing)
    assert with_bands.count('fill-opacity="0.2"') > without.count('fill-opacity="0.2"')
    assert "精确率" in without and "召回率" in without


def test_text_from_lists_is_no_markup():
    html = pages.page(
        "<script>", ["a<b"], [pages.table("<i>", ("<u>",), [("<img src=x>",)]), pages.section("<h1>", pages.paragraph("&"))], "</p>"
    ).decode()  # fmt: skip
    assert not re.search(r"<(script|img|i|u)\b", html) and html.count("<h1>") == 1
    assert "&lt;img src=x&gt;" in html


def test_numbers_stand_right_and_the_marked_row_stands_out():
    html = pages.table("表", ("项", "值"), [("甲", "-1.5"), ("乙 3", "12%")], mark=1)
    assert html.count('class="number"') == 2 and html.count('class="mark"') == 1


def test_a_share_of_nothing_is_a_dash():
    assert (pages.percent(float("nan")), pages.percent(0.12345), pages.percent(1.0, 0)) == ("—", "12.35%", "100%")


@pytest.mark.office
def test_a_browser_prints_the_page_on_a4(tmp_path):
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None or shutil.which("pdfinfo") is None:
        pytest.skip("no browser here")
    html, pdf = tmp_path / "page.html", tmp_path / "page.pdf"
    rows = [(str(n), "甲" * 20) for n in range(120)]
    html.write_bytes(
        pages.page("页", ["说明"], [pages.figure(drawn(), "图"), pages.table("表", ("一", "二"), rows)], "尾")
    )
    subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
                    f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={pdf}", html.as_uri()],
                   check=True, capture_output=True, timeout=120)  # fmt: skip
    told = subprocess.run(["pdfinfo", pdf], check=True, capture_output=True, text=True).stdout
    assert "A4" in told and int(re.search(r"Pages:\s+(\d+)", told)[1]) in range(2, 8)
