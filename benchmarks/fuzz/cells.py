"""Cells that no roster should hold and every roster does, made from a seeded generator."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

#: What the cells of rosters are made of, and what hides in them.
_CHARACTERS = (
    "0123456789XxOl*?.-/年月日至到农历一二十〇闰正腊张三李王欧阳·•.()（）[] 　\t\n\r'=+-@,、;:EGLJ男女葛城街道镇村委会组死亡注销迁出父母未休学"
    "\u0000\u0001\u001f\u007f\u0085\u00a0\u00ad\u200b\u200d\u200e\u202a\u202e\u2028\u2029\u2066\u2069\ufeff\ue000\uf8ff\ufffd\uffff"
    "𠮷𫠠\U000f0000\ud800\udfff́²½٣௧①Ⅲ％％￥□�ａＺ９％"
)
_BODIES = ("11010520120305", "50022920101131", "00000019000101", "83000020150229")
_WORDS = (
    "身份证", "2012-03-05", "2012年3月5日", "农历闰四月初一", "长期", "#N/A", "=1+1", '=HYPERLINK("x","y")', "@SUM(1)", "-2+3", "+86 138", "NaN", "inf", "1e309",
    "null", "None", "true", "4.99999E+17", "G50022920120305", "无", "不详", "..", "../../x", "CON", "<script>", "&lt;", "%s%n", "{{姓名}}", "{% for x in y %}", "';--", "]]>",
)  # fmt: skip
_EDGES = (0, 1, -1, 60, 61, 2958465, 2958466, 10**14, 10**17 - 1, 10**18, 2**53, 2**63, 2**64, 10**400)
_FLOATS = (0.0, -0.0, 0.5, 1e15, 4.9999999e17, 1e308, -1e308, 5e-324, float("inf"), float("-inf"), float("nan"))


def cell(rng: random.Random) -> Any:
    """One cell: mostly text, else what a spreadsheet may hold."""
    kind = rng.random()
    if kind < 0.62:
        return text(rng)
    if kind < 0.72:
        return rng.choice((*_FLOATS, rng.uniform(-1e6, 1e6), rng.uniform(1e14, 1e19)))
    if kind < 0.82:
        return rng.choice((*_EDGES, rng.randrange(10**17, 10**18)))
    if kind < 0.92:
        day = dt.date.fromordinal(rng.randrange(1, dt.date.max.toordinal()))
        return rng.choice((day, dt.datetime.combine(day, dt.time(rng.randrange(24))), dt.time(rng.randrange(24))))
    return rng.choice((None, True, False, "", b"\xff", dt.timedelta(days=rng.randrange(-9, 99999))))


def text(rng: random.Random) -> str:
    """A text: a number with damage, a word with damage, or characters at random."""
    kind = rng.random()
    if kind < 0.3:
        line = rng.choice(_BODIES) + "".join(rng.choices("0123456789Xx", k=rng.randrange(1, 6)))
    elif kind < 0.6:
        line = rng.choice(_WORDS)
    else:
        line = ""
    for _ in range(rng.randrange(0, 4) if line else rng.randrange(0, 16)):
        at = rng.randrange(len(line) + 1)
        line = line[:at] + rng.choice(_CHARACTERS) + line[at + rng.randrange(2) :]
    return line * 4000 if rng.random() < 0.0005 else line
