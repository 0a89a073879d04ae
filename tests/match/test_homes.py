"""Children of one household: rows written twice, twins whose numbers were exchanged, what a person is shown."""

import pytest
from match_people import child, county, number, people

from kcbx_cli.match import link, load_model

MODEL = load_model()
OTHERS = county(200, seed=8)
BIRTH = 20110305
HOME = {"household": "h1", "family_names": "冉大山|邓小凤", "phone": "13712345678"}


def listed(name, sequence, **more):
    return child(name, BIRTH, sequence, **(HOME | more))


def pupil(name, sequence, **more):
    return child(name, BIRTH, sequence, **(HOME | {"household": ""} | more))


def found(rows, pupils):
    """Left row -> (band, right row) of links and reviews."""
    links = link(people(*rows), people(*pupils, *OTHERS), MODEL).links
    said = links[links["band"] != "near"]
    return {a: (band, b) for a, band, b in zip(said["left"], said["band"], said["right"], strict=True)}


def test_twins_of_two_sexes_who_were_given_one_number_are_two_children():
    number_of_both = number(BIRTH, 122)
    rows = listed("冉安欣", 122), listed("冉安鑫", 121, id_pattern=number_of_both, sex="男")
    assert found(rows, [pupil("冉安欣", 122)])[0] == ("link", 0)
    assert found(rows, [pupil("冉安欣", 122)]).get(1, ("review", 0))[0] == "review"


def test_twins_of_one_sex_with_one_number_and_names_that_sound_near_are_two_children():
    rows = listed("冉廷辰", 121), listed("冉廷成", 123, id_pattern=number(BIRTH, 121))
    said = found(rows, [pupil("冉廷辰", 121, id_pattern=number(BIRTH, 121)[:15] + "17" + number(BIRTH, 121)[17])])
    assert said.get(1, ("review", 0))[0] == "review"


@pytest.mark.parametrize("damaged", ["冉仁□", "冉仁jiong"])
def test_exchanged_numbers_of_twins_are_one_slip_and_the_names_decide(damaged):
    rows = listed("冉仁旭", 121, id_pattern=number(BIRTH, 123)), listed("冉仁炅", 123, id_pattern=number(BIRTH, 121))
    pupils = pupil("冉仁旭", 121), pupil(damaged, 123)
    assert found(rows, pupils) == {0: ("link", 0), 1: ("link", 1)}


def test_a_twin_of_whom_only_the_number_speaks_is_for_a_person():
    missing = listed("冉宗科", 121)
    stays = listed("冉宗□", 123)
    said = found((missing, stays), [pupil("冉宗□", 121)])
    assert said.get(0, ("review", 0))[0] == "review"


def test_a_twin_with_another_given_name_is_linked_once_the_other_twin_has_a_row():
    rows = listed("冉成慧", 122), listed("冉怡", 124)
    assert found(rows, [pupil("冉成慧", 122), pupil("冉成霞", 124)]) == {0: ("link", 0), 1: ("link", 1)}


def test_a_person_is_shown_the_free_row_and_not_the_one_that_the_twin_has():
    rows = listed("冉家婷", 122), listed("冉俊昊", 123)
    pupils = pupil("冉家婷", 122, id_pattern=number(BIRTH, 123)), pupil("冉家新", 123, id_pattern=number(BIRTH, 122))
    said = found(rows, pupils)
    assert said[0] == ("link", 0)
    assert said[1] == ("review", 1)


def test_a_brother_elsewhere_of_the_very_name_does_not_stand_in_the_way_of_the_number():
    namesake = child("冉雨", 20141115, 176, family_names="冉大山", household="", phone="")
    said = found([listed("冉雨", 124)], [pupil("冉雨琪", 124), namesake])
    assert said == {0: ("link", 0)}


def test_one_valid_number_and_a_parents_name_carry_another_given_name_on_a_list_without_households():
    row = child("郑雪菡", BIRTH, 124, household="", family_names="郑文权", phone="", township="", village="")
    same = child("郑祥婷", BIRTH, 124, household="", family_names="郑文权|程敏", phone="15076580890")
    other = same | {"family_names": "李大山"}
    assert found([row], [same]) == {0: ("link", 0)}
    assert found([row], [other])[0][0] == "review"


def test_two_brothers_whom_a_damaged_name_fits_are_not_one_child():
    one, two = listed("冉大佳", 121), listed("冉大●", 121, id_pattern="") | {"birth": 0}
    pupils = pupil("冉大佳", 121), child("冉大●", 20130119, 777, **(HOME | {"household": ""}))
    said = found((one, two), pupils)
    assert said[0] == ("link", 0)
    assert said[1][1] == 1


def test_a_name_of_the_same_sound_and_a_birthday_alone_are_for_a_person():
    row = child("黄奕然", BIRTH, 1, id_pattern="", household="", family_names="黄朝安", phone="")
    stranger = child("黄奇然", BIRTH, 135, family_names="黄海", phone="", household="")
    assert found([row], [stranger])[0][0] == "review"


def test_a_stranger_born_on_the_day_is_no_question():
    row = child(
        "闫思毅", BIRTH, 1, id_pattern=number(BIRTH, 83)[:15] + "***", household="", family_names="闫峰", phone=""
    )
    stranger = child("陈国含", BIRTH, 81, family_names="陈兵", phone="", household="")
    assert found([row], [stranger]) == {}


def test_a_registered_child_whose_older_number_lives_on_in_the_registry_number_is_one_child():
    first = pupil("冉志阳", 121)
    second = pupil("冉志阳", 121, id_pattern="", registry_number="G" + number(BIRTH, 345))
    matching = link(people(listed("冉志阳", 121)), people(first, second, *OTHERS), MODEL)
    assert matching.right_child[0] == matching.right_child[1]


def test_twins_of_one_sound_with_one_number_are_two_children():
    rows = listed("冉清豪", 121), listed("冉清昊", 123, id_pattern=number(BIRTH, 121))
    said = found(rows, [pupil("冉清豪", 121, id_pattern=number(BIRTH, 121)[:15] + "***")])
    assert said[0] == ("link", 0)
    assert said.get(1, ("review", 0))[0] == "review"
