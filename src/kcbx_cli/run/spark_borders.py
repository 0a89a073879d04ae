"""The search across borders in Spark: see borders.py, of which this is the way past one machine's memory.

    1  every county's key values, as plain columns: (key, value, county, row) and what narrows a crowded value
    2  joined in Spark SQL, values counted before a pair is made, crowded ones narrowed and exploding ones left out as
       `match.block.join` does
    3  the records that are asked about go to the county that asks, one task a county: `borders.across`
    4  pupils whom several children claim are decided once more, one by one: `claims.together`

What is read are the files that the counties laid down, so that whatever an executor held when it died is made again.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd

from kcbx_cli import match
from kcbx_cli.match.block import CROWDED, MOST_PAIRS
from kcbx_cli.match.keys import keys
from kcbx_cli.match.records import CONTEXT
from kcbx_cli.run import borders
from kcbx_cli.run.claims import together
from kcbx_cli.run.engine import Search

_NARROW = ["f0", "f1", "f2"]
_KEYS = "key int, value long, county int, row long, narrow boolean, f0 long, f1 long, f2 long"
_TYPES = {"int": "long", "float": "double", "text": "string"}
_ABROAD = ", ".join(f"`{column.name}` {_TYPES[column.kind]}" for column in borders.ABROAD.columns)


def search(spark: Any, asked: Search) -> None:
    """Lays down `found` of each county of whose children some are found."""
    from pyspark import StorageLevel
    from pyspark.sql import functions as F

    parts = len(asked.counties)
    spark.conf.set("spark.sql.shuffle.partitions", parts)
    numbers = spark.range(0, parts, 1, parts)
    here = numbers.mapInPandas(partial(_key_rows, asked, True), _KEYS).persist(StorageLevel.DISK_ONLY)
    there = numbers.mapInPandas(partial(_key_rows, asked, False), _KEYS)
    there = there.join(here.select("key", "value").distinct(), ["key", "value"], "leftsemi")
    about = _asked_about(here, there.persist(StorageLevel.DISK_ONLY))

    # Spark asks for functions, not for partial ones.
    def records(rows: pd.DataFrame) -> pd.DataFrame:
        return _records(asked, rows)

    def asks(rows: pd.DataFrame) -> pd.DataFrame:
        return _asks(asked, rows)

    def settled(rows: pd.DataFrame) -> pd.DataFrame:
        return _settled(asked, rows)

    def lay(rows: pd.DataFrame) -> pd.DataFrame:
        return _lay(asked, rows)

    pupils = about.groupBy("there").applyInPandas(records, _record_columns())
    claims = pupils.repartition(parts, "asks").groupBy("asks").applyInPandas(asks, _ABROAD)
    claims = claims.persist(StorageLevel.DISK_ONLY)
    pupil = "identity"
    several = claims.groupBy(pupil).agg(F.countDistinct("county", "child").alias("n")).where("n > 1").select(pupil)
    decided = claims.join(several, pupil, "leftsemi").groupBy(pupil).applyInPandas(settled, _ABROAD)
    found = claims.join(several, pupil, "leftanti").unionByName(decided)
    found.repartition(parts, "county").groupBy("county").applyInPandas(lay, "county long").collect()


def _asked_about(here: Any, there: Any) -> Any:
    """Which rows of which county each county asks about: (asks, there, row), each once."""
    from pyspark.sql import functions as F

    value = ["key", "value"]
    counts = here.groupBy(*value).agg(F.count("*").alias("mine"), F.first("narrow").alias("narrow"))
    counts = counts.join(there.groupBy(*value).agg(F.count("*").alias("theirs")), value)
    crowded = F.col("narrow") & (F.col("theirs") > CROWDED)
    plain = counts.where(~crowded & (F.col("mine") * F.col("theirs") <= MOST_PAIRS)).select(*value)
    narrowed = counts.where(crowded).select(*value)
    pairs = _paired(here.join(plain, value, "leftsemi"), there.join(plain, value, "leftsemi"), value)
    finest = [_finer(side.join(narrowed, value, "leftsemi")) for side in (here, there)]
    value = [*value, "f"]
    few = finest[0].groupBy(*value).agg(F.count("*").alias("mine"))
    few = few.join(finest[1].groupBy(*value).agg(F.count("*").alias("theirs")), value)
    few = few.where(F.col("mine") * F.col("theirs") <= MOST_PAIRS).select(*value)
    more = _paired(finest[0].join(few, value, "leftsemi"), finest[1].join(few, value, "leftsemi"), value)
    return pairs.unionByName(more).distinct()


def _paired(here: Any, there: Any, value: list[str]) -> Any:
    from pyspark.sql import functions as F

    asks = here.select(*value, F.col("county").alias("asks")).distinct()
    about = there.select(*value, F.col("county").alias("there"), "row")
    return asks.join(about, value).where("asks <> there").select("asks", "there", "row")


def _finer(rows: Any) -> Any:
    """A row for each thing that narrows it."""
    from pyspark.sql import functions as F

    narrow = F.explode(F.array(*_NARROW)).alias("f")
    return rows.select("key", "value", "county", "row", narrow).where("f <> 0")


def _key_rows(asked: Search, missed: bool, batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """_KEYS of what these counties miss, or of what they offer."""
    for number in _numbers(asked, batches):
        if missed:
            leads = match.leads(match.encode(asked.missed(number).frame), is_left=True)
        else:
            leads = asked.leads(number)
        for name, (rows, values) in leads.keys.items():
            at = np.flatnonzero(values)
            key, kind = _kinds()[name]
            columns = {f: leads.narrow[kind][n][rows[at]] if kind else 0 for n, f in enumerate(_NARROW)}
            entries = {"key": key, "value": values[at], "county": number, "row": rows[at], "narrow": bool(kind)}
            yield pd.DataFrame(entries | columns, index=range(len(at)))


def _numbers(asked: Search, batches: Iterator[pd.DataFrame]) -> Iterator[int]:
    order = asked.counties
    for batch in batches:
        for place in batch["id"].tolist():
            yield order[place]


def _record_columns() -> str:
    """The columns of `borders.chosen`, and `asks`."""
    kinds = {float: "double", bool: "boolean", int: "int", str: "string"}
    text = [name for name in match.RECORD if name != "birth"]
    columns = {name: "string" for name in text} | {"birth": "long"} | {n: kinds[type(v)] for n, v in CONTEXT.items()}
    columns |= {"sheet": "string", "row": "long", "school": "string", "status": "string", "there": "long"}
    columns |= {"in_class": "boolean", "known": "boolean", "pupil": "long", "origin": "string", "asks": "long"}
    return ", ".join(f"`{name}` {kind}" for name, kind in columns.items())


def _records(asked: Search, about: pd.DataFrame) -> pd.DataFrame:
    """What is asked about of one county's pupils, a row for each county that asks."""
    number = int(about["there"].iloc[0])
    rows, place = np.unique(about["row"].to_numpy(dtype=np.int64), return_inverse=True)
    part = borders.chosen(asked.offered(number), number, rows)
    return part.iloc[place].assign(asks=about["asks"].to_numpy())


