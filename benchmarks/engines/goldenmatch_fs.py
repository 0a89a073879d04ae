"""GoldenMatch: its probabilistic matchkey (Fellegi–Sunter, EM without labels), several blocking passes, best match a row.

Its scorers compare code points. Pinyin is a column made beforehand. Links are made from its score 0.5 on, where it did best on tuning counties.
"""

from __future__ import annotations

import os

os.environ.setdefault("GOLDENMATCH_TELEMETRY", "0")

import goldenmatch as gm
import polars as pl
from common import Clock, Link, finish, folders, rows
from goldenmatch.config.schemas import (
    BlockingConfig,
    BlockingKeyConfig,
    GoldenMatchConfig,
    MatchkeyConfig,
    MatchkeyField,
)
from pypinyin import lazy_pinyin

PASSES = [["id"], ["id15"], ["pinyin", "year"], ["birth", "surname"], ["birth", "given"], ["day_part", "surname"],
          ["name", "township"], ["phone"], ["adult"]]  # fmt: skip
FIELDS = (
    ("id", "levenshtein", [0.99, 0.93, 0.87]), ("name", "levenshtein", [0.99, 0.6]), ("pinyin", "jaro_winkler", [0.99, 0.88]),
    ("birth", "levenshtein", [0.99, 0.85]), ("sex", "exact", None), ("village", "exact", None), ("township", "exact", None),
    ("phone", "exact", None), ("adult", "exact", None),
)  # fmt: skip


def table(path: object, side: str) -> pl.DataFrame:
    """What is compared; None for what is not known."""
    out = []
    for r in rows(path):
        number, name = r["id_pattern"], r["name"]
        birth = r["birth"] if r["birth"] not in ("", "0") else r["id_birth"].replace("0", "", r["id_birth"] == "0")
        two = 2 if len(name) == 4 else 1
        cells = {
            "key": f"{side}{r['at']}", "id": number if number and "*" not in number else "", "name": name,
            "id15": number[:15] if "*" not in number[:15] else "", "birth": birth, "year": birth[:4],
            "day_part": number[6:14] if "*" not in number[6:14] else "", "sex": r["sex"], "township": r["township"],
            "village": r["village"], "pinyin": " ".join(lazy_pinyin(name)), "surname": name[:two], "given": name[two:],
            "phone": r["phone"].split("、")[0], "adult": r["family_ids"].split("|")[0],
        }  # fmt: skip
        out.append({k: v or None for k, v in cells.items()})
    return pl.DataFrame(out, infer_schema_length=None)


def settings() -> GoldenMatchConfig:
    """One probabilistic matchkey over all fields, one blocking pass a key."""
    fields = [
        MatchkeyField(
            field=name,
            scorer=scorer,
            transforms=[],
            tf_adjustment=name == "name",
            **({"levels": len(cuts) + 1, "level_thresholds": cuts} if cuts else {"levels": 2}),
        )
        for name, scorer, cuts in FIELDS
    ]
    keys = [BlockingKeyConfig(fields=fields, transforms=[]) for fields in PASSES]
    return GoldenMatchConfig(
        matchkeys=[
            MatchkeyConfig(name="person", type="probabilistic", fields=fields, missing="unobserved", link_threshold=0.5)
        ],
        blocking=BlockingConfig(strategy="multi_pass", keys=keys, passes=keys, max_block_size=2000),
    )


def main() -> None:
    """One call does training and matching."""
    county, out = folders()
    clock = Clock()
    with clock("columns"):
        listed, registry = table(county / "listed.csv", "L"), table(county / "registry.csv", "R")
    with clock("predict"):
        result = gm.match_df(listed, registry, config=settings())
    matched = result.matched.to_pylist() if result.matched is not None else []
    links: list[Link] = []
    for row in matched:
        ends = [str(v) for k, v in row.items() if k in ("target_key", "ref_key", "key", "key_right", "matched_key")]
        left = next((int(e[1:]) for e in ends if e[0] == "L"), None)
        right = next((int(e[1:]) for e in ends if e[0] == "R"), None)
        if left is not None and right is not None:
            links.append(("Fellegi–Sunter", left, right, 1.0, "link"))
    if matched and not links:
        raise SystemExit(f"no pair could be told from the columns {list(matched[0])}")
    finish(out, links, clock)


if __name__ == "__main__":
    main()
