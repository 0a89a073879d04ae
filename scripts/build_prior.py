"""Builds src/kcbx_cli/match/prior.json: how common surnames and given-name characters are in the country.

Run by hand (`pip install -e .[tables]`, then `python scripts/build_prior.py`). Sources, both fit to be shipped:

- sinonym (Apache-2.0), familyname_orcid.csv and givenname_orcid.csv: parts per million among researchers;
- Faker (MIT), provider person/zh_CN: weighted surnames of the whole country.

Surnames are the mean of the two. Some of sinonym's given-name characters are surnames of people whose name was
entered the other way round: 刘, 赵 and 谢, which hardly anyone has in a given name, all have about 0.31 times their
surname's figure there. That share of each surname is taken off.
"""

from __future__ import annotations

import csv
import json
from importlib import resources
from pathlib import Path
from statistics import median

from faker.providers.person.zh_CN import Provider

from characters_by_hand import COMPOUNDS

TARGET = Path(__file__).parents[1] / "src/kcbx_cli/match/prior.json"
COMMONEST = 40


def column(name: str) -> dict[str, float]:
    """First column to `ppm` of one of sinonym's tables, parts per million, given characters without pinyin."""
    text = (resources.files("sinonym") / "data" / name).read_text(encoding="utf-8")
    rows = list(csv.reader(text.splitlines()))
    return {row[0]: float(row[-1]) for row in rows[1:]}


def shares(weights: dict[str, float]) -> dict[str, float]:
    """The weights, adding up to one."""
    total = sum(weights.values())
    return {k: w / total for k, w in weights.items()}


def surnames() -> dict[str, float]:
    """Shares of surnames, those of two characters only when they are Chinese compound surnames."""
    compound = {e.split()[0] for e in COMPOUNDS.replace("\n", ";").split(";") if e}
    researchers = shares({s: w for s, w in column("familyname_orcid.csv").items() if len(s) == 1 or s in compound})
    country = shares(dict(Provider.last_names))
    return {s: (researchers.get(s, 0) + country.get(s, 0)) / 2 for s in [*researchers, *country]}


def given() -> dict[str, float]:
    """Shares of given-name characters."""
    found, family = column("givenname_orcid.csv"), column("familyname_orcid.csv")
    common = sorted(family, key=lambda s: -family[s])[:COMMONEST]
    turned = median(found[s] / family[s] for s in common if s in found)
    return shares({c: max(w - turned * family.get(c, 0), w / 50) for c, w in found.items() if len(c) == 1})


def listed(table: dict[str, float]) -> dict[str, float]:
    """Commonest first, four significant digits."""
    return {k: float(f"{w:.4g}") for k, w in sorted(table.items(), key=lambda e: (-e[1], e[0]))}


if __name__ == "__main__":
    body = {"surnames": listed(surnames()), "given": listed(given())}
    TARGET.write_text(json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print({k: len(v) for k, v in body.items()}, TARGET.stat().st_size, "bytes")
