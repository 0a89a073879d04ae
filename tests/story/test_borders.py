"""The search across borders by itself: what a county finds depends on nobody who does not claim the same pupils."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from kcbx_cli import match
from kcbx_cli.run.borders import Missed, Offered, contested, in_order
from kcbx_cli.run.engine import Local, Search

SURNAMES, GIVEN = "王李张刘陈", ["梓涵", "子轩", "宇航", "欣怡", "思雨", "浩然", "雨桐", "俊杰", "小明", "丽"]
MODEL = match.load_model(None)


class Room(dict[str, Any]):
    """What is laid down, in memory."""

    put, get = dict.__setitem__, dict.__getitem__  # type: ignore[assignment]

    def give_up(self, number: int, misses: Missed, offers: Offered) -> None:
        """What a county gives up, laid down as the main job does it."""
        self.put(f"{number}.missed", misses)
        self.put(f"{number}.offered", offers.frame)
        self.put(f"{number}.leads", offers.leads)


def people(dice: np.random.Generator, count: int, names: list[str] = GIVEN) -> pd.DataFrame:
    """Made-up children of few names and days, so that key values are crowded; no number is anybody's."""
    birth = 20100000 + dice.integers(1, 4, count) * 100 + dice.integers(1, 4, count)
    text = {
        "name": [dice.choice(list(SURNAMES)) + dice.choice(names) for _ in range(count)],
        "sex": dice.choice(["男", "女"], count),
        "township": dice.choice(["城关镇", "龙田乡"], count),
        "phone": [f"139{n:08d}" for n in dice.integers(0, 4 * count, count)],
        "household": [str(n) for n in dice.integers(0, count, count)],
        "guardian_name": [dice.choice(list(SURNAMES)) + dice.choice(names) for _ in range(count)],
    }
    frame = pd.DataFrame(
        {name: pd.Series(text.get(name, ""), index=range(count), dtype=object) for name in match.RECORD}
    )
    return frame.assign(birth=birth, file="甲.csv", id_pattern="")


def known(frame: pd.DataFrame) -> pd.DataFrame:
    """With the CONTEXT columns of a county."""
    context = {name: 0.001 for name in ("name_share", "sound_share", "fuzzy_share", "surname_share")}
    return frame.assign(**context, family=0, id_shared=False, kin_names="", kin_ids="", kin_phones="")


def misses(frame: pd.DataFrame) -> Missed:
    columns = [*match.RECORD, "name_share", "sound_share", "fuzzy_share", "surname_share"]
    return Missed(known(frame)[columns], np.arange(len(frame)), np.ones(len(frame), dtype=bool))


def offers(frame: pd.DataFrame) -> Offered:
    whole = known(frame).assign(sheet="", row=np.arange(len(frame)) + 2, school="某校")
    return Offered(whole, match.leads(match.encode(whole)), len(frame))


def counties(dice: np.random.Generator, count: int = 4, size: int = 60) -> Room:
    """Counties whose missed children are other counties' pupils, with a character or a telephone changed."""
    pupils = [people(dice, size) for _ in range(count)]
    room = Room()
    for n in range(count):
        away = pd.concat([pupils[(n + 1) % count].iloc[:8], pupils[(n + 2) % count].iloc[5:10]], ignore_index=True)
        changed = dice.random(len(away)) < 0.5
        away["phone"] = away["phone"].where(~changed, "")
        room.give_up(n, misses(pd.concat([away, people(dice, 5)], ignore_index=True)), offers(pupils[n]))
    return room


def found(room: Room, numbers: tuple[int, ...], engine: Any = None) -> dict[int, pd.DataFrame]:
    """What is found of each county's children."""
    (engine or Local()).search(Search(room, numbers, 100_000, MODEL))
    return {n: room.get(f"{n}.found") for n in numbers if f"{n}.found" in room}


def alone(room: Room, number: int) -> pd.DataFrame:
    """What a county finds when nobody else asks."""
    quiet = Room(room)
    for other in {0, 1, 2, 3} - {number}:
        one = room.get(f"{other}.missed")
        quiet.put(f"{other}.missed", Missed(one.frame[:0], one.person[:0], one.wanted[:0]))
    return found(quiet, (0, 1, 2, 3))[number]


@pytest.mark.parametrize("seed", range(1, 5))
def test_counties_that_ask_together_find_what_each_finds_alone(seed):
    """But for pupils whom several claim, and there nobody becomes surer."""
    room = counties(np.random.default_rng(seed))
    together = pd.concat(found(Room(room), (0, 1, 2, 3)).values(), ignore_index=True)
    apart = pd.concat([alone(room, n) for n in range(4)], ignore_index=True)
    several = contested(apart)
    assert 0 < several.sum() < len(apart)
    taken = set(zip(apart["there"][several], apart["pupil"][several], strict=True))
    free = np.array([pupil not in taken for pupil in zip(together["there"], together["pupil"], strict=True)])
    pd.testing.assert_frame_equal(in_order(together[free]), in_order(apart[~several]))
    pair = ["county", "person", "there", "pupil"]
    both = together[~free].merge(apart, on=pair, suffixes=("", "_alone"))
    assert len(both) == (~free).sum()
    assert (both["probability"] <= both["probability_alone"]).all()
    assert not ((both["band"] == "link") & (both["band_alone"] == "review")).any()


def one_child(**more: object) -> pd.DataFrame:
    child = {"name": "王梓涵", "sex": "女", "birth": 20100203, "township": "城关镇", "household": "1"} | more
    blank: dict[str, object] = dict.fromkeys(match.RECORD, "")
    return pd.DataFrame([blank | {"file": "甲.csv"} | child]).astype({"birth": np.int64}).astype({"name": object})


def asked_by_two(first: pd.DataFrame, second: pd.DataFrame, pupil: pd.DataFrame) -> dict[int, pd.DataFrame]:
    dice, room = np.random.default_rng(5), Room()
    nobody = people(dice, 3, ["无此人"])
    for n, (mine, theirs) in enumerate([(first, nobody), (second, nobody), (nobody, pupil)]):
        room.give_up(n, misses(mine), offers(theirs))
    return found(room, (0, 1, 2))


def test_one_child_on_the_lists_of_two_counties_is_found_by_both():
    child = one_child(id_pattern="500229201002030020", phone="13912345678", guardian_name="王大")
    told = asked_by_two(child, child, child)
    assert [told[n]["band"].tolist() for n in (0, 1)] == [["link"], ["link"]]


def test_two_children_who_claim_one_pupil_are_not_both_cleared():
    """Each alone would be linked; a namesake of the same day in another county shows that one of them is somebody else."""
    pupil = one_child(phone="13912345678、13987654321", guardian_name="王大", family_names="王大|李二")
    right = one_child(id_pattern="500229201002030020", phone="13912345678", guardian_name="王大", family_names="李二")
    other = one_child(id_pattern="110101201002030122")
    alone = asked_by_two(other, one_child(name="赵无关", birth=20050101), pupil)
    told = asked_by_two(other, right, pupil)
    assert alone[0]["band"].tolist() == ["link"]
    assert told[1]["band"].tolist() == ["link"]
    assert 0 not in told or told[0]["band"].tolist() == ["review"]
