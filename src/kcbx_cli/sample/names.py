"""Names of made-up people: surnames by frequency, given names by sex and by fashion of the year of birth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any

import numpy as np

from kcbx_cli.sample.spec import Ints, Mask, Text, pick

DOT = "·"


@dataclass(frozen=True)
class NameBook:
    """The tables of names.json (see scripts/build_sample_names.py for their sources)."""

    tables: dict[str, Any]

    @classmethod
    def load(cls) -> NameBook:
        """The tables that ship with the package."""
        return cls(json.loads((resources.files("kcbx_cli.sample") / "names.json").read_text(encoding="utf-8")))

    @cached_property
    def compound(self) -> list[tuple[str, float]]:
        """Surnames of two characters, with their weights."""
        return [(s, w) for s, w in self.tables["surnames"] if len(s) == 2]

    @cached_property
    def rare(self) -> str:
        """Characters that old systems cannot hold."""
        return str(self.tables["rare"])

    def surnames(self, rng: np.random.Generator, size: int) -> Text:
        """Surnames by their frequency."""
        table = self.tables["surnames"]
        return pick(rng, [s for s, _ in table], [w for _, w in table], size)

    def given(self, rng: np.random.Generator, male: Mask, year: Ints) -> Text:
        """Given names for persons of this sex and year of birth."""
        out = np.full(len(male), "", dtype=object)
        era = np.clip((year - 1940) // 20, 0, 3)
        for sex, label in ((True, "男"), (False, "女")):
            for number in range(4):
                who = np.flatnonzero((male == sex) & (era == number))
                out[who] = self._fashion(rng, f"{label}{number}", len(who))
        return out

    def _fashion(self, rng: np.random.Generator, key: str, size: int) -> Text:
        table = self.tables["given"][key]
        first, second, alone = (
            pick(rng, table[n]["characters"], table[n]["weights"], size) for n in ("first", "second", "alone")
        )
        single = rng.random(size) < table["single"]
        reduplicated = (first == second) & (rng.random(size) < 0.5)
        out: Text = np.where(single, alone, np.where(reduplicated, second + second, first + second))
        return out

    def generation(self, rng: np.random.Generator, size: int) -> Text:
        """Generation characters (字辈) for families."""
        table = self.tables["given"]["男0"]["first"]
        return pick(rng, table["characters"][:60], table["weights"][:60], size)

    def second(self, rng: np.random.Generator, male: Mask) -> Text:
        """Second characters of given names for children, by sex."""
        out = np.full(len(male), "", dtype=object)
        for sex, label in ((True, "男3"), (False, "女3")):
            who = np.flatnonzero(male == sex)
            table = self.tables["given"][label]["second"]
            out[who] = pick(rng, table["characters"], table["weights"], len(who))
        return out

    def dotted(self, rng: np.random.Generator, male: Mask, clan: Text) -> Text:
        """Names with a middle dot: the person's part, the dot, the clan's part."""
        pools = self.tables["dotted"]
        men = pick(rng, pools["男"], np.ones(len(pools["男"])), len(male))
        women = pick(rng, pools["女"], np.ones(len(pools["女"])), len(male))
        out: Text = np.where(male, men, women) + DOT + clan
        return out

    def clans(self, rng: np.random.Generator, size: int) -> Text:
        """Clan parts of names with a middle dot."""
        return pick(rng, self.tables["dotted"]["clan"], np.ones(len(self.tables["dotted"]["clan"])), size)

    def pinyin(self, name: str) -> str:
        """A name in pinyin without tones, as the registry's 姓名拼音 has it; unknown characters are left out."""
        table, heads = self.tables["pinyin"], self.tables["surname_pinyin"]
        length = 2 if name[:2] in dict(self.compound) else 1
        head = heads.get(name[:length]) or "".join(table.get(c, "") for c in name[:length])
        return f"{head} {''.join(table.get(c, '') for c in name[length:])}".strip()
