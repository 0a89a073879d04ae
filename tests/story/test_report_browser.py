"""The report's page in a real browser: nothing asked of any network, no complaint, every chart drawn, paper and telephone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from offices import Office, member, pupil

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(not BROWSER, reason="no Chromium is installed: the page is not looked at in a browser"),
]
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--allow-file-access-from-files",
)  # fmt: skip
#: Opens the page at a width and writes what it measures there into its own text.
_FRAME = """<!doctype html><meta charset="utf-8"><body><script>
addEventListener("message", () => 0);
const told = {};
const frame = document.createElement("iframe");
frame.style.width = "%(width)dpx"; frame.style.height = "900px"; frame.style.border = "0";
frame.src = "report.html";
frame.onload = () => {
  const page = frame.contentDocument;
  told.scroll = page.documentElement.scrollWidth; told.client = page.documentElement.clientWidth;
  told.charts = [...page.querySelectorAll("figure svg")].map(s => {
    const box = s.getBoundingClientRect();
    return [box.width, box.height, s.querySelectorAll("path, rect, circle, line").length, !!s.querySelector("title")];
  });
  told.tables = page.querySelectorAll("table").length;
  told.unnamed = [...page.querySelectorAll("[tabindex]")].filter(e => !e.getAttribute("aria-label")).length;
  const out = document.createElement("pre"); out.id = "told"; out.textContent = JSON.stringify(told);
  document.body.append(out);
};
document.body.append(frame);
</script>"""


@pytest.fixture
def page(office: Office) -> Path:
    """report.html of a month with a few cases."""
    office.registry(pupil("孙在读", "20120501", 51), pupil("周流失", "20110502", 53, 学生当前状态="流失"))
    office.households(
        *(member(f"赵{chr(0x4E00 + n)}", f"201203{n + 10}", 2 * n + 1) for n in range(6)),
        member("孙在读", "20120501", 51),
    )
    assert office.reconcile() == 0, office.stderr
    return office.out / "report.html"


def browsed(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(BROWSER), *_FLAGS, f"--user-data-dir={tmp_path / 'profile'}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def asked(tmp_path: Path, address: str) -> tuple[set[str], str]:
    """The hosts of every network that the browser asked while it showed this address, and its console."""
    log = tmp_path / "net.json"
    done = browsed(tmp_path, "--enable-logging=stderr", f"--log-net-log={log}", "--dump-dom", address)
    assert "</html>" in done.stdout
    hosts = set(re.findall(r'"url":"(?:https?|wss?)://([^/"?:]+)', log.read_text("utf-8")))
    return hosts, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


def test_nothing_is_asked_of_a_network_and_nothing_complained_of(page, tmp_path):
    own, _ = asked(tmp_path, "about:blank")  # what this browser asks for by itself
    other = tmp_path / "other.html"
    other.write_text('<html><img src="http://127.0.0.2:9/x.png"><script>console.error("x")</script></html>', "utf-8")
    hosts, told = asked(tmp_path, other.as_uri())
    assert "127.0.0.2" in hosts and told, "a page that asks and complains is noticed"
    hosts, told = asked(tmp_path, page.as_uri())
    assert not {h for h in hosts - own if not h.endswith((".google.com", ".googleapis.com", ".gvt1.com"))}
    assert not told


@pytest.mark.parametrize("width", [360, 1100])
def test_charts_are_drawn_and_the_page_fits_a_telephone_and_a_screen(page, tmp_path, width):
    frame = page.parent / "frame.html"
    frame.write_text(_FRAME % {"width": width}, "utf-8")
    done = browsed(tmp_path, "--virtual-time-budget=4000", "--dump-dom", f"file://{frame}")
    told = json.loads(re.search(r'<pre id="told">(.*?)</pre>', done.stdout, re.S)[1])
    assert told["scroll"] <= told["client"] <= width
    assert len(told["charts"]) >= 5 and told["tables"] >= len(told["charts"])
    for wide, high, marks, titled in told["charts"]:
        assert wide > 200 and high > 60 and marks > 4 and titled
    assert told["unnamed"] == 0


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed: the printed page is not read")
def test_it_prints_on_a4_with_all_its_tables(page, tmp_path):
    pdf = tmp_path / "page.pdf"
    browsed(tmp_path, f"--print-to-pdf={pdf}", "--no-pdf-header-footer", f"file://{page}")
    said = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True).stdout
    assert re.search(r"Page size:\s+59[45]\.\d+ x 84[12]", said), said
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True).stdout
    for words in ("控辍保学月报", "各乡镇", "图 1 的数据", "合计"):
        assert words in re.sub(r"\s+", " ", text)
