"""recordlinkage: blocking on several keys, comparisons on code points, ECM without labels, its own one-to-one.

Its strings are compared by jellyfish, which counts code points. Pinyin is a column made beforehand. `predict` of the
classifier makes the links; nothing goes to review.
"""

from __future__ import annotations

import warnings

import pandas as pd
import recordlinkage
from common import Clock, Link, finish, folders, rows
from pypinyin import lazy_pinyin

KEYS = [["id"], ["id15"], ["pinyin", "year"], ["birth", "surname"], ["birth", "given"], ["day_part", "surname"],
        ["name", "township"], ["phone"], ["adult"]]  # fmt: skip


def table(path: object) -> pd.DataFrame:
    """What is compared, indexed by the row's position."""
    out = []
    for r in rows(path):
        number, name = r["id_pattern"], r["name"]
        birth = r["birth"] if r["birth"] not in ("", "0") else r["id_birth"].replace("0", "", r["id_birth"] == "0")
        two = 2 if len(name) == 4 else 1
        out.append(
            {
                "at": int(r["at"]), "id": number if number and "*" not in number else "", "name": name,
                "id15": number[:15] if "*" not in number[:15] else "", "birth": birth, "year": birth[:4],
                "day_part": number[6:14] if "*" not in number[6:14] else "", "sex": r["sex"], "township": r["township"],
                "village": r["village"], "pinyin": " ".join(lazy_pinyin(name)), "surname": name[:two],
                "given": name[two:], "phone": r["phone"].split("、")[0], "adult": r["family_ids"].split("|")[0],
                "parent": r["family_names"].split("|")[0],
            }
        )  # fmt: skip
    return pd.DataFrame(out).set_index("at").replace("", None)


def candidates(left: pd.DataFrame, right: pd.DataFrame) -> pd.MultiIndex:
    """Pairs under any of the keys; a missing value makes no pair."""
    indexer = recordlinkage.Index()
    found = None
    for key in KEYS:
        a, b = left.dropna(subset=key), right.dropna(subset=key)
        indexer = recordlinkage.Index()
        indexer.block(key)
        pairs = indexer.index(a, b)
        found = pairs if found is None else found.union(pairs)
    return found


def main() -> None:
    """ECM, raw and one to one."""
    warnings.simplefilter("ignore")
    county, out = folders()
    clock = Clock()
    with clock("columns"):
        left, right = table(county / "listed.csv"), table(county / "registry.csv")
    with clock("predict"):
        pairs = candidates(left, right)
        compare = recordlinkage.Compare()
        for column in ("id", "name", "birth", "sex", "township", "phone", "adult"):
            compare.exact(column, column, label=column)
        compare.string("id", "id", method="damerau_levenshtein", threshold=0.93, label="id near")
        compare.string("name", "name", method="levenshtein", threshold=0.6, label="name near")
        compare.string("pinyin", "pinyin", method="jarowinkler", threshold=0.85, label="pinyin near")
        compare.string("birth", "birth", method="damerau_levenshtein", threshold=0.85, label="birth near")
        features = compare.compute(pairs, left, right)
    with clock("train"):
        classifier = recordlinkage.ECMClassifier(binarize=0.5)
        linked = classifier.fit_predict(features)
    with clock("one-to-one"):
        chosen = features.loc[linked]
        order = pd.DataFrame({"p": classifier.prob(chosen).round(9), "agree": chosen.sum(axis=1)})
        ranked = order.sort_values(["p", "agree"], ascending=False, kind="stable").index
        single = recordlinkage.OneToOneLinking().compute(ranked)
    links: list[Link] = [("ECM", int(a), int(b), 1.0, "link") for a, b in linked]
    finish(out, links + [("ECM, one-to-one", int(a), int(b), 1.0, "link") for a, b in single], clock)


if __name__ == "__main__":
    main()
