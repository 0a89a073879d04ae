"""What kind of county is wanted, and the dice that all drawing goes through."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from kcbx_cli.sample.traps import FACTS, TRAPS

Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Text = npt.NDArray[np.object_]

#: No trap strikes more than this share of the rows that it can strike, whatever `errors` is.
MOST = 0.6

#: Mixes of errors: factors on the rates of traps whose names start with the key (the longest that fits counts).
#: `office` is what TRAPS says. `typist` has more names typed by ear and by eye and fewer damaged numbers; `export` has
#: numbers and dates damaged by software and few misspelt names. A model trained on one is measured on another.
MIXES: dict[str, dict[str, float]] = {
    "office": {},
    "typist": {
        "id_": 0.7, "id_typo": 2.0, "id_transposed": 2.0, "name_": 1.6, "name_padded": 0.5, "birth_": 0.8,
        "birth_lunar": 2.0, "sex_": 2.0, "place_": 1.5,
    },
    "export": {
        "id_": 1.3, "id_numeric": 2.0, "id_masked": 2.5, "id_typo": 0.6, "name_": 0.6, "name_rare": 2.0, "birth_": 1.3,
        "birth_lunar": 0.4, "place_code": 2.0,
    },
}  # fmt: skip
#: With `every_trap`, how many have a fact that several traps need; one of any other.
_LEAST = {"twins": 10, "minority": 12, "dotted_name": 8, "rare_character": 14, "former_name": 8, "no_id": 5}


@dataclass(frozen=True)
class Spec:
    """A county to be made up.

    Args:
        scale: 1 is 28,020 pupils and about 14,000 list rows.
        seed: the same seed gives the same bytes.
        as_of: the day on which the lists were drawn.
        errors: factor on the rates of all TRAPS; FACTS stay as they are.
        every_trap: each trap and each fact occurs at least once, however small the county.
        mix: one of MIXES.
        all_sources: also the register of residents, the list of disabled children, roll calls and absence reports.
    """

    scale: float = 1.0
    seed: int = 1
    as_of: date = date(2021, 10, 31)
    errors: float = 1.0
    every_trap: bool = False
    mix: str = "office"
    all_sources: bool = False

    def __post_init__(self) -> None:
        if self.mix not in MIXES:
            raise ValueError(f"no mix of errors is called {self.mix!r}; there are {', '.join(MIXES)}")

    @property
    def autumn(self) -> int:
        """The year in which the present school year began."""
        return self.as_of.year if self.as_of.month >= 9 else self.as_of.year - 1


class Dice:
    """Random draws by purpose: each purpose has a stream of its own, so that a new one moves no other."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    def stream(self, purpose: str) -> np.random.Generator:
        """A generator that depends on the seed and the purpose alone."""
        return np.random.Generator(np.random.PCG64([self.spec.seed, zlib.crc32(purpose.encode())]))

    def fact(self, name: str, eligible: Mask) -> Mask:
        """Which of the eligible have this fact of life; `errors` does not change it."""
        return self._strike(f"fact {name}", FACTS[name], eligible, _LEAST.get(name, 1))

    def trap(self, name: str, side: str, eligible: Mask) -> Mask:
        """Which of the eligible rows of a side this trap strikes: `list`, `registry`, `special` or, as rarely as there, a
        further list.
        """
        rates = TRAPS[name].rates
        base = rates.get(side, rates["special"])
        rate = min(base * self.spec.errors * self._factor(name), max(MOST, base))
        return self._strike(f"{side} {name}", rate, eligible, 1 if side in ("list", "registry") else 0)

    def _factor(self, name: str) -> float:
        mix = MIXES[self.spec.mix]
        fitting = [k for k in mix if name.startswith(k)]
        return mix[max(fitting, key=len)] if fitting else 1.0

    def _strike(self, purpose: str, rate: float, eligible: Mask, least: int) -> Mask:
        draws = self.stream(purpose).random(len(eligible))
        struck = eligible & (draws < rate)
        if self.spec.every_trap and rate > 0 and struck.sum() < least:
            order = np.argsort(np.where(eligible, draws, 2.0), kind="stable")
            struck[order[: min(least, int(eligible.sum()))]] = True
        return struck


def pick(rng: np.random.Generator, options: Any, weights: Any, size: int) -> Text:
    """`size` draws from `options` with the given weights, as objects."""
    bounds = np.cumsum(np.asarray(weights, dtype=float))
    places = np.searchsorted(bounds, rng.random(size) * bounds[-1], side="right")
    pool = np.empty(len(options), dtype=object)
    pool[:] = list(options)
    chosen: Text = pool[np.minimum(places, len(pool) - 1)]
    return chosen
