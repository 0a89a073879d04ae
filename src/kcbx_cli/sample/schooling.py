"""The truth about each child: where it stands in the nine years, what became of it, and its rows in the registry."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from kcbx_cli.sample import places
from kcbx_cli.sample.families import CHILD, Families, People, date_number, day_number
from kcbx_cli.sample.spec import Dice, Ints, Mask, Text, pick

PRIMARY_PUPILS, JUNIOR_PUPILS = 17_497, 10_523
#: Children with these states are out of school: no list, paper or registry row may hide them.
MISSING = ("dropped_out", "never_registered", "graduated_only", "older_dropout")
_LEFT_WORDS = ("流失", "辍学", "退学", "停学", "下落不明", "开除", "其他")
_ALARM_WORDS = ("流失", "辍学", "停学", "下落不明")
#: Facts that decide the state of a listed child of school age, in the order in which they are drawn.
_STATES = (
    "dead", "moved", "dropped_out", "never_registered", "graduated_only", "transferred_away", "outside_unknown",
    "outside_papers", "outside_papers_expired", "outside_but_registered", "suspended", "suspended_overdue",
    "suspended_undated", "suspension_papers", "suspension_papers_expired", "home_teaching", "home_teaching_expired",
    "exempt", "exempt_expired", "deferred", "deferred_expired", "deferred_undated", "inclusive",
)  # fmt: skip
#: States of children who have a row in the registry and attend.
ATTENDING = ("attending", "inclusive", "home_teaching", "home_teaching_expired", "outside_but_registered")


@dataclass
class Standing:
    """One entry of each array a person; blank and zero for adults' parts of families."""

    nominal: Ints  # grade by birth date alone; 1..9 is school age
    grade: Ints  # grade where the child sits or sat
    age: Ints
    listed: Mask
    state: Text


@dataclass
class Roll:
    """One entry of each array a registry row, as it truly is."""

    person: Ints
    grade: Ints
    school: Ints
    status: Text
    status_day: Ints  # days since 1970, 0 for undated
    second: Mask  # a second row of a child who has one already

    def __len__(self) -> int:
        return len(self.person)

    def take(self, where: Ints) -> Roll:
        """The rows at these positions."""
        return Roll(**{f.name: getattr(self, f.name)[where] for f in fields(self)})

    def extended(self, other: Roll) -> Roll:
        """These rows and then the others."""
        return Roll(**{f.name: np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)})


def nominal_grade(birth: Ints, autumn: int) -> Ints:
    """Grade by birth date: grade g is born from 1 Sep (autumn-6-g) to 31 Aug (autumn-5-g) (domain.md, school age)."""
    entry_year = birth // 10000 - (birth % 10000 < 901)
    grade: Ints = autumn - 6 - entry_year
    return grade


def full_years(birth: Ints, as_of: int) -> Ints:
    """Age in full years on a day yyyymmdd."""
    years: Ints = (as_of - birth) // 10000
    return years


def standing(dice: Dice, families: Families, people: People, listed: Mask) -> Standing:
    """What became of each child. `listed` says which persons stand on a low-income list."""
    rng = dice.stream("standing")
    child = people.part == CHILD
    today = int(dice.spec.as_of.strftime("%Y%m%d"))
    nominal = np.where(child, nominal_grade(people.birth, dice.spec.autumn), 99)
    age = full_years(people.birth, today)
    shift = pick(rng, [-2, -1, 0, 1], [0.006, 0.06, 0.925, 0.009], len(people)).astype(np.int64)
    state = np.full(len(people), "", dtype=object)
    in_years = child & (nominal >= 1) & (nominal <= 9)
    _twins_apart(dice, people, state, in_years & listed)
    for name in _STATES:
        open_ = in_years & listed & (state == "")
        if name.startswith("deferred"):
            open_ &= nominal <= 2
        elif name == "graduated_only":
            open_ &= (nominal == 7) | (nominal == 8)
        elif name in ("dropped_out", "suspended_overdue"):
            open_ &= nominal >= 2
        state[dice.fact(name, open_)] = name
    state[in_years & (state == "")] = "attending"
    shift[(state == "graduated_only")] = 0
    older = child & listed & (nominal >= 10) & (age <= 16)
    state[dice.fact("older_dropout", older & (age >= 15))] = "older_dropout"
    unfinished = dice.fact("older_unfinished", older & (state == "") & (nominal <= 11))
    shift[unfinished] = 9 - nominal[unfinished]
    unlisted_late = child & ~listed & (nominal >= 10) & (nominal + shift <= 9)
    early = child & (nominal == 0) & (shift == 1)
    state[unfinished | unlisted_late | early] = "attending"
    state[child & (state == "")] = "outside_years"
    grade = np.clip(nominal + shift, 1, 9)
    grade[state == "graduated_only"] = 6
    _unlisted(dice, state, in_years & ~listed)
    return Standing(nominal, grade, age, listed, state)


