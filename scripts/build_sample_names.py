"""Build src/kcbx_cli/sample/names.json, the tables from which the made-up county draws its names.

Run it with the `tables` extra installed: `python scripts/build_sample_names.py`. Sources, all fit to be shipped:

- sinonym (Apache-2.0), familyname_orcid.csv and givenname_orcid.csv: surnames and given-name characters of researchers,
  in parts per million, with pinyin;
- Faker (MIT), provider person/zh_CN: given names by sex;
- pypinyin (MIT) for characters that sinonym lacks, OpenCC (Apache-2.0) for traditional forms;
- own judgement for what neither has: which characters were in fashion for which sex in which years, surnames of the
  mountain counties between Chongqing, Sichuan and Shaanxi, look-alike characters, rare characters, names written with a
  middle dot. Weights fall with the place in the string.

No list of persons is used, and no name is anybody's on purpose.
"""

from __future__ import annotations

import csv
import json
from importlib import resources
from pathlib import Path

import opencc
from faker.providers.person.zh_CN import Provider
from pypinyin import Style, lazy_pinyin

TARGET = Path(__file__).parents[1] / "src" / "kcbx_cli" / "sample" / "names.json"

#: Eras of fashion by year of birth: up to 1959, 1960-1979, 1980-1999, from 2000.
#: Per sex and era: characters that stand first in a two-character name, second, and alone; the commonest first.
FASHION: dict[str, tuple[str, str, str]] = {
    "男0": (
        "国明德文光正世大学永长家天志兴玉清朝万福元成仁金昌忠先代显登廷开宗安云祥绍礼承良克",
        "明华清兴福成德云安祥发全林贵才龙富文忠平元荣万光学海山友财银金和贤堂寿双顺珍",
        "平明富贵才华荣兴福云全龙林发",
    ),
    "男1": (
        "建国明小志文学德永光世大成正朝中家红金卫海春祖先昌代兴云长天晓开林万仁克显登安立",
        "军平华明国强林兵成勇云安全清波东红海江文才龙刚松贵祥元友生学兴春发荣富斌忠伟辉",
        "军勇强伟平刚波涛斌兵林江明辉松云红东华龙",
    ),
    "男2": (
        "小晓建志文俊海明国永伟学成家光世中正云德天金大春龙晨嘉玉立红朝杨佳少林先代发",
        "伟军强勇波峰林鹏涛龙杰明平东超飞华辉亮海松云斌江洋磊兵刚凯成俊文权健国旭阳鑫",
        "伟勇波涛强鹏杰磊超飞峰军亮俊凯洋辉鑫斌浩健松",
    ),
    "男3": (
        "俊子浩宇嘉文明家鑫志天梓思佳一永皓诗国博泽正小晨世奕海建光龙星金睿成铭雨瑞启云承立亦锦沐柯",
        "杰豪轩宇航鑫旭超辉乐涛浩洋辰文龙林阳博伟鹏然睿峰瑞明昊东翔霖泽毅凯哲成俊祥诚烨恒森洪源飞权恩江晨希",
        "涛浩鑫杰俊鹏磊洋帆毅睿豪阳凯宇轩博航浪林瑞翔",
    ),
    "女0": (
        "秀玉桂国天淑德正世大光明先兴廷永素元文朝云应仁家学长昌成代绍",
        "英兰珍芳碧秀玉华芝菊梅香莲翠琼贵云群香清凤月珍淑",
        "英兰芳珍秀玉菊香莲群琼",
    ),
    "女1": (
        "小晓德永世大光朝家兴云春红明国玉秀桂正学文元先成代长应中昌素碧金海雪丽艳",
        "英兰芳琼群菊梅香华翠碧珍平莲秀玉红琴清云霞燕玲娟容凤菊萍素先春辉",
        "芳英琼群燕琴红梅霞玲娟丽萍艳香敏",
    ),
    "女2": (
        "小晓雪丽春红玉海艳云燕文佳金秋冬凤桂婷静思永成琳雨慧素明家世光学",
        "丽芳燕梅玲娟琴艳霞蓉英红琼群萍敏静平容婷莉华香雪利娜兰春丹云菊翠",
        "丽艳燕娟玲敏静婷霞琴丹芳倩娜莉雪梅",
    ),
    "女3": (
        "雨欣佳诗思梦雅紫子嘉梓婷语心怡静雪小文玉晓若依馨可悦慧美诺欢天春丽薇艺金海晨琪一忆羽芯灵星语",
        "怡婷涵欣琪萱玲雨悦彤妍颖瑶雪莹洁馨琳慧敏蕊静桐瑞菲霞蓉佳钰宁月诗娟丽艳语菡然溪玥茹烨萌露",
        "婷怡欣敏静颖瑶琴雪玲琪慧倩洁蕊欢悦丹",
    ),
}
#: Share of one-character given names by sex and era.
SINGLE = {"男0": 0.10, "男1": 0.22, "男2": 0.38, "男3": 0.17, "女0": 0.06, "女1": 0.16, "女2": 0.33, "女3": 0.15}
#: Share of the given name drawn from the sources' own lists instead of FASHION, so that names vary as they do.
TAIL = 0.38
#: Surnames that the mountain counties have more of than the country: factor on the national weight.
LOCAL = dict.fromkeys("冉向谭覃龚袁庞蒲苟牟廖邓蒋唐魏彭付熊滕汪符苏易桂沈喻柏柯康饶詹程", 3.0) | {
    s: 0.5 for s in "孙马朱郭于韩"
}
#: Surnames with readings of their own, as read.
SURNAME_READING = {"单": "shan", "仇": "qiu", "解": "xie", "曾": "zeng", "查": "zha", "盖": "ge", "区": "ou",
                   "朴": "piao", "尉": "yu", "翟": "zhai", "任": "ren", "覃": "qin", "冼": "xian", "乐": "yue",
                   "万俟": "moqi", "尉迟": "yuchi", "长孙": "zhangsun"}  # fmt: skip
