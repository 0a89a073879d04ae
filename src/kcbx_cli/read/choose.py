"""Which layout a sheet has: by its marks, by what it must and must not have, and by the role that was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kcbx_cli.read.aliases import IDENTITY
from kcbx_cli.read.grid import Grid
from kcbx_cli.read.headers import Block
from kcbx_cli.read.layouts import ACCEPTED, BUILT_IN, SAID, Layout, Signs
from kcbx_cli.read.mapping import Mapped, assign, shared_field, shared_fields, words

#: Marks that make a layout certain, and likely.
_CERTAIN, _LIKELY = 4, 2
#: A layout taught in the settings goes before all others.
_TAUGHT = 1000
#: A list with a sign goes before one that fits as well without.
_SIGNED = 0.25
#: A line above the header that is longer is a remark and no title.
_TITLE = 40


@dataclass(frozen=True)
class Fit:
    """A layout that fits a sheet: its marks that were found, its score, and the columns under it."""

    layout: Layout
    marks: tuple[str, ...]
    score: float
    mapped: Mapped

    @property
    def outcome(self) -> tuple[object, ...]:
        """What reading by this layout would give: two layouts with the same outcome are no ambiguity."""
        return self.layout.role, tuple(self.mapped.columns.items()), tuple(self.layout.constants.items())


@dataclass(frozen=True)
class Choice:
    """The layouts that fit, the best first, and how sure the first one is. `other` fits better, with another role."""

    fits: tuple[Fit, ...]
    confidence: str
    other: Fit | None = None

    @property
    def tied(self) -> tuple[Fit, ...]:
        """The best layouts, when they are equally good and do not come to the same."""
        best = [f for f in self.fits if f.score == self.fits[0].score]
        return tuple(best) if len({f.outcome for f in best}) > 1 else ()


def fitting(grid: Grid, block: Block, taught: Sequence[Layout], role: str | None, file: str = "") -> Choice | None:
    """The layouts that fit the sheet; None where none does.

    With a role, only layouts of that role are chosen from; a clearly better one of another role is named in `other`.
    Without one, signs in the headers, the title, the sheet's name and that of the `file` tell home-made lists apart.
    """
    candidates = [*BUILT_IN, *(said for said in SAID if said.role == role or (role is None and said.signs))]
    seen = words(block), shared_fields(block)
    fits = [f for layout in [*taught, *candidates] for f in [_fit(grid, block, layout, seen)] if f is not None]
    if role is None:
        fits = _by_signs(fits, _named(grid, block, file), block)
    fits.sort(key=lambda f: -f.score)
    allowed = ACCEPTED.get(role, (role,)) if role else None
    mine = [f for f in fits if allowed is None or f.layout.role in allowed]
    others = [f for f in fits if f not in mine]
    if not mine:
        return Choice((), "unsure", others[0]) if others else None
    clear = [f for f in others if not f.layout.generic and len(f.marks) >= _CERTAIN]
    return Choice(tuple(mine), _confidence(mine, fits), clear[0] if clear and mine[0].layout.generic else None)


def _named(grid: Grid, block: Block, file: str) -> str:
    """The words above the header, the sheet's name and the file's."""
    above = [c for row in grid.head()[: block.first] for c in row if isinstance(c, str) and len(c) <= _TITLE]
    return " ".join([*above, grid.name, file])


def _by_signs(fits: Sequence[Fit], named: str, block: Block) -> list[Fit]:
    """Of the layouts for people by their homes those that the most signs speak for: all of them when no sign tells."""
    homes = [f for f in fits if f.layout.signs]
    if len(homes) < len({s.role for s in (*BUILT_IN, *SAID) if s.signs}):
        return [f for f in fits if f.layout not in SAID]
    weighed = {f.layout.name: _weight(f.layout.signs, named, block) for f in homes if f.layout.signs}
    most = max(weight for weight, _ in weighed.values())
    kept = []
    for fit in fits:
        weight, found = weighed.get(fit.layout.name, (most, ()))
        if weight == most:
            kept.append(replace(fit, marks=(*fit.marks, *found), score=fit.score + (_SIGNED if found else 0)))
    return kept


def _weight(signs: Signs, named: str, block: Block) -> tuple[int, tuple[str, ...]]:
    """How much speaks for a role, and the words that do: a name more than headers, headers more than a hint."""
    headers = [h.text for h in block.headers if any(signs.headers.search(k) for k in h.keys)]
    fields = [h.text for h in block.headers if shared_field(h) in signs.fields]
    name, hint = signs.named.search(named), signs.hinted.search(named)
    weight = 4 * bool(name) + 2 * bool(headers or fields) + bool(hint)
    return weight, tuple(dict.fromkeys([*(m[0] for m in (name, hint) if m), *headers, *fields]))


def _confidence(mine: list[Fit], fits: list[Fit]) -> str:
    best = mine[0]
    if best.layout.taught:
        return "certain"
    rival = max((f.score for f in fits if f.layout.role != best.layout.role), default=0.0)
    count = len(best.marks)
    if count >= _CERTAIN and best.score >= rival + 2 and not best.layout.generic:
        return "certain"
    return "likely" if count >= _LIKELY and best.score > rival else "unsure"


def _fit(grid: Grid, block: Block, layout: Layout, seen: tuple[frozenset[str], frozenset[str]]) -> Fit | None:
    """How a layout fits; `seen` are the words of the header and the fields that the shared table knows in it."""
    there, fields = seen
    if layout.sheet and layout.sheet != grid.name:
        return None
    count = len(there.intersection(layout.marks))
    if count < layout.least or any(all(f in fields for f in bar.split("+")) for bar in layout.bars):
        return None
    marks = tuple(h.text for h in block.headers if any(k in layout.marks for k in h.keys))
    mapped = assign(block, layout, grid.head(), lambda wanted: [c[block.last + 1 :] for c in grid.columns(wanted)])
    have = set(mapped.columns) | set(layout.constants)
    if not all(have.intersection(group) for group in layout.needs) or not have & IDENTITY:
        return None
    score = _TAUGHT + count if layout.taught else count * (0.5 if layout.generic else 1.0)
    return Fit(layout, marks, score, mapped)
