"""Splink on DuckDB, trained on the county's own lists without labels, then asked for links.

Two set-ups: `plain` compares names as they are (DuckDB's string distances count UTF-8 bytes); `code points` has columns
made beforehand: toneless pinyin, surname and given name, one column a character, so that no byte is counted. Each is
shown at 0.99 (0.5 to 0.99 goes to review) and at 0.5, best registry row a list row; and at 0.99 with its one-to-one.
"""

from __future__ import annotations

import logging
import sys

import duckdb
import pandas as pd
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from common import Clock, Link, finish, folders, rows
from pypinyin import lazy_pinyin
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

LEFT, RIGHT = "listed", "registry"
TEXT = ["id", "id15", "day_part", "name", "former", "sex", "birth", "year", "township", "village", "pinyin", "surname",
        "given", "c1", "c2", "c3", "c4"]  # fmt: skip
LISTS = ["phones", "family_names", "family_ids"]


def table(path: object) -> pd.DataFrame:
    """What Splink compares; None for what is not known."""
    out = []
    for r in rows(path):
        number, name = r["id_pattern"], r["name"]
        birth = r["birth"] if r["birth"] not in ("", "0") else r["id_birth"].replace("0", "", r["id_birth"] == "0")
        two = 2 if len(name) == 4 else 1
        texts = {
            "id": number if number and "*" not in number else "", "id15": number[:15] if "*" not in number[:15] else "",
            "day_part": number[6:14] if "*" not in number[6:14] else "", "name": name, "former": r["former_name"],
            "sex": r["sex"], "birth": birth, "year": birth[:4], "township": r["township"], "village": r["village"],
            "pinyin": " ".join(lazy_pinyin(name)), "surname": name[:two], "given": name[two:],
            **{f"c{n}": name[n - 1 : n] or "-" for n in (1, 2, 3, 4)},
        }  # fmt: skip
        lists = (r["phone"].split("、"), r["family_names"].split("|"), r["family_ids"].split("|"))
        out.append(
            [int(r["at"]), *(texts[c] or None for c in TEXT), *([p for p in part if p] or None for part in lists)]
        )
    return pd.DataFrame(out, columns=["unique_id", *TEXT, *LISTS])


def other(*levels: object, name: str) -> cl.CustomComparison:
    """A comparison: missing, the levels given, anything else."""
    return cl.CustomComparison([*levels, cll.ElseLevel()], output_column_name=name)


def names(safe: bool) -> cl.CustomComparison:
    """The name comparison of either set-up, term frequencies on."""
    exact = cll.ExactMatchLevel("name", term_frequency_adjustments=True)
    if not safe:
        near = [cll.LevenshteinLevel("name", 1), cll.JaroWinklerLevel("name", 0.9), cll.JaroWinklerLevel("name", 0.75)]
        return other(cll.NullLevel("name"), exact, *near, name="name")
    apart = " + ".join(f"(c{n}_l != c{n}_r)::int" for n in (1, 2, 3, 4))
    return other(
        cll.NullLevel("name"),
        exact,
        cll.ExactMatchLevel("pinyin", term_frequency_adjustments=True),
        cll.CustomLevel("former_l = name_r or former_r = name_l", "former name"),
        cll.CustomLevel(f"({apart}) = 1 and surname_l = surname_r", "one given character"),
        cll.CustomLevel(f"({apart}) = 1", "one character"),
        cll.CustomLevel("surname_l = surname_r and c2_l = c3_r and c3_l = c2_r", "swapped"),
        cll.ExactMatchLevel("surname"),
        name="name",
    )