COMPOUND = {"欧阳": 745.0, "上官": 81.0, "司马": 60.0, "诸葛": 40.0, "皇甫": 50.0, "司徒": 35.0, "令狐": 60.0, "尉迟": 15.0,
            "东方": 20.0, "公孙": 10.0, "慕容": 15.0, "夏侯": 15.0, "申屠": 8.0, "万俟": 4.0, "长孙": 6.0}  # fmt: skip
#: Characters that look alike, group by group.
LOOK_ALIKE = """
伟炜纬玮 晨辰晟 未末 己已巳 涛寿 浩皓洁 俊峻骏浚 梓锌辛 轩轶 宇字 泽译绎 欣昕歆 怡治 婷停亭 涵函 琪淇棋祺 萱宣
妍研 颖颍 瑶遥摇 钰玉珏 霖林淋 菲非 蕊芯 桐铜 烨晔桦 睿容 哲晢 豪毫 杰木 鹏朋 磊垒 鑫森 林琳 芳方 丽俪 燕艳 梅海
娟绢 玲岭铃 霞暇 敏繁 静净 倩清 娜那 莉利 红江 兰三 英莫 秀季 珍诊 琼惊 群郡 菊匊 香杳 莲连 翠粹 碧碣 凤风 平乎 军车
强弘 波坡 峰锋蜂烽 勇甬 刚钢 斌赋 兵乒 成戍 云去 东车 飞气 超招 龙尢 亮壳 洋泮 凯恺 旭旮 阳阻 国囯 志忘 建健 明朋
学字 德徳 文丈 光先 正止 世屯 大太 永水 朝潮 清请情 元无 天夫 家冢 思恩 佳住 嘉喜 雨两 诗侍 梦婪 雅稚 紫柴 子予 语悟
心必 若苦 依衣 馨罄 可司 悦说 慧彗 美羑 诺若 欢欧 春舂 薇微 艺芝 金全 琳淋 羽习 灵炅 星垦 铭鸣 瑞端 启后 奕弈 柯何
航舫 辉挥 松忪 祥详 贵责 富当 才寸 发友 福副 安按 全金 荣荧 海悔 山仙 双又 顺倾 仁仕 昌冒 忠患 先洗 代伐 显湿 登凳
陈阵 张帐 刘浏 杨扬 周同 吴昊 徐除 黄寅 胡湖 郭廓 何河 高亭 罗箩 郑邓 谢射 唐康 冯马 董薰 萧箫 程稞 曹槽 袁哀 许许
冉再 向问 谭潭 覃罩 庞宠 蒲莆 苟荀 牟牢 廖寥 蒋桨 魏巍 彭澎 付什 熊能 汪江 苏办 易昜 桂挂 沈忱 喻愉 柏拍 康庚 饶绕
""".split()
#: Rare characters in names, which old systems cannot hold, with a private-use code point that such systems put in.
RARE = "赟堃喆垚祎翀旻昶珺彧烎淼焱犇骉龑曌瑢珮媖昳芃鋆頔祺旸忞妤甦䶮㛃𬭎𣲘㙓䜣"
#: Syllables of names with a middle dot: the person's part and the clan's part (made up in the manner of Miao and Tujia).
DOTTED = {
    "男": "务努 勾耶 里当 略九 金波 卯东 阿贵 宝引 欧里 引桑 耶略 兹卡 贴巴 惹科 洞日",
    "女": "阿朵 仰莎 榜香 务妮 阿依 久娜 咚捏 欧妮 阿蓉 仰波 巴妹 努香 相尼 热娜 朵惹",
    "clan": "务香 金送 卯热 里科 巴惹 墨贴 毕兹 捏洞 相巴 略桑 欧努 耶当",
}
NEAR = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"), ("f", "h"))
NEAR_ENDS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


