"""The search across borders by itself: what a county finds depends on nobody who does not claim the same pupils."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from kcbx_cli import match
from kcbx_cli.run.borders import Missed, Offered, in_order
from kcbx_cli.run.claims import contested
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
    places = np.arange(len(frame))
    return Missed(known(frame)[columns], places, np.ones(len(frame), dtype=bool), places)


def offers(frame: pd.DataFrame) -> Offered:
    """Pupils in class of whom no list of their county knows, unless the frame says otherwise."""
    here = {"in_class": True, "known": False, "status": "在读"}
    whole = known(frame).assign(sheet="", row=np.arange(len(frame)) + 2, school="某校")
    whole = whole.assign(**{name: value for name, value in here.items() if name not in frame})
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
        quiet.put(f"{other}.missed", Missed(one.frame[:0], one.person[:0], one.wanted[:0], one.child[:0]))
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


NUMBER = "500229201002030020"


def test_a_namesake_of_other_parents_is_not_cleared_by_the_pupil_whose_number_another_child_bears():
    """K: name, sex and birthday alone cleared a second child of another county, against its parents."""
    pupil = one_child(id_pattern=NUMBER, guardian_name="王大", family_names="王大")
    told = asked_by_two(
        one_child(name="王梓涵", head_name="欧阳铁"), one_child(id_pattern=NUMBER, head_name="王大"), pupil
    )
    assert told[1]["band"].tolist() == ["link"]
    assert told[0]["band"].tolist() == ["review"]
    assert told[0]["doubt"].tolist() == ["taken"]


def test_of_two_who_claim_a_pupil_by_name_and_birthday_alone_neither_is_cleared():
    told = asked_by_two(one_child(head_name="欧阳铁"), one_child(head_name="司马光"), one_child())
    assert [told[n]["band"].tolist() for n in (0, 1)] == [["review"], ["review"]]


def test_two_children_of_one_county_who_claim_one_pupil_are_not_both_cleared():
    right = one_child(id_pattern=NUMBER, head_name="王大")
    both = pd.concat([right, one_child(head_name="欧阳铁", household="2")], ignore_index=True)
    told = asked_by_two(
        both, one_child(name="赵无关", birth=20050101), one_child(id_pattern=NUMBER, guardian_name="王大")
    )
    assert told[0].sort_values("person")["band"].tolist() == ["link", "review"]


def test_a_pupil_of_two_registries_is_one_pupil():
    """Whoever is that child is sure of it, and two who are not one child are not both cleared by a registry each."""
    pupil, nobody, room = one_child(id_pattern=NUMBER), people(np.random.default_rng(5), 3, ["无此人"]), Room()
    room.give_up(0, misses(one_child(id_pattern=NUMBER)), offers(nobody))
    room.give_up(1, misses(one_child(head_name="欧阳铁", township="龙田乡")), offers(nobody))
    room.give_up(2, misses(nobody), offers(pupil))
    room.give_up(3, misses(nobody), offers(pupil.assign(township="龙田乡")))
    told = found(room, (0, 1, 2, 3))
    assert (told[0]["band"].tolist(), told[0]["there"].tolist()) == (["link"], [2])
    assert (told[1]["band"].tolist(), told[1]["there"].tolist()) == (["review"], [3])


@pytest.mark.parametrize(
    ("child", "band", "doubt"),
    [
        ({"id_pattern": NUMBER}, "link", ""),
        ({"id_pattern": NUMBER, "head_name": "欧阳铁"}, "link", ""),
        ({"id_pattern": NUMBER[:-1] + "1", "head_name": "王大"}, "link", ""),
        ({"head_name": "王大"}, "link", ""),
        ({"head_name": "欧阳铁"}, "review", "taken"),
        ({}, "review", "taken"),
    ],
)
def test_a_pupil_whom_a_list_of_its_county_knows_clears_only_who_is_plainly_that_child(child, band, doubt):
    """L: a child on the lists of two counties, at school in one of them, was a suspect of the other every month."""
    pupil = one_child(id_pattern=NUMBER, guardian_name="王大").assign(known=True)
    told = asked_by_two(one_child(**child), one_child(name="赵无关", birth=20050101), pupil)
    assert (told[0]["band"].tolist(), told[0]["doubt"].tolist()) == ([band], [doubt])


def test_a_pupil_who_is_not_in_class_clears_nobody_and_is_told():
    pupil = one_child(id_pattern=NUMBER).assign(in_class=False, status="休学")
    told = asked_by_two(one_child(id_pattern=NUMBER), one_child(name="赵无关", birth=20050101), pupil)
    assert told[0][["band", "doubt", "status"]].to_numpy().tolist() == [["review", "not_in_class", "休学"]]


def test_a_pupil_of_whom_no_list_knows_comes_before_a_namesake_who_is_known():
    pupils = [one_child(id_pattern=NUMBER), one_child(id_pattern="110101201002030122")]
    pupils = pd.concat(pupils, ignore_index=True).assign(known=[False, True])
    told = asked_by_two(one_child(), one_child(name="赵无关", birth=20050101), pupils)
    assert told[0][["band", "pupil"]].to_numpy().tolist() == [["link", 0]]
