"""Where the made-up county lies: townships, villages, schools and area codes.

Townships and codes are Chengkou's (area 500229), so that the sample reads like the real thing; villages and schools are
made up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

COUNTY_NAME = "城口县"
COUNTY_CODE = "500229"


@dataclass(frozen=True, slots=True)
class Place:
    """A township: its 9-digit code, name, former names, and how clerks misspell it."""

    code: str
    name: str
    former: tuple[str, ...]
    misspelt: str


def _places(text: str) -> tuple[Place, ...]:
    rows = (line.split() for line in text.strip().splitlines())
    return tuple(Place(COUNTY_CODE + r[0], r[1], tuple(r[3:]), r[2]) for r in rows)


#: Last digits of the code, name, a misspelling, former names.
TOWNSHIPS = _places("""
001 葛城街道 葛成街道 葛城镇
002 复兴街道 复新街道
102 巴山镇 把山镇
103 坪坝镇 平坝镇 坪坝区
104 庙坝镇 妙坝镇
105 明通镇 明同镇
106 修齐镇 修其镇
107 高观镇 高关镇
108 高燕镇 高雁镇 高燕乡
109 东安镇 东岸镇 东安乡
110 咸宜镇 咸谊镇 咸宜乡
111 高楠镇 高南镇 高楠乡
201 龙田乡 龙天乡
202 北屏乡 北坪乡
205 左岚乡 左兰乡
208 沿河乡 沿合乡
210 双河乡 双和乡
211 蓼子乡 廖子乡
212 鸡鸣乡 鸡呜乡
214 周溪乡 周西乡
216 明中乡 明忠乡
217 治平乡 冶平乡 治坪乡
219 岚天乡 兰天乡
220 厚坪乡 厚平乡
221 河鱼乡 河渔乡
""")

#: Share of the county's families by township, the county town first (judgement).
WEIGHTS = np.array(
    [14, 9, 6, 7, 6, 7, 7, 5, 5, 4, 5, 3, 3, 3, 2, 3, 3, 4, 2, 3, 3, 3, 1.5, 2, 1.5]
)  # fmt: skip

_VILLAGES = (
    "红花 新田 双坪 柏树 长岭 石院 青龙 白果 黄金 团结 前进 光明 柳坪 金池 龙泉 大梁 万家 水井 茶园 三合 永安 新华 "
    "天池 桃园 梨坪 鹿鸣 云峰 木瓜 石门 罗江 兴隆 关口 乐山 月峰 星光 高坪 竹园 银杏 松柏 板栗"
).split()
VILLAGES_EACH = 7


def village(township: int, number: int) -> str:
    """The name of a village; the first of each township is a community."""
    base = _VILLAGES[(township * VILLAGES_EACH + number * 3) % len(_VILLAGES)]
    return base + ("社区" if number == 0 else "村")


#: The county's own area code by year of birth: it changed with its prefecture in 1992 and 1997.
COUNTY_CODES = ((1850, 1992, 512229), (1993, 1996, 511228), (1997, 2100, 500229))
#: Area codes that persons born elsewhere carry, by year of birth: neighbouring counties, cities where parents work.
ELSEWHERE = (
    (1850, 1992, (512222, 512225, 512228)),
    (2003, 2100, (511722, 511781, 511723, 610925, 610924, 610926, 500235, 500101, 500112, 500103, 420323, 440306, 440307,
                  330282, 330681, 350582, 320583, 310115, 110108)),
)  # fmt: skip
#: Area codes of the city's other counties: homes of further families when a whole province is made (scale over 10).
PROVINCE = (
    "500229 500101 500102 500110 500111 500112 500113 500114 500115 500116 500117 500118 500119 500226 500230 500231 "
    "500233 500234 500235 500236 500237 500238 500240 500241 500242 500243 500104 500105 500106 500107 500108 500109"
).split()  # fmt: skip

#: Kinds of schools: how many at scale 1, the grades they teach, and how the name is built.
SCHOOL_KINDS: tuple[tuple[str, int, range, str], ...] = (
    ("junior", 4, range(7, 10), "初级中学"),
    ("nine_year", 2, range(1, 10), "九年制学校"),
    ("complete", 2, range(7, 10), "中学"),
    ("vocational", 1, range(0), "职业教育中心"),
    ("primary", 40, range(1, 7), "中心小学"),
    ("point", 60, range(1, 4), "教学点"),
    ("special", 1, range(1, 10), "特殊教育学校"),
)


@dataclass(frozen=True)
class Schools:
    """The schools, one entry of each array a school."""

    code: list[str]
    name: list[str]
    kind: list[str]
    township: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray

    def teaching(self, grade: int) -> np.ndarray:
        """Positions of the ordinary schools that teach this grade."""
        ordinary = np.array([k not in ("special", "vocational") for k in self.kind])
        return np.flatnonzero(ordinary & (self.lowest <= grade) & (grade <= self.highest))


def schools(scale: float) -> Schools:
    """The county's schools: 110 at scale 1, fewer in a small county, at least one of each kind."""
    factor = min(1.0, scale**0.5) if scale <= 1 else scale
    code: list[str] = []
    name: list[str] = []
    kind: list[str] = []
    township: list[int] = []
    lowest: list[int] = []
    highest: list[int] = []
    for label, at_one, grades, ending in SCHOOL_KINDS:
        for i in range(max(1, round(at_one * factor))):
            home = (i * 7 + len(code)) % len(TOWNSHIPS) if label in ("complete", "nine_year") else i % len(TOWNSHIPS)
            place = TOWNSHIPS[home].name.rstrip("镇乡").removesuffix("街道")
            code.append(f"{3150000001 + len(code) * 3}")
            name.append(_school_name(label, place, home, i, ending))
            kind.append(label)
            township.append(home)
            lowest.append(grades.start if len(grades) else 0)
            highest.append(grades[-1] if len(grades) else -1)
    return Schools(code, name, kind, np.array(township), np.array(lowest), np.array(highest))


def _school_name(label: str, place: str, home: int, i: int, ending: str) -> str:
    if label in ("vocational", "special"):
        return f"{COUNTY_NAME}{ending}" if i == 0 else f"{COUNTY_NAME}第{i + 1}{ending}"
    round_ = i // len(TOWNSHIPS)
    if label == "point":
        return f"{COUNTY_NAME}{place}{village(home, 1 + round_ % (VILLAGES_EACH - 1)).removesuffix('村')}{ending}" + (
            "" if round_ < VILLAGES_EACH - 1 else str(round_)
        )
    return f"{COUNTY_NAME}{place}{'' if round_ == 0 else '第' + str(round_ + 1)}{ending}"