def settings(safe: bool) -> SettingsCreator:
    """Comparisons and blocking rules."""
    swapped = "substr(birth_l,1,4) = substr(birth_r,1,4) and substr(birth_l,5,2) = substr(birth_r,7,2) and substr(birth_l,7,2) = substr(birth_r,5,2)"
    comparisons = [
        names(safe),
        other(cll.NullLevel("id"), cll.ExactMatchLevel("id"), cll.LevenshteinLevel("id", 1), cll.LevenshteinLevel("id", 2),
              cll.ExactMatchLevel("id15"), cll.ExactMatchLevel("day_part"), name="id"),
        other(cll.NullLevel("birth"), cll.ExactMatchLevel("birth"), cll.CustomLevel(swapped, "day and month swapped"),
              cll.CustomLevel("birth_l = day_part_r or birth_r = day_part_l", "the date inside the number"),
              cll.CustomLevel("substr(birth_l,1,6) = substr(birth_r,1,6)", "year and month"),
              cll.CustomLevel("substr(birth_l,5,4) = substr(birth_r,5,4)", "month and day"), cll.ExactMatchLevel("year"),
              name="birth"),
        cl.ExactMatch("sex"),
        other(cll.NullLevel("township"), cll.ExactMatchLevel("village"), cll.ExactMatchLevel("township"), name="place"),
        other(cll.And(cll.NullLevel("family_ids"), cll.NullLevel("family_names"), cll.NullLevel("phones")),
              cll.ArrayIntersectLevel("family_ids", 1), cll.ArrayIntersectLevel("family_names", 2),
              cll.ArrayIntersectLevel("phones", 1), cll.ArrayIntersectLevel("family_names", 1), name="family"),
    ]  # fmt: skip
    rules = [
        block_on("id"), block_on("id15"), block_on("name", "year"), block_on("birth", "surname"), block_on("birth", "given"),
        block_on("day_part", "surname"), block_on("name", "township"), block_on("phones", arrays_to_explode=["phones"]),
        block_on("family_ids", arrays_to_explode=["family_ids"]),
    ]  # fmt: skip
    if safe:
        rules += [block_on("pinyin", "year")]
    return SettingsCreator(
        link_type="link_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
        retain_matching_columns=False,
    )


def train(linker: Linker) -> None:
    """Without labels, in Splink's own order: prior, u by random pairs, m by EM under three blocking rules."""
    linker.training.estimate_probability_two_random_records_match(
        [block_on("id"), block_on("name", "birth")], recall=0.97
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("id"), block_on("name", "birth"), block_on("birth", "surname")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)


def bands(pairs: pd.DataFrame, variant: str, link: float) -> list[Link]:
    """The best registry row of each list row: linked from `link` on, reviewed from 0.5 on."""
    best = pairs.sort_values(["match_probability", "unique_id_r"], ascending=[False, True]).drop_duplicates(
        "unique_id_l"
    )
    return [
        (variant, int(left), int(right), float(p), "link" if p >= link else "review")
        for left, right, p in zip(best["unique_id_l"], best["unique_id_r"], best["match_probability"], strict=True)
    ]


def one_to_one(linker: Linker, predicted: object, pairs: pd.DataFrame, variant: str) -> list[Link]:
    """Splink's own one-to-one at 0.99; list rows without a partner whose best pair is between go to review."""
    clusters = linker.clustering.cluster_using_single_best_links(predicted, [LEFT, RIGHT], 0.99).as_pandas_dataframe()
    left = clusters[clusters["source_dataset"] == LEFT].set_index("cluster_id")["unique_id"]
    right = clusters[clusters["source_dataset"] == RIGHT].set_index("cluster_id")["unique_id"]
    both = left.index.intersection(right.index)
    linked = dict(zip(left[both].tolist(), right[both].tolist(), strict=True))
    rest = pairs[~pairs["unique_id_l"].isin(linked) & ~pairs["unique_id_r"].isin(set(linked.values()))]
    links: list[Link] = [(variant, a, b, 0.99, "link") for a, b in linked.items()]
    return links + [(*link[:4], "review") for link in bands(rest, variant, 2.0)]


def main() -> None:
    """One set-up, named by the third argument: plain or code points."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    county, out = folders()
    setup = sys.argv[3]
    clock = Clock()
    with clock("columns"):
        frames = [table(county / f"{name}.csv") for name in (LEFT, RIGHT)]
        api = DuckDBAPI(connection=duckdb.connect())
        registered = [api.register(f, dataset_display_name=n) for f, n in zip(frames, (LEFT, RIGHT), strict=True)]
        linker = Linker(registered, settings(setup == "code points"), log_level=None)
    with clock("train"):
        train(linker)
    with clock("predict"):
        predicted = linker.inference.predict(threshold_match_probability=0.5)
        pairs = predicted.as_pandas_dataframe()
    with clock("one-to-one"):
        single = one_to_one(linker, predicted, pairs, f"{setup}, 0.99, one-to-one")
    finish(out, bands(pairs, f"{setup}, 0.99", 0.99) + bands(pairs, f"{setup}, 0.5", 0.5) + single, clock)


if __name__ == "__main__":
    main()
