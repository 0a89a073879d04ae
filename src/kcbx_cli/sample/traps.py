"""The one table of what goes wrong in a made-up county, and how often.

TRAPS are mistakes in files: `Spec.errors` multiplies their rates, up to a cap. FACTS are circumstances of families: they
do not grow with the mistakes. Domain basis: what is seen in real exports, and judgement where no figure is public.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trap:
    """One way in which a row goes wrong.

    Args:
        name: ASCII word; the part before the first `_` says which evidence it harms.
        rates: share of the rows that can be struck: of the `list`, the `registry` and the `special` register.
        harm: how much of that evidence is lost: 0 none (a reader can undo it), 1 some, 2 most, 3 all of it.
        meaning: what it does.
    """

    name: str
    rates: Mapping[str, float]
    harm: int
    meaning: str

    @property
    def evidence(self) -> str:
        """Which evidence it harms: id, name, birth, or something that does not tell persons apart."""
        return self.name.partition("_")[0]


def _both(on_list: float, in_registry: float, in_special: float = 0.0) -> dict[str, float]:
    return {"list": on_list, "registry": in_registry, "special": in_special}


_ALL = (
    # -- ID numbers ------------------------------------------------------------------------------------------
    Trap("id_numeric", _both(0.012, 0.004, 0.008), 1, "stored as a number: Excel keeps 15 digits"),
    Trap("id_scientific", _both(0.003, 0.001), 2, "text of a number in scientific notation (text files)"),
    Trap("id_fifteen", _both(0.03, 0.0), 1, "the 15-digit number of before 1999 (adults)"),
    Trap("id_lower_x", _both(0.25, 0.10, 0.20), 0, "check digit x in lower case"),
    Trap("id_full_width", _both(0.004, 0.001), 0, "full-width digits"),
    Trap("id_blanks", _both(0.012, 0.004, 0.015), 0, "space, NBSP, zero-width character or tab inside or beside the number"),
    Trap("id_apostrophe", _both(0.004, 0.002), 0, "a literal ' in front"),
    Trap("id_typo", _both(0.006, 0.003, 0.006), 1, "one digit wrong"),
    Trap("id_transposed", _both(0.0025, 0.001), 1, "two neighbouring digits swapped"),
    Trap("id_masked", _both(0.005, 0.0005), 2, "birth date and sex hidden: 500229********1234"),
    Trap("id_absent", _both(0.008, 0.004, 0.01), 3, "left blank"),
    Trap("id_parent", _both(0.003, 0.005), 3, "a parent's number filled in for the child"),
    Trap("id_head", _both(0.010, 0.0), 3, "the head's number on each row of the household"),
    Trap("id_twins_swapped", _both(0.03, 0.01), 3, "twins' numbers swapped"),
    Trap("id_disability", _both(0.30, 0.0), 0, "20-digit disability-card number in the ID column"),
    Trap("id_fill_handle", _both(0.0008, 0.0003), 3, "dragged fill handle: the rows below count up by one"),
    # -- names -----------------------------------------------------------------------------------------------
    Trap("name_same_sound", _both(0.005, 0.0025, 0.005), 1, "a character of the same sound"),
    Trap("name_near_sound", _both(0.002, 0.001), 1, "a character of a sound that the south-west confuses"),
    Trap("name_look_alike", _both(0.004, 0.0015, 0.004), 1, "a character that looks alike"),
    Trap("name_rare_mark", _both(0.20, 0.12), 1, "a rare character as ?, □, ● or *"),
    Trap("name_rare_pinyin", _both(0.10, 0.08), 1, "a rare character in pinyin"),
    Trap("name_rare_private", _both(0.06, 0.06), 1, "a rare character as a private-use code point"),
    Trap("name_traditional", _both(0.006, 0.002), 0, "traditional characters"),
    Trap("name_former", _both(0.30, 0.05), 2, "the former name is used"),
    Trap("name_padded", _both(0.04, 0.01, 0.04), 0, "spaces between or after the characters"),
    Trap("name_dot", _both(0.50, 0.30), 0, "another code point for the middle dot, or a space"),
    Trap("name_short", _both(0.0015, 0.0007), 1, "one character of three missing"),
    Trap("name_swapped", _both(0.001, 0.0005), 1, "given characters swapped"),
    Trap("name_nickname", _both(0.001, 0.0), 2, "another given name, the one used at home"),
    # -- birth dates -----------------------------------------------------------------------------------------
    Trap("birth_spelling", _both(0.25, 0.02), 0, "another spelling of the date"),
    Trap("birth_float", _both(0.02, 0.003), 0, "20100101.0"),
    Trap("birth_serial", _both(0.02, 0.002), 0, "Excel's serial number"),
    Trap("birth_cell", _both(0.03, 0.003), 0, "a true date cell"),
    Trap("birth_lunar", _both(0.006, 0.003), 1, "the lunar date"),
    Trap("birth_swapped", _both(0.003, 0.001), 1, "day and month swapped"),
    Trap("birth_year_off", _both(0.0025, 0.001), 1, "off by one year"),
    Trap("birth_digit", _both(0.002, 0.001), 1, "another day of the month"),
    Trap("birth_month_only", _both(0.008, 0.001), 1, "year and month only"),
    Trap("birth_absent", _both(0.008, 0.001), 2, "left blank"),
    # -- other columns ---------------------------------------------------------------------------------------
    Trap("sex_wrong", _both(0.002, 0.001), 0, "the other sex"),
    Trap("place_former", _both(0.04, 0.02), 0, "a former name of the township"),
    Trap("place_code", _both(0.02, 0.05), 0, "a township code in place of the name, trailing zeros lost"),
    Trap("place_misspelt", _both(0.005, 0.003), 0, "a neighbouring spelling of the township"),
    Trap("place_village", _both(0.03, 0.01), 0, "village without 村, or with 村委会"),
    Trap("place_other", _both(0.0, 0.03), 0, "the family lives in another township than its hukou"),
    Trap("family_sound", _both(0.0, 0.01), 0, "a parent's name with a character of the same sound"),
    Trap("family_blank", _both(0.0, 0.02), 0, "the first member of the family left blank"),
    Trap("phone_other", _both(0.0, 0.35), 0, "another telephone than the list has"),
    Trap("phone_number", _both(0.03, 0.01), 0, "telephone stored as a number, or with .0 behind"),
    Trap("schooling_wrong", _both(0.004, 0.0), 0, "文化程度 filled and 在校生状况 blank for a child who attends"),
    Trap("status_code", _both(0.0, 0.10), 0, "status as its code in place of the word"),
    Trap("status_word", _both(0.0, 0.05), 0, "在校 or 正常 in place of 在读"),
    Trap("registry_lag", _both(0.0, 0.02), 0, "学籍号 G: follows a number that was changed since"),
    Trap("registry_l", _both(0.0, 0.008), 0, "学籍号 L: looks like an ID number and is not one"),
    Trap("registry_j", _both(0.0, 0.004), 0, "学籍号 J: made up, with a check digit that holds"),
    Trap("line_break", _both(0.0, 0.002), 0, "a line break inside the address"),
    # -- rows ------------------------------------------------------------------------------------------------
    Trap("row_twice", _both(0.006, 0.0), 0, "the same person twice on a list"),
    Trap("row_two_lists", _both(0.008, 0.0), 0, "the same household on two lists"),
    Trap("row_two_schools", _both(0.0, 0.003), 0, "double registration: the same child at two schools"),
)  # fmt: skip

#: All traps, by name.
TRAPS: dict[str, Trap] = {t.name: t for t in _ALL}

#: Facts of life: share of those concerned.
FACTS: dict[str, float] = {
    # families
    "twins": 0.012,  # of families with children
    "twins_alike": 0.55,  # of families with twins: the twins share a character
    "generation_character": 0.35,  # brothers share a character; in a third of these the sisters too
    "minority": 0.05,  # Tujia, Miao
    "dotted_name": 0.12,  # of minority families
    "compound_surname_extra": 0.001,
    "rare_character": 0.012,  # of children
    "former_name": 0.015,  # of children
    "no_id": 0.006,  # of children: no ID number at all
    "born_elsewhere": 0.07,  # of persons: another area's code in the ID number
    "left_behind": 0.22,  # of families: both parents work away, a grandparent is in charge
    "one_parent": 0.08,  # of families: the mother has left
    "disabled": 0.03,  # of listed persons
    # listed children of school age (the rest attend)
    "dropped_out": 0.012,  # registered with 流失 辍学 退学 停学 下落不明 开除
    "never_registered": 0.024,  # out of school, no entry anywhere
    "graduated_only": 0.0015,  # finished primary school, stands in no junior school
    "transferred_away": 0.004,  # 转出, attends elsewhere
    "outside_unknown": 0.008,  # attends outside the county, no papers
    "outside_papers": 0.010,
    "outside_papers_expired": 0.0015,
    "outside_but_registered": 0.001,  # papers for outside, 在读 here
    "suspended": 0.004,
    "suspended_overdue": 0.0025,
    "suspended_undated": 0.0015,
    "suspension_papers": 0.0025,
    "suspension_papers_expired": 0.0015,
    "home_teaching": 0.006,
    "home_teaching_expired": 0.0012,
    "exempt": 0.0015,
    "exempt_expired": 0.0006,
    "deferred": 0.0025,
    "deferred_expired": 0.001,
    "deferred_undated": 0.0008,
    "dead": 0.0015,
    "moved": 0.0015,  # hukou moved away, list says so
    "inclusive": 0.003,  # 随班就读
    "namesake": 0.05,  # of missing children: a pupil elsewhere has the same name and year of birth
    "twin_missing": 0.20,  # of listed twins of school age: one of them is out of school
    # listed children older than the nine cohorts, up to 16
    "older_unfinished": 0.06,  # still in grade 8 or 9, and the list says so
    "older_dropout": 0.03,  # out of school without the nine years
    # registered children who stand on no list
    "unlisted_alarm": 0.0009,
    "unlisted_overdue": 0.0005,
    "unlisted_suspended": 0.002,
}