def _sinonym(name: str) -> list[dict[str, str]]:
    text = (resources.files("sinonym") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _surnames() -> list[tuple[str, float]]:
    weights = {
        r["surname"]: float(r["ppm"]) * LOCAL.get(r["surname"], 1.0)
        for r in _sinonym("familyname_orcid.csv")
        if len(r["surname"]) == 1 and "\u4e00" <= r["surname"] <= "\u9fff" and float(r["ppm"]) >= 20
    }
    for surname in LOCAL:
        weights.setdefault(surname, 300.0)
    return sorted((weights | COMPOUND).items(), key=lambda item: (-item[1], item[0]))


def _ranked(characters: str) -> dict[str, float]:
    weights = {}
    for place, character in enumerate(dict.fromkeys(characters)):
        weights[character] = 1.0 / (place + 16)
    total = sum(weights.values())
    return {c: w / total for c, w in weights.items()}


def _mixed(fashion: str, tail: dict[str, float]) -> tuple[str, list[float]]:
    weights = {c: w * (1 - TAIL) for c, w in _ranked(fashion).items()}
    total = sum(tail.values())
    for character, weight in tail.items():
        weights[character] = weights.get(character, 0.0) + TAIL * weight / total
    ordered = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return "".join(c for c, _ in ordered), [round(w, 6) for _, w in ordered]


def _tails(surnames: list[tuple[str, float]]) -> dict[str, dict[str, float]]:
    """Given-name characters of the sources, for either sex: one that the other sex's fashion owns is left out."""
    common = {s for s, _ in surnames[:120]}
    male = set("".join("".join(FASHION[f"男{e}"]) for e in range(4))) | set("".join(Provider.first_names_male))
    female = set("".join("".join(FASHION[f"女{e}"]) for e in range(4))) | set("".join(Provider.first_names_female))
    weights = {r["character"]: float(r["ppm"]) for r in _sinonym("givenname_orcid.csv")[:600]}
    weights = {c: w for c, w in weights.items() if c not in common or c in male | female}
    return {
        "男": {c: w for c, w in weights.items() if c in male or c not in female},
        "女": {c: w for c, w in weights.items() if c in female or c not in male},
    }


def _readings(characters: str) -> dict[str, str]:
    known = {r["character"]: r["pinyin"].rstrip("12345").replace("u:", "v") for r in _sinonym("givenname_orcid.csv")}
    return {c: known.get(c) or lazy_pinyin(c, style=Style.NORMAL)[0] for c in sorted(set(characters))}


def _near(sound: str) -> str:
    for long, short in NEAR:
        if sound.startswith(long):
            sound = short + sound[len(long) :]
            break
    for long, short in NEAR_ENDS:
        if sound.endswith(long):
            sound = sound[: -len(long)] + short
            break
    return sound


def _sounds(readings: dict[str, str], frequency: dict[str, float]) -> tuple[dict[str, str], dict[str, str]]:
    """Per character: others of the same sound, and others whose sound is confused with it, the commonest first."""
    pool = sorted((c for c in readings if frequency.get(c, 0.0) >= 40), key=lambda c: (-frequency[c], c))
    same, near = {}, {}
    for character, sound in readings.items():
        alike = [c for c in pool if c != character and readings[c] == sound][:6]
        close = [c for c in pool if readings[c] != sound and _near(readings[c]) == _near(sound)][:6]
        if alike:
            same[character] = "".join(alike)
        if close:
            near[character] = "".join(close)
    return same, near


def build() -> dict[str, object]:
    """All tables, ready to be written as JSON."""
    surnames = _surnames()
    tails = _tails(surnames)
    given: dict[str, object] = {}
    for key, (first, second, single) in FASHION.items():
        tail = tails[key[0]]
        parts = {"first": _mixed(first, tail), "second": _mixed(second, tail), "alone": _mixed(single, tail)}
        given[key] = {"single": SINGLE[key]} | {n: {"characters": c, "weights": w} for n, (c, w) in parts.items()}
    frequency = {r["character"]: float(r["ppm"]) for r in _sinonym("givenname_orcid.csv")}
    used = "".join(s for s, _ in surnames) + RARE + "".join(DOTTED.values()).replace(" ", "") + "".join(frequency)
    used += "".join("".join(f) for f in FASHION.values())
    readings = _readings(used)
    same, near = _sounds(readings, frequency)
    to_traditional = opencc.OpenCC("s2t")
    looks: dict[str, str] = {}
    for group in LOOK_ALIKE:
        for character in group:
            others = "".join(dict.fromkeys(c for c in group if c != character))
            if others:
                looks[character] = looks.get(character, "") + others
    return {
        "surnames": [[s, round(w, 2)] for s, w in surnames],
        "given": given,
        "pinyin": readings,
        "surname_pinyin": SURNAME_READING,
        "same_sound": same,
        "near_sound": near,
        "look_alike": dict(sorted(looks.items())),
        "traditional": {c: t for c in readings if (t := to_traditional.convert(c)) != c and len(t) == 1},
        "rare": RARE,
        "private_use": {c: chr(0xE000 + 0x815 + 7 * i) for i, c in enumerate(RARE)},
        "dotted": {k: v.split() for k, v in DOTTED.items()},
    }


if __name__ == "__main__":
    lines = (
        f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False, sort_keys=True)}" for k, v in sorted(build().items())
    )
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")