def _asks(asked: Search, pupils: pd.DataFrame) -> pd.DataFrame:
    """ABROAD of the county that asks."""
    number = int(pupils["asks"].iloc[0])
    theirs = _plain(pupils).sort_values(["there", "pupil"], ignore_index=True)
    mine = borders.everyone({number: asked.missed(number)})
    return borders.across(mine, theirs, asked.pupils, asked.model)


def _settled(asked: Search, claims: pd.DataFrame) -> pd.DataFrame:
    """ABROAD of one pupil whom several children claim."""
    own = borders.in_order(_plain(claims))
    missing = {int(n): asked.missed(int(n)) for n in own["county"].unique()}
    rows = {n: np.unique(own.loc[own["there"] == n, "pupil"]) for n in np.unique(own["there"]).tolist()}
    parts = [borders.chosen(asked.offered(n), n, of) for n, of in rows.items()]
    return together(own, missing, pd.concat(parts, ignore_index=True), asked.pupils, asked.model)


def _lay(asked: Search, found: pd.DataFrame) -> pd.DataFrame:
    """Lays down what is found of one county's children."""
    number = int(found["county"].iloc[0])
    asked.lay(number, _plain(found))
    return pd.DataFrame({"county": [number]})


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its texts as `str` objects, as everywhere in the house."""
    text = [name for name, kind in frame.dtypes.items() if kind.kind not in "biuf"]
    return frame.assign(**{str(name): frame[name].astype(object) for name in text})


@cache
def _kinds() -> dict[str, tuple[int, str]]:
    """Of every key its number, and the kind of what narrows it."""
    nobody = match.encode(pd.DataFrame(index=range(0)))
    return {key.name: (number, key.finer) for number, key in keys(nobody, nobody)}