def _twins_apart(dice: Dice, people: People, state: Text, open_: Mask) -> None:
    """Of some twins one is out of school, and the other attends."""
    rng = dice.stream("twins apart")
    first = open_ & (people.twin > np.arange(len(people)))
    apart = np.flatnonzero(dice.fact("twin_missing", first))
    swap = rng.random(len(apart)) < 0.5
    gone = np.where(swap, people.twin[apart], apart)
    state[np.where(swap, apart, people.twin[apart])] = "attending"
    state[gone] = np.where(rng.random(len(apart)) < 0.7, "never_registered", "dropped_out")


def _unlisted(dice: Dice, state: Text, open_: Mask) -> None:
    for name in ("unlisted_alarm", "unlisted_overdue", "unlisted_suspended"):
        state[dice.fact(name, open_ & (state == "attending"))] = name


def namesakes(dice: Dice, people: People, now: Standing) -> None:
    """Gives some missing children a namesake: a pupil on no list, of the same sex and year of birth."""
    rng = dice.stream("namesakes")
    plain = (people.former == "") & ~people.rare & (people.twin < 0)
    pool = (now.state == "attending") & ~now.listed & plain
    for person in np.flatnonzero(dice.fact("namesake", np.isin(now.state, MISSING))):
        same = pool & (people.male == people.male[person]) & (people.birth // 10000 == people.birth[person] // 10000)
        if same.any():
            people.name[rng.choice(np.flatnonzero(same))] = people.name[person]


def roll(dice: Dice, families: Families, people: People, now: Standing) -> Roll | None:
    """The registry's rows: exactly as many as the scale asks for, or None when there are too few children."""
    status, day = _statuses(dice, people, now)
    rows = np.flatnonzero(status != "")
    made = Roll(rows, now.grade[rows], np.zeros(len(rows), dtype=np.int64), status[rows], day[rows],
                np.zeros(len(rows), dtype=bool))  # fmt: skip
    rng = dice.stream("roll")
    keep = now.listed[made.person] | np.isin(now.state[made.person], ("unlisted_alarm", "unlisted_overdue"))
    single = (made.status == "在读") & (people.twin[made.person] < 0)
    doubled = dice.trap("row_two_schools", "registry", single & keep if dice.spec.every_trap else single)
    chosen, extra = [], []
    for lowest, highest, pupils in ((1, 6, PRIMARY_PUPILS), (7, 9, JUNIOR_PUPILS)):
        stage = np.flatnonzero((lowest <= made.grade) & (made.grade <= highest))
        stage = stage[np.lexsort((rng.random(len(stage)), ~(keep[stage])))]
        wanted = max(1, round(pupils * dice.spec.scale))
        both = np.cumsum(1 + doubled[stage])
        count = int(np.searchsorted(both, wanted, side="right"))
        if count == 0 or (both[count - 1] < wanted and count == len(stage)):
            return None
        if both[count - 1] < wanted:  # the next child would bring two rows where there is room for one
            doubled[stage[count]] = False
            count += 1
        chosen.append(stage[:count])
        extra.append(stage[:count][doubled[stage[:count]]])
    both_stages = np.concatenate(chosen)
    twice = made.take(np.concatenate(extra))
    twice.second[:] = True
    moved = rng.random(len(twice)) < 0.4
    twice.status[moved] = "转出"
    twice.status_day[moved] = _today(dice) - rng.integers(30, 700, int(moved.sum()))
    whole = made.take(both_stages).extended(twice)
    schools = places.schools(dice.spec.scale)
    whole.school = _schools(rng, schools, families.township[people.family[whole.person]], whole)
    _special_school(rng, schools, now.state[whole.person], whole)
    return whole


def _today(dice: Dice) -> int:
    return int(np.datetime64(dice.spec.as_of).astype("datetime64[D]").astype(np.int64))


def _statuses(dice: Dice, people: People, now: Standing) -> tuple[Text, Ints]:
    """Status word ("" for no row) and day of each child's registry row."""
    rng = dice.stream("statuses")
    n, state, today = len(people), now.state, _today(dice)
    status = np.where(np.isin(state, ATTENDING), "在读", "").astype(object)
    back = today - rng.integers(40, 1200, n)
    day = np.where(status == "在读", day_number(np.full(n, dice.spec.autumn * 10000 + 901)), 0)
    recent, long_ago = today - rng.integers(20, 330, n), today - rng.integers(385, 800, n)
    rules: tuple[tuple[tuple[str, ...], Text, Ints], ...] = (
        (("suspended", "unlisted_suspended"), _same("休学", n), recent),
        (("suspended_overdue", "unlisted_overdue"), _same("休学", n), long_ago),
        (("suspended_undated",), _same("休学", n), np.zeros(n, dtype=np.int64)),
        (("suspension_papers",), pick(rng, ["休学", "在读"], [3, 2], n), recent),
        (("suspension_papers_expired",), pick(rng, ["休学", "在读"], [3, 2], n), long_ago),
        (("dropped_out",), pick(rng, _LEFT_WORDS, [4, 4, 3, 1, 2, 1, 1], n), back),
        (("unlisted_alarm",), pick(rng, _ALARM_WORDS, [3, 3, 1, 2], n), back),
        (("older_dropout",), pick(rng, ["", "辍学", "流失"], [2, 1, 1], n), back),
        (("graduated_only",), _same("毕业", n), day_number(np.full(n, dice.spec.autumn * 10000 + 701))),
        (("transferred_away",), pick(rng, ["转出", "转学"], [3, 1], n), back),
        (("dead",), pick(rng, ["", "死亡"], [1, 1], n), back),
        (("moved",), pick(rng, ["", "转出"], [3, 2], n), back),
    )
    for states, words, days in rules:
        who = np.isin(state, states)
        status[who], day[who] = words[who], days[who]
    return status, day


def _same(word: str, n: int) -> Text:
    return np.full(n, word, dtype=object)


def _schools(rng: np.random.Generator, schools: places.Schools, township: Ints, rows: Roll) -> Ints:
    """A school that teaches the grade: mostly of the home township; a second row is at another school."""
    out = np.zeros(len(rows), dtype=np.int64)
    for grade in range(1, 10):
        teaching = schools.teaching(grade)
        for home in range(len(places.TOWNSHIPS)):
            who = np.flatnonzero((rows.grade == grade) & (township == home))
            near = teaching[schools.township[teaching] == home]
            away = (rng.random(len(who)) < 0.06) | rows.second[who] if len(near) else np.ones(len(who), dtype=bool)
            out[who] = rng.choice(teaching, len(who))
            if len(near):
                out[who[~away]] = rng.choice(near, int((~away).sum()))
    first = dict(zip(rows.person[~rows.second].tolist(), out[~rows.second].tolist(), strict=True))
    for row in np.flatnonzero(rows.second):
        others = schools.teaching(int(rows.grade[row]))
        others = others[others != first[int(rows.person[row])]]
        out[row] = rng.choice(others) if len(others) else out[row]
    return out


def _special_school(rng: np.random.Generator, schools: places.Schools, state: Text, rows: Roll) -> None:
    goes = np.isin(state, ("home_teaching", "home_teaching_expired")) & (rng.random(len(rows)) < 0.5)
    special = np.array([i for i, k in enumerate(schools.kind) if k == "special"])
    rows.school[goes] = rng.choice(special, int(goes.sum()))


def status_date(rows: Roll) -> Ints:
    """The date of the last change of status, yyyymmdd, 0 for undated."""
    return np.where(rows.status_day > 0, date_number(np.maximum(rows.status_day, 0)), 0)
