"""Small counts are hidden, and nothing that is shown gives them away."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kcbx_cli.tables.issued import RATIOS
from kcbx_cli.write.suppress import HIDDEN, hidden, ratios_shown, shown


def with_sums(rows):
    table = np.array(rows)
    table = np.vstack([table, table.sum(axis=0)])
    return np.hstack([table, table.sum(axis=1, keepdims=True)]).tolist()


def solvable(table, mask):
    """Every hidden cell that exact elimination over the rows' and columns' sums pins down."""
    rows, columns = len(table), len(table[0])
    cells = [(r, c) for r in range(rows) for c in range(columns) if mask[r][c]]
    equations = []
    for line in [[(r, c) for c in range(columns)] for r in range(rows)] + [
        [(r, c) for r in range(rows)] for c in range(columns)
    ]:
        sign = {at: Fraction(-1 if at == line[-1] else 1) for at in line}
        equations.append([sign.get(at, Fraction(0)) if at in sign else Fraction(0) for at in cells])
    pivots = []
    for column in range(len(cells)):
        row = next((e for e in equations if e[column] != 0 and all(e is not p for p, _ in pivots)), None)
        if row is None:
            continue
        pivots.append((row, column))
        scale = row[column]
        row[:] = [v / scale for v in row]
        for other in equations:
            if other is not row and other[column] != 0:
                factor = other[column]
                other[:] = [a - factor * b for a, b in zip(other, row, strict=True)]
    return [cells[c] for row, c in pivots if sum(v != 0 for v in row) == 1]


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.data())
def test_no_hidden_cell_follows_from_what_is_shown(rows, columns, data):
    inner = data.draw(
        st.lists(st.lists(st.integers(0, 6), min_size=columns, max_size=columns), min_size=rows, max_size=rows)
    )
    table = with_sums(inner)
    mask = hidden(table, 3)
    assert all(mask[r][c] for r in range(rows + 1) for c in range(columns + 1) if 0 < table[r][c] < 3)
    everything = sum(map(sum, inner))
    if everything >= 3 and mask.sum() < mask.size:
        assert not solvable(table, mask)


def test_one_small_cell_takes_three_with_it():
    table = with_sums([[1, 10, 20], [30, 9, 50]])
    assert shown(table, 3) == [[HIDDEN, HIDDEN, "20", "31"], [HIDDEN, HIDDEN, "50", "89"], ["31", "19", "70", "120"]]


def test_two_ones_are_not_told_by_their_sum():
    (row, _) = hidden([[1, 1, 8, 10], [1, 1, 8, 10]], 3)
    assert row.tolist() == [True, True, True, False] or row.tolist() == [True, True, False, True]


def test_nothing_is_hidden_without_a_limit_or_without_small_cells():
    assert shown([[1, 2, 3]], 0) == [["1", "2", "3"]]
    assert shown([[0, 5, 5], [0, 5, 5]], 3) == [["0", "5", "5"], ["0", "5", "5"]]
    assert shown([], 3) == []


@pytest.mark.parametrize(
    ("ratio", "listed", "limit", "hides"),
    [
        (("enrolment", 13, 17360), {"enrolled": 13}, 0, False),
        (("enrolment", 2, 17360), {"enrolled": 2}, 0, False),
        (("enrolment", 13, 17360), {"enrolled": 13}, 3, False),
        (("enrolment", 13, 17360), {"enrolled": 12, "taught": 1}, 3, True),
        (("retention", 2, 90), {}, 3, True),
        (("retention", 88, 90), {}, 3, True),
        (("retention", 87, 90), {}, 3, False),
        (("dropout", 40, 9000), {}, 3, True),
        (("dropout", 0, 0), {}, 3, False),
    ],
)
def test_a_ratio_whose_parts_would_tell_a_small_count_is_hidden_with_them(ratio, listed, limit, hides):
    name, over, under = ratio
    frame = RATIOS.frame({n: [v] for n, v in zip(RATIOS.names, (name, "x", over, under, "f", 0), strict=True)})
    row = ("率", "1.00%", f"{over} ÷ {under}", "算法")
    (told,) = ratios_shown([row], frame, listed, limit)
    assert told == (("率", HIDDEN, HIDDEN, "算法") if hides else row)
