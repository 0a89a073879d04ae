"""Splink on DuckDB on the tables of a province in one piece: set up and trained as in splink_duckdb.py, names as they are.

    splink_province.py OUT COUNTY…

Tables go into DuckDB county by county, so that Python holds one at a time. Links are the best registry row of each list
row from 0.99 on, and Splink's own one-to-one at 0.99.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import duckdb
import splink_duckdb as alone
from common import Clock, finish
from splink import DuckDBAPI, Linker

_TYPES = ", ".join([f"{c} VARCHAR" for c in alone.TEXT] + [f"{c} VARCHAR[]" for c in alone.LISTS])


def main() -> None:
    """Tables, training, prediction, one-to-one."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    alone.lazy_pinyin = lambda _: ()  # only the set-up with code points compares it
    out, *counties = map(Path, sys.argv[1:])
    clock = Clock()
    link = duckdb.connect()
    with clock("columns"):
        for name in (alone.LEFT, alone.RIGHT):
            link.execute(f"CREATE TABLE {name} (unique_id BIGINT, {_TYPES})")
            for county in counties:
                frame = alone.table(county / f"{name}.csv")
                link.execute(f"INSERT INTO {name} SELECT * FROM frame")
                del frame
    with clock("train"):
        api = DuckDBAPI(connection=link)
        registered = [api.register(name, dataset_display_name=name) for name in (alone.LEFT, alone.RIGHT)]
        linker = Linker(registered, alone.settings(safe=False), log_level=None)
        alone.train(linker)
    with clock("predict"):
        predicted = linker.inference.predict(threshold_match_probability=0.5)
        pairs = predicted.as_pandas_dataframe()
    with clock("one-to-one"):
        single = alone.one_to_one(linker, predicted, pairs, "plain, 0.99, one-to-one")
    finish(out, alone.bands(pairs, "plain, 0.99", 0.99) + single, clock)


if __name__ == "__main__":
    main()
